/** JDK, sun.security.provider.JavaKeyStore and com.sun.crypto.provider.JceKeyStore: a magic, a version, entries, a digest. */
const MAGICS = [0xfeedfeed, 0xcececece];
const [PRIVATE_KEY, CERTIFICATE, SECRET_KEY] = [1, 2, 3];

/**
 * The first key in a Java keystore (JKS, JCEKS), read without its password: keys are encrypted, what they are is not. A store
 * of certificates alone has none.
 */
export function keystoreKeyIn(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 12 || !MAGICS.includes(view.getUint32(0)) || ![1, 2].includes(view.getUint32(4))) return undefined;
  const version = view.getUint32(4);
  let at = 12;
  const word = (): number => view.getUint32((at += 4) - 4);
  const skipText = (): void => void (at += 2 + view.getUint16(at));
  try {
    for (let left = view.getUint32(8); left > 0; left -= 1) {
      const kind = word();
      skipText(); // its alias
      at += 8; // its date
      if (kind === SECRET_KEY) return 'encrypted secret key (Java keystore)';
      // The key itself: an EncryptedPrivateKeyInfo, a SEQUENCE.
      if (kind === PRIVATE_KEY)
        return word() <= bytes.length - at && bytes[at] === 0x30 ? 'encrypted private key (Java keystore)' : undefined;
      if (kind !== CERTIFICATE) return undefined;
      if (version === 2) skipText(); // `X.509`
      const length = word();
      at += length;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // it ends too early: it is something else
  }
  return undefined;
}

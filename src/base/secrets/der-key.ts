import { numberOf, oidOf, partsOf, sequenceIn, TAG, type DerValue } from './der.ts';

type Parts = readonly DerValue[];

/** A private key that fills all of these bytes, by its structure: certificates, requests and public keys have others. */
export function derKeyIn(bytes: Uint8Array): string | undefined {
  const parts = sequenceIn(bytes);
  if (!parts) return undefined;
  return FORMS.find(([, is]) => is(parts))?.[0] ?? storedKey(parts);
}

const FORMS: readonly (readonly [string, (parts: Parts) => boolean])[] = [
  ['private key (DER)', isPkcs8],
  ['RSA private key (DER)', isRsa],
  ['EC private key (DER)', isEc],
  ['DSA private key (DER)', isDsa],
  ['encrypted private key (DER)', isEncryptedPkcs8],
];

const isOctets = (value: DerValue | undefined, least: number): boolean => value?.tag === TAG.octets && value.content.length >= least;

/** RFC 5958, section 2: version, algorithm, key; attributes and the public key may follow. */
function isPkcs8([version, algorithm, key, ...rest]: Parts): boolean {
  const [oid, , ...more] = partsOf(algorithm) ?? [];
  return (
    isVersion(version, 0n, 1n) &&
    oid?.tag === TAG.oid &&
    more.length === 0 &&
    isOctets(key, 16) &&
    rest.every(({ tag }) => tag === TAG.first || tag === 0x81)
  );
}

/** RFC 8017, A.1.2: two of the numbers are factors of the first. */
function isRsa([version, ...rest]: Parts): boolean {
  const numbers = rest.slice(0, 8).map(numberOf);
  const [n, , , p, q] = numbers;
  if (!isVersion(version, 0n, 1n) || numbers.length < 8 || numbers.includes(undefined)) return false;
  return n !== undefined && p !== undefined && q !== undefined && p > 1n && q > 1n && n % (p * q) === 0n;
}

/** RFC 5915, section 3. */
function isEc([version, key, ...rest]: Parts): boolean {
  return isVersion(version, 1n) && isOctets(key, 16) && rest.length > 0 && rest.every(({ tag }) => tag === TAG.first || tag === TAG.second);
}

/** OpenSSL's own form, DSAPrivateKey: p, q, g, the public number and the private one. FIPS 186-4, 4.1: q divides p - 1. */
function isDsa([version, ...rest]: Parts): boolean {
  const [p, q, , , x] = rest.map(numberOf);
  return isVersion(version, 0n) && rest.length === 5 && !!p && !!q && !!x && q > 1n && x < q && (p - 1n) % q === 0n;
}

/** RFC 5958, section 3, with the ciphers of PKCS #5 and PKCS #12. */
function isEncryptedPkcs8([algorithm, data, ...more]: Parts): boolean {
  const [oid] = partsOf(algorithm) ?? [];
  return more.length === 0 && oid !== undefined && /^1\.2\.840\.113549\.1\.(?:5|12\.1)\.\d+$/.test(oidOf(oid) ?? '') && isOctets(data, 16);
}

const isVersion = (value: DerValue | undefined, ...versions: readonly bigint[]): boolean =>
  value !== undefined && versions.includes(numberOf(value) ?? -1n);

const DATA = '1.2.840.113549.1.7.1';
/** RFC 7292, 4.2: the bags that hold keys. Those of certificates are others, and stand encrypted as a rule. */
const BAGS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.12.10.1.1': 'private key (PKCS #12)',
  '1.2.840.113549.1.12.10.1.2': 'encrypted private key (PKCS #12)',
};

/** The first key of a PKCS #12 store (RFC 7292, section 4) that is told without its password. */
function storedKey([version, safe]: Parts): string | undefined {
  const contents = isVersion(version, 3n) ? dataIn(partsOf(safe)) : undefined;
  const bags = (contents && sequenceIn(contents))?.flatMap((info) => {
    const content = dataIn(partsOf(info));
    return (content && sequenceIn(content)) ?? [];
  });
  return bags?.map((bag) => BAGS[oidOf(partsOf(bag)?.[0] ?? bag) ?? '']).find((name) => name !== undefined);
}

/** RFC 5652, section 4: what stands in a ContentInfo as it is. */
function dataIn(info: Parts | undefined): Uint8Array | undefined {
  const [oid, explicit] = info ?? [];
  if (!oid || oidOf(oid) !== DATA || explicit?.tag !== TAG.first) return undefined;
  const [octets] = sequenceOf(explicit);
  return octets?.tag === TAG.octets ? octets.content : undefined;
}

const sequenceOf = ({ content }: DerValue): Parts => partsOf({ tag: TAG.sequence, content }) ?? [];

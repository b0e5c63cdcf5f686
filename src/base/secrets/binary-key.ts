import { derKeyIn } from './der-key.ts';
import { keystoreKeyIn } from './java-keystore.ts';

/**
 * The private key that a file is: in DER (PKCS #8, PKCS #1, SEC 1), in a PKCS #12 store, in a keystore of Java's. Encrypted
 * ones too, as in PEM: who has the file may try passwords as long as they like.
 */
export const binaryKeyIn = (file: Uint8Array): string | undefined => derKeyIn(file) ?? keystoreKeyIn(file);

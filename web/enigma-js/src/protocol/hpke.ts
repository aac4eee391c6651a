import { Aes256Gcm, CipherSuite, HkdfSha256, type KemInterface } from '@hpke/core';

/** A KEM with the key derivation and cipher of rule K6. A module of its own, so that it is loaded only when it is used. */
export const suiteOf = (kem: KemInterface): CipherSuite => new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes256Gcm() });

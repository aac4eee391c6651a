import type { CipherSuite, KemInterface } from '@hpke/core';
import { concat, encodeAbiParameters, hexToBytes, keccak256, numberToHex, parseAbiParameters, size, toHex, type Address, type Hex } from 'viem';
import { EnigmaError } from '../errors.js';
import { tag } from './ids.js';
import type { TaskKind } from './messages.js';
import { pad } from './padding.js';

/** HPKE suites by the id of their KEM (rule K6), with the length of an encapsulation. */
export const SUITES = { X_WING: 0x647a, X25519: 0x0020 } as const;
const ENCAPSULATION_LENGTH: Record<number, number> = { [SUITES.X_WING]: 1120, [SUITES.X25519]: 32 };

/** Most bytes of an envelope: posted on Ethereum, and sent directly (rule K7). */
export const MAXIMUM_POSTED = 64 * 1024;
export const MAXIMUM_DIRECT = 1024 * 1024;

const HEADER_LENGTH = 12;
const RESPONSE_LABEL = new TextEncoder().encode('enigma/v1/response');

/** What a sealed input is bound to besides its key: the additional data of rule K7. */
export interface EnvelopeContext {
  readonly realm: Hex;
  readonly target: Address;
  readonly kind: TaskKind;
  readonly sender: Address;
  readonly salt: Hex;
  readonly codeHash: Hex;
}

/** What inputs for a realm are sealed to. */
export interface RealmKey {
  readonly realm: Hex;
  readonly suite: number;
  readonly generation: number;
  readonly tenure: bigint;
  readonly inputKey: Hex;
}

/** What opens the answer to a sealed input (rule K9). The secret part is for the sender's eyes only. */
export interface ResponseKey {
  readonly encapsulation: Hex;
  readonly secret: Hex;
}

/** Any bytes as the ArrayBuffer that WebCrypto and HPKE take. */
export const bufferOf = (bytes: Uint8Array | Hex): ArrayBuffer =>
  (typeof bytes === 'string' ? hexToBytes(bytes) : bytes).slice().buffer as ArrayBuffer;

async function kemOf(suite: number): Promise<KemInterface> {
  switch (suite) {
    case SUITES.X_WING:
      return new (await import('@hpke/hybridkem-x-wing')).XWing();
    case SUITES.X25519:
      return new (await import('@hpke/dhkem-x25519')).DhkemX25519HkdfSha256();
    default:
      throw new EnigmaError('UNSUPPORTED_SUITE', `UNSUPPORTED_SUITE: 0x${suite.toString(16)}`);
  }
}

/** The HPKE suite with this KEM id. HPKE is loaded when something is sealed, and of the KEMs only the one that is used. */
export async function hpkeSuite(suite: number): Promise<CipherSuite> {
  const kem = await kemOf(suite);
  return (await import('./hpke.js')).suiteOf(kem);
}

export const envelopeInfo = (networkHash: Hex): Hex => concat([tag('ENVELOPE'), networkHash]);

export const associatedData = (context: EnvelopeContext, generation: number, tenure: bigint): Hex =>
  encodeAbiParameters(parseAbiParameters('bytes32,address,uint8,address,bytes32,uint32,uint32,bytes32'), [
    context.realm,
    context.target,
    context.kind,
    context.sender,
    context.salt,
    generation,
    Number(tenure),
    context.codeHash,
  ]);

/** What HPKE's exporter gives both sides for sealing the answer. */
export const exportResponseSecret = async (context: { export(label: ArrayBuffer, length: number): Promise<ArrayBuffer> }): Promise<Hex> =>
  toHex(new Uint8Array(await context.export(bufferOf(RESPONSE_LABEL), 32)));

/** An input that only the realm's enclave can open (rules K6 to K8). */
export async function sealEnvelope(
  key: RealmKey,
  networkHash: Hex,
  context: EnvelopeContext,
  payload: Uint8Array,
): Promise<{ envelope: Hex; response: ResponseKey }> {
  const suite = await hpkeSuite(key.suite);
  const sender = await suite.createSenderContext({
    recipientPublicKey: await suite.kem.deserializePublicKey(bufferOf(key.inputKey)),
    info: bufferOf(envelopeInfo(networkHash)),
  });
  const ciphertext = await sender.seal(bufferOf(pad(payload)), bufferOf(associatedData(context, key.generation, key.tenure)));
  const encapsulation = toHex(new Uint8Array(sender.enc));
  const envelope = concat([
    '0x0100',
    numberToHex(key.suite, { size: 2 }),
    numberToHex(key.generation, { size: 4 }),
    numberToHex(key.tenure, { size: 4 }),
    encapsulation,
    toHex(new Uint8Array(ciphertext)),
  ]);
  return { envelope, response: { encapsulation, secret: await exportResponseSecret(sender) } };
}

/** An envelope that hides nothing: how contracts, which cannot seal, ask (rule K7). */
export const publicEnvelope = (payload: Hex): Hex => concat(['0x010100000000000000000000', payload]);

/** What anybody sees of an envelope. */
export type Envelope =
  | {
      readonly format: 'sealed';
      readonly suite: number;
      readonly generation: number;
      readonly tenure: bigint;
      readonly encapsulation: Hex;
      readonly ciphertext: Hex;
    }
  | { readonly format: 'public'; readonly payload: Hex };

/** @throws {@link EnigmaError} MALFORMED_ENVELOPE, UNSUPPORTED_SUITE */
export function decodeEnvelope(envelope: Hex): Envelope {
  if (size(envelope) < HEADER_LENGTH) throw malformed('too short');
  const bytes = hexToBytes(envelope);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const suite = view.getUint16(2);
  const generation = view.getUint32(4);
  const tenure = BigInt(view.getUint32(8));
  const rest = bytes.subarray(HEADER_LENGTH);
  if (bytes[0] !== 1) throw malformed(`version ${bytes[0]}`);
  if (bytes[1] === 0) {
    const length = ENCAPSULATION_LENGTH[suite];
    if (length === undefined) throw new EnigmaError('UNSUPPORTED_SUITE', `UNSUPPORTED_SUITE: 0x${suite.toString(16)}`);
    if (rest.length < length) throw malformed('too short for its suite');
    return {
      format: 'sealed',
      suite,
      generation,
      tenure,
      encapsulation: toHex(rest.subarray(0, length)),
      ciphertext: toHex(rest.subarray(length)),
    };
  }
  if (bytes[1] !== 1 || suite !== 0 || generation !== 0 || tenure !== 0n) throw malformed('unknown format');
  return { format: 'public', payload: toHex(rest) };
}

const malformed = (why: string) => new EnigmaError('MALFORMED_ENVELOPE', `MALFORMED_ENVELOPE: ${why}`);

/** What an order names its envelope by. */
export const inputHash = (envelope: Hex): Hex => keccak256(envelope);

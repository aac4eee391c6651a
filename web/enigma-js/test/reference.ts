/*
 * The protocol's formats written a second time, from the rules and not from the Java sources, so that the vectors
 * compare two independent readings.
 */
import { Aes256Gcm, CipherSuite, HkdfSha256 } from '@hpke/core';
import { DhkemX25519HkdfSha256 } from '@hpke/dhkem-x25519';
import { XWing } from '@hpke/hybridkem-x-wing';
import {
  concat,
  encodeAbiParameters,
  hexToBytes,
  keccak256,
  numberToHex,
  pad as padHex,
  parseAbiParameters,
  size,
  slice,
  stringToHex,
  toBytes,
  toHex,
  type Hex,
} from 'viem';

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** keccak256("enigma/v1/NAME"). */
export const tag = (name: string): Hex => keccak256(stringToHex(`enigma/v1/${name}`));

/** keccak256(abi.encode(tag, fields…)). */
export function preimage(name: string, types: string, values: readonly unknown[]): Hex {
  return keccak256(
    encodeAbiParameters(parseAbiParameters(`bytes32,${types}`), [tag(name), ...values] as never),
  );
}

// Identifiers (rules K1, K2, K5)

export const realmId = (chainId: bigint, enigma: Hex, owner: Hex, salt: Hex): Hex =>
  preimage('REALM', 'uint256,address,address,bytes32', [chainId, enigma, owner, salt]);

export const genesisStateHash = (realm: Hex): Hex => preimage('GENESIS', 'bytes32', [realm]);

export const contractAddress = (
  realm: Hex,
  deployer: Hex,
  salt: Hex,
  codeHash: Hex,
  dialect: number,
  authority: Hex,
  delay: bigint,
): Hex =>
  slice(
    preimage('CONTRACT', 'bytes32,address,bytes32,bytes32,uint8,address,uint64', [
      realm,
      deployer,
      salt,
      codeHash,
      dialect,
      authority,
      delay,
    ]),
    12,
  );

export const inputKeyHash = (suite: number, key: Hex): Hex =>
  keccak256(concat([numberToHex(suite, { size: 2 }), key]));

export const rosterHash = (members: readonly Hex[]): Hex => preimage('ROSTER', 'address[]', [members]);

// EIP-712 (rules C1, C7, C8, E4)

type Fields = readonly { name: string; type: string }[];

/** "Name(type a,type b)" as viem wants it. */
export function fieldsOf(type: string): Fields {
  const inside = type.slice(type.indexOf('(') + 1, -1);
  return inside.split(',').map((field) => {
    const [fieldType, name] = field.split(' ');
    return { type: fieldType!, name: name! };
  });
}

export const TYPES = {
  TaskOrder:
    'TaskOrder(address sender,bytes32 realm,address target,uint8 kind,bytes32 codeHash,bytes32 inputHash,uint64 gasLimit,uint64 gasPrice,uint64 expiry,bytes32 salt)',
  SessionKey:
    'SessionKey(address owner,address key,bytes32 realm,uint64 notAfter,uint64 maxFee,uint32 epoch)',
  Permit:
    'Permit(address owner,bytes32 realm,address target,uint64 notAfter,string label,uint32 epoch)',
  Head: 'Head(bytes32 realm,uint64 lease,uint64 endSequence,bytes32 stateHash)',
  Admission:
    'Admission(address operator,address enclave,uint8 role,bytes32 measurement,uint8 tee,bytes32 platformHash,uint32 tcbNumber,uint64 notAfter,bytes32 evidenceHash)',
} as const;

export const domainOf = (chainId: bigint | string, enigma: Hex) => ({
  name: 'Enigma',
  version: '1',
  chainId: BigInt(chainId),
  verifyingContract: enigma,
});

// Envelopes (rules K7, K8)

export interface Context {
  realm: Hex;
  target: Hex;
  kind: number;
  sender: Hex;
  salt: Hex;
  codeHash: Hex;
}

export const associatedData = (context: Context, generation: bigint, tenure: bigint): Hex =>
  encodeAbiParameters(
    parseAbiParameters('bytes32,address,uint8,address,bytes32,uint32,uint32,bytes32'),
    [
      context.realm,
      context.target,
      context.kind,
      context.sender,
      context.salt,
      Number(generation),
      Number(tenure),
      context.codeHash,
    ],
  );

export const info = (networkHash: Hex): Hex => concat([tag('ENVELOPE'), networkHash]);

export function paddedLength(payloadLength: number): number {
  const length = payloadLength + 4;
  if (length <= 4096) return Math.ceil(length / 256) * 256;
  const exponent = Math.floor(Math.log2(length));
  const significant = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - significant);
  return Math.ceil(length / step) * step;
}

export function pad(payload: Uint8Array): Uint8Array {
  const padded = new Uint8Array(paddedLength(payload.length));
  new DataView(padded.buffer).setUint32(0, payload.length);
  padded.set(payload, 4);
  return padded;
}

export function unpad(padded: Uint8Array): Uint8Array {
  if (padded.length < 4) throw new Error('BAD_PADDING');
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length > padded.length - 4 || paddedLength(length) !== padded.length) {
    throw new Error('BAD_PADDING');
  }
  if (padded.subarray(4 + length).some((byte) => byte !== 0)) throw new Error('BAD_PADDING');
  return padded.slice(4, 4 + length);
}

export const SUITES = { 0x647a: 1120, 0x0020: 32 } as Record<number, number>;

export const hpkeSuite = (suite: number): CipherSuite =>
  new CipherSuite({
    kem: suite === 0x647a ? new XWing() : new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });

const bufferOf = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer;

export interface Response {
  encapsulation: Hex;
  secret: Hex;
}

export async function sealEnvelope(
  suiteId: number,
  publicKey: Hex,
  networkHash: Hex,
  generation: bigint,
  tenure: bigint,
  context: Context,
  payload: Uint8Array,
): Promise<{ envelope: Hex; response: Response }> {
  const suite = hpkeSuite(suiteId);
  const sender = await suite.createSenderContext({
    recipientPublicKey: await suite.kem.deserializePublicKey(bufferOf(hexToBytes(publicKey))),
    info: bufferOf(hexToBytes(info(networkHash))),
  });
  const ciphertext = await sender.seal(
    bufferOf(pad(payload)),
    bufferOf(hexToBytes(associatedData(context, generation, tenure))),
  );
  const encapsulation = toHex(new Uint8Array(sender.enc));
  const envelope = concat([
    '0x0100',
    numberToHex(suiteId, { size: 2 }),
    numberToHex(generation, { size: 4 }),
    numberToHex(tenure, { size: 4 }),
    encapsulation,
    toHex(new Uint8Array(ciphertext)),
  ]);
  const secret = toHex(new Uint8Array(await sender.export(bufferOf(utf8('enigma/v1/response')), 32)));
  return { envelope, response: { encapsulation, secret } };
}

export type Envelope =
  | { format: 'sealed'; suite: number; generation: bigint; tenure: bigint; encapsulation: Hex; ciphertext: Hex }
  | { format: 'public'; payload: Hex };

export function decodeEnvelope(envelope: Hex): Envelope {
  if (size(envelope) < 12) throw new Error('MALFORMED_ENVELOPE');
  const bytes = hexToBytes(envelope);
  const view = new DataView(bytes.buffer);
  const suite = view.getUint16(2);
  const generation = BigInt(view.getUint32(4));
  const tenure = BigInt(view.getUint32(8));
  const rest = bytes.subarray(12);
  if (bytes[0] !== 1) throw new Error('MALFORMED_ENVELOPE');
  if (bytes[1] === 0) {
    const length = SUITES[suite];
    if (length === undefined) throw new Error('UNSUPPORTED_SUITE');
    if (rest.length < length) throw new Error('MALFORMED_ENVELOPE');
    return {
      format: 'sealed',
      suite,
      generation,
      tenure,
      encapsulation: toHex(rest.subarray(0, length)),
      ciphertext: toHex(rest.subarray(length)),
    };
  }
  if (bytes[1] !== 1 || suite !== 0 || generation !== 0n || tenure !== 0n) {
    throw new Error('MALFORMED_ENVELOPE');
  }
  return { format: 'public', payload: toHex(rest) };
}

export const publicEnvelope = (payload: Hex): Hex => concat(['0x01010000', padHex('0x', { size: 8 }), payload]);

export async function openEnvelope(
  envelope: Hex,
  privateKey: Hex,
  networkHash: Hex,
  context: Context,
): Promise<{ payload: Hex; response: Response }> {
  const decoded = decodeEnvelope(envelope);
  if (decoded.format !== 'sealed') throw new Error('not sealed');
  const suite = hpkeSuite(decoded.suite);
  const recipient = await suite.createRecipientContext({
    recipientKey: await suite.kem.deserializePrivateKey(bufferOf(hexToBytes(privateKey))),
    enc: bufferOf(hexToBytes(decoded.encapsulation)),
    info: bufferOf(hexToBytes(info(networkHash))),
  });
  const padded = await recipient.open(
    bufferOf(hexToBytes(decoded.ciphertext)),
    bufferOf(hexToBytes(associatedData(context, decoded.generation, decoded.tenure))),
  );
  const secret = toHex(new Uint8Array(await recipient.export(bufferOf(utf8('enigma/v1/response')), 32)));
  return {
    payload: toHex(unpad(new Uint8Array(padded))),
    response: { encapsulation: decoded.encapsulation, secret },
  };
}

// Results (rule K9)

async function responseCipher(response: Response, nonce: Uint8Array) {
  const secret = await crypto.subtle.importKey('raw', bufferOf(hexToBytes(response.secret)), 'HKDF', false, [
    'deriveBits',
  ]);
  const salt = concat([hexToBytes(response.encapsulation), nonce]);
  const derive = async (label: string, length: number) =>
    crypto.subtle.deriveBits(
      { name: 'HKDF', hash: 'SHA-256', salt: bufferOf(salt), info: bufferOf(utf8(label)) },
      secret,
      length * 8,
    );
  const key = await crypto.subtle.importKey('raw', await derive('key', 32), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);
  return { key, iv: await derive('nonce', 12) };
}

export async function sealResult(response: Response, taskId: Hex, result: Hex, nonce: Hex): Promise<Hex> {
  const { key, iv } = await responseCipher(response, hexToBytes(nonce));
  const ciphertext = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: bufferOf(hexToBytes(taskId)) },
    key,
    bufferOf(pad(hexToBytes(result))),
  );
  return concat([nonce, toHex(new Uint8Array(ciphertext))]);
}

export async function openResult(response: Response, taskId: Hex, sealed: Hex): Promise<Hex> {
  const bytes = hexToBytes(sealed);
  const { key, iv } = await responseCipher(response, bytes.subarray(0, 32));
  const padded = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv, additionalData: bufferOf(hexToBytes(taskId)) },
    key,
    bufferOf(bytes.subarray(32)),
  );
  return toHex(unpad(new Uint8Array(padded)));
}

export const callResult = (code: number, gasUsed: bigint, output: Hex): Hex =>
  concat(['0x01', numberToHex(code, { size: 2 }), numberToHex(gasUsed, { size: 8 }), output]);

// Batches (rules C8, C12, C14)

export const callbackHash = (taskId: Hex, secretContract: Hex, target: Hex, gas: bigint, data: Hex): Hex =>
  preimage('CALLBACK', 'bytes32,address,address,uint32,bytes32', [
    taskId,
    secretContract,
    target,
    Number(gas),
    keccak256(data),
  ]);

export const receiptLeaf = (receipt: {
  taskId: Hex;
  sequence: bigint;
  outcome: number;
  gasCharged: bigint;
  resultHash: Hex;
  callbackHash: Hex;
}): Hex =>
  keccak256(
    concat([
      '0x00',
      encodeAbiParameters(parseAbiParameters('bytes32,uint64,uint8,uint64,bytes32,bytes32'), [
        receipt.taskId,
        receipt.sequence,
        receipt.outcome,
        receipt.gasCharged,
        receipt.resultHash,
        receipt.callbackHash,
      ]),
    ]),
  );

const node = (left: Hex, right: Hex): Hex => keccak256(concat(['0x01', left, right]));

export function merkleRoot(leaves: readonly Hex[]): Hex {
  if (leaves.length === 0) return padHex('0x', { size: 32 });
  if (leaves.length === 1) return leaves[0]!;
  const above: Hex[] = [];
  for (let i = 0; i < leaves.length; i += 2) {
    above.push(i + 1 < leaves.length ? node(leaves[i]!, leaves[i + 1]!) : leaves[i]!);
  }
  return merkleRoot(above);
}

/** The root that a path leads to. */
export function rootOfPath(leaf: Hex, index: number, count: number, path: readonly Hex[]): Hex {
  if (count === 1) {
    if (path.length !== 0) throw new Error('path too long');
    return leaf;
  }
  const alone = index === count - 1 && index % 2 === 0;
  const [sibling, ...rest] = path;
  if (!alone && sibling === undefined) throw new Error('path too short');
  const up = alone ? leaf : index % 2 === 0 ? node(leaf, sibling!) : node(sibling!, leaf);
  return rootOfPath(up, index >> 1, Math.ceil(count / 2), alone ? path : rest);
}

// Draw and gas (rules C4, C7, C10)

export const drawnSeat = (seed: Hex, realm: Hex, tenure: bigint, i: number, seats: bigint): bigint =>
  BigInt(preimage('DRAW', 'bytes32,bytes32,uint64,uint256', [seed, realm, tenure, BigInt(i)])) % seats;

export const fee = (gas: bigint, price: bigint): bigint => (gas * price + 999n) / 1000n;

export function charged(used: bigint, gasLimit: bigint, fullLimit: boolean, baseGas: bigint): bigint {
  if (fullLimit) return gasLimit;
  const atLeast = used > baseGas ? used : baseGas;
  let power = 1n;
  while (power * 2n <= atLeast) power *= 2n;
  const step = power / 16n > 0n ? power / 16n : 1n;
  const rounded = ((atLeast + step - 1n) / step) * step;
  return rounded < gasLimit ? rounded : gasLimit;
}

export const bytesOf = (hex: Hex): Uint8Array => toBytes(hex);

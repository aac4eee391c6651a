/*
 * What enclaves and contracts do and the client does not, from the rules: with the client's own code it reads and writes
 * every shared vector.
 */
import { concat, hexToBytes, keccak256, size, toHex, type Address, type Hex } from 'viem';
import { merkleNode } from '../src/protocol/batch.js';
import { associatedData, bufferOf, decodeEnvelope, envelopeInfo, exportResponseSecret, hpkeSuite, type EnvelopeContext, type ResponseKey } from '../src/protocol/envelope.js';
import { preimage, ZERO_BYTES32 } from '../src/protocol/ids.js';
import { TYPES as MESSAGES } from '../src/protocol/messages.js';
import { pad, unpad } from '../src/protocol/padding.js';
import { responseCipher } from '../src/protocol/result.js';

/** EIP-712 types by name, with the name in front; those the client signs or reads are its own. */
export const TYPES = {
  ...(Object.fromEntries(Object.entries(MESSAGES).map(([name, fields]) => [name, `${name}(${fields})`])) as {
    [name in keyof typeof MESSAGES]: string;
  }),
  Admission:
    'Admission(address operator,address enclave,uint8 role,bytes32 measurement,uint8 tee,bytes32 platformHash,uint32 tcbNumber,uint64 notAfter,bytes32 evidenceHash)',
};

/** "Name(type a,type b)" as viem wants it. */
export const fieldsOf = (type: string): { name: string; type: string }[] =>
  type
    .slice(type.indexOf('(') + 1, -1)
    .split(',')
    .map((field) => {
      const [fieldType, name] = field.split(' ');
      return { type: fieldType!, name: name! };
    });

export const rosterHash = (members: readonly Address[]): Hex => preimage('ROSTER', 'address[]', [members]);

/** What the enclave does with an envelope. */
export async function openEnvelope(
  envelope: Hex,
  privateKey: Hex,
  networkHash: Hex,
  context: EnvelopeContext,
): Promise<{ payload: Hex; response: ResponseKey }> {
  const decoded = decodeEnvelope(envelope);
  if (decoded.format !== 'sealed') throw new Error('not sealed');
  const suite = await hpkeSuite(decoded.suite);
  const recipient = await suite.createRecipientContext({
    recipientKey: await suite.kem.deserializePrivateKey(bufferOf(privateKey)),
    enc: bufferOf(decoded.encapsulation),
    info: bufferOf(envelopeInfo(networkHash)),
  });
  const padded = await recipient.open(bufferOf(decoded.ciphertext), bufferOf(associatedData(context, decoded.generation, decoded.tenure)));
  return {
    payload: toHex(unpad(new Uint8Array(padded))),
    response: { encapsulation: decoded.encapsulation, secret: await exportResponseSecret(recipient) },
  };
}

/** What the enclave does with a result. */
export async function sealResult(response: ResponseKey, id: Hex, result: Hex, nonce: Hex): Promise<Hex> {
  const { key, iv } = await responseCipher(response, nonce, 'encrypt');
  const ciphertext = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: bufferOf(id) }, key, bufferOf(pad(hexToBytes(result))));
  return concat([nonce, toHex(new Uint8Array(ciphertext))]);
}

export const callbackHash = (taskId: Hex, secretContract: Address, target: Address, gas: bigint, data: Hex): Hex =>
  preimage('CALLBACK', 'bytes32,address,address,uint32,bytes32', [taskId, secretContract, target, Number(gas), keccak256(data)]);

export function merkleRoot(leaves: readonly Hex[]): Hex {
  if (leaves.length === 0) return ZERO_BYTES32;
  if (leaves.length === 1) return leaves[0]!;
  const above: Hex[] = [];
  for (let i = 0; i < leaves.length; i += 2) {
    above.push(i + 1 < leaves.length ? merkleNode(leaves[i]!, leaves[i + 1]!) : leaves[i]!);
  }
  return merkleRoot(above);
}

/** The path that leads from a leaf to the root. */
export function merklePath(leaves: readonly Hex[], index: number): Hex[] {
  if (leaves.length <= 1) return [];
  const sibling = leaves[index ^ 1];
  const above: Hex[] = [];
  for (let i = 0; i < leaves.length; i += 2) {
    above.push(i + 1 < leaves.length ? merkleNode(leaves[i]!, leaves[i + 1]!) : leaves[i]!);
  }
  return [...(sibling === undefined ? [] : [sibling]), ...merklePath(above, index >> 1)];
}

export const drawnSeat = (seed: Hex, realm: Hex, tenure: bigint, i: number, seats: bigint): bigint =>
  BigInt(preimage('DRAW', 'bytes32,bytes32,uint64,uint256', [seed, realm, tenure, BigInt(i)])) % seats;

export function charged(used: bigint, gasLimit: bigint, fullLimit: boolean, baseGas: bigint): bigint {
  if (fullLimit) return gasLimit;
  const atLeast = used > baseGas ? used : baseGas;
  let power = 1n;
  while (power * 2n <= atLeast) power *= 2n;
  const step = power / 16n > 0n ? power / 16n : 1n;
  const rounded = ((atLeast + step - 1n) / step) * step;
  return rounded < gasLimit ? rounded : gasLimit;
}

const counted = (number: number): Hex => `0x${number.toString(16).padStart(8, '0')}`;

export const callResult = (code: number, gasUsed: bigint, output: Hex, console: readonly Hex[] = []): Hex =>
  concat([
    console.length === 0 ? '0x01' : '0x02',
    `0x${code.toString(16).padStart(4, '0')}`,
    `0x${gasUsed.toString(16).padStart(16, '0')}`,
    ...(console.length === 0 ? [] : [counted(console.length), ...console.flatMap((line) => [counted(size(line)), line])]),
    output,
  ]);

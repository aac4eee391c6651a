import { hashTypedData, recoverAddress, type Address, type Hex, type TypedDataDomain } from 'viem';
import { EnigmaError } from '../errors.js';

/** What a task is (rule C7). */
export const TaskKind = { DEPLOY: 0, CALL: 1, UPGRADE: 2, QUERY: 3, CALLABLE: 4 } as const;
export type TaskKind = (typeof TaskKind)[keyof typeof TaskKind];

/** What a user signs to have a contract run (rule C7). */
export interface TaskOrder {
  readonly sender: Address;
  readonly realm: Hex;
  readonly target: Address;
  readonly kind: TaskKind;
  readonly codeHash: Hex;
  readonly inputHash: Hex;
  readonly gasLimit: bigint;
  /** In 10⁻⁸ ENG per 1,000 gas. */
  readonly gasPrice: bigint;
  /** The last block at which it may run. */
  readonly expiry: bigint;
  readonly salt: Hex;
}

/** What an owner allows a session key (rule C7). */
export interface SessionTerms {
  readonly owner: Address;
  readonly key: Address;
  readonly realm: Hex;
  /** In seconds since 1970. */
  readonly notAfter: bigint;
  /** The most one order may cost, in 10⁻⁸ ENG. */
  readonly maxFee: bigint;
  readonly epoch: number;
}

/** An owner's word that whoever presents it may query a contract in the owner's name (rule E4). */
export interface Permit {
  readonly owner: Address;
  readonly realm: Hex;
  readonly target: Address;
  /** In seconds since 1970, at most 30 days ahead. */
  readonly notAfter: bigint;
  readonly label: string;
  readonly epoch: number;
}

/** A realm's state after a batch, signed by an enclave (rule C8). */
export interface Head {
  readonly realm: Hex;
  readonly lease: bigint;
  readonly endSequence: bigint;
  readonly stateHash: Hex;
}

/** The holder's word that it has taken a task. */
export interface Acceptance {
  readonly taskId: Hex;
  readonly realm: Hex;
  readonly headerNumber: bigint;
}

interface Messages {
  TaskOrder: TaskOrder;
  SessionKey: SessionTerms;
  Permit: Permit;
  Head: Head;
  Acceptance: Acceptance;
}

/** The EIP-712 types as they are hashed. */
export const TYPES: { readonly [name in keyof Messages]: string } = {
  TaskOrder:
    'address sender,bytes32 realm,address target,uint8 kind,bytes32 codeHash,bytes32 inputHash,uint64 gasLimit,uint64 gasPrice,uint64 expiry,bytes32 salt',
  SessionKey: 'address owner,address key,bytes32 realm,uint64 notAfter,uint64 maxFee,uint32 epoch',
  Permit: 'address owner,bytes32 realm,address target,uint64 notAfter,string label,uint32 epoch',
  Head: 'bytes32 realm,uint64 lease,uint64 endSequence,bytes32 stateHash',
  Acceptance: 'bytes32 taskId,bytes32 realm,uint64 headerNumber',
};

/** The EIP-712 domain of a network. */
export const domainOf = (chainId: bigint, enigma: Address) =>
  ({ name: 'Enigma', version: '1', chainId, verifyingContract: enigma }) as const satisfies TypedDataDomain;
export type EnigmaDomain = ReturnType<typeof domainOf>;

/** A message in the form that viem and wallets sign. */
export interface TypedMessage {
  readonly domain: TypedDataDomain;
  readonly types: Record<string, { name: string; type: string }[]>;
  readonly primaryType: string;
  readonly message: Record<string, unknown>;
}

export function typedMessage<Name extends keyof Messages>(
  domain: EnigmaDomain,
  primaryType: Name,
  message: Messages[Name],
): TypedMessage {
  const fields = TYPES[primaryType].split(',').map((field) => {
    const [type, name] = field.split(' ') as [string, string];
    return { name, type };
  });
  const values = message as unknown as Record<string, unknown>;
  return {
    domain,
    types: { [primaryType]: fields },
    primaryType,
    message: Object.fromEntries(fields.map(({ name }) => [name, values[name]])),
  };
}

/** The EIP-712 digest of a message. */
export const digest = <Name extends keyof Messages>(domain: EnigmaDomain, name: Name, message: Messages[Name]): Hex =>
  hashTypedData(typedMessage(domain, name, message) as never);

/** The id of a task: its order's digest (rule C7). */
export const taskIdOf = (domain: EnigmaDomain, order: TaskOrder): Hex => digest(domain, 'TaskOrder', order);

/**
 * Who signed a message.
 *
 * @throws {@link EnigmaError} BAD_SIGNATURE when the bytes are no signature
 */
export async function signerOf<Name extends keyof Messages>(
  domain: EnigmaDomain,
  name: Name,
  message: Messages[Name],
  signature: Hex,
): Promise<Address> {
  try {
    return await recoverAddress({ hash: digest(domain, name, message), signature });
  } catch (cause) {
    throw new EnigmaError('BAD_SIGNATURE', `the ${name} carries no signature`, { cause });
  }
}

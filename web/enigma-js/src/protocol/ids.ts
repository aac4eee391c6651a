import { concat, encodeAbiParameters, keccak256, numberToHex, parseAbiParameters, slice, stringToHex, type Address, type Hex } from 'viem';

export const ZERO_ADDRESS: Address = '0x0000000000000000000000000000000000000000';
export const ZERO_BYTES32: Hex = `0x${'00'.repeat(32)}`;

/** keccak256("enigma/v1/NAME"), the tag every preimage starts with (rule K7). */
export const tag = (name: string): Hex => keccak256(stringToHex(`enigma/v1/${name}`));

/** keccak256(abi.encode(tag, fields…)). */
export const preimage = (name: string, types: string, values: readonly unknown[]): Hex =>
  keccak256(encodeAbiParameters(parseAbiParameters(`bytes32,${types}`), [tag(name), ...values] as never));

/** The id of the realm that the owner opens with the salt (rule K1). */
export const realmId = (chainId: bigint, enigma: Address, owner: Address, salt: Hex): Hex =>
  preimage('REALM', 'uint256,address,address,bytes32', [chainId, enigma, owner, salt]);

/** The state hash of a realm in which nothing has happened yet (rule K2). */
export const genesisStateHash = (realm: Hex): Hex => preimage('GENESIS', 'bytes32', [realm]);

/** What a contract's address commits to. */
export interface ContractTerms {
  readonly realm: Hex;
  readonly deployer: Address;
  readonly salt: Hex;
  readonly codeHash: Hex;
  /** 0 is EVM. */
  readonly dialect: number;
  /** Who may upgrade it; zero for nobody. */
  readonly authority: Address;
  /** Blocks an upgrade waits. */
  readonly delay: bigint;
}

/** A contract's address, known before its deployment (rule K1). */
export const contractAddress = (terms: ContractTerms): Address =>
  slice(
    preimage('CONTRACT', 'bytes32,address,bytes32,bytes32,uint8,address,uint64', [
      terms.realm,
      terms.deployer,
      terms.salt,
      terms.codeHash,
      terms.dialect,
      terms.authority,
      terms.delay,
    ]),
    12,
  );

/** What the chain stores of a realm's input key: keccak256(uint16 suite ‖ key) (rule K2). */
export const inputKeyHash = (suite: number, key: Hex): Hex => keccak256(concat([numberToHex(suite, { size: 2 }), key]));

/** 32 fresh random bytes. */
export const randomBytes32 = (): Hex => {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
};

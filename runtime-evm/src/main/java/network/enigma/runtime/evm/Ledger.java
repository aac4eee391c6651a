package network.enigma.runtime.evm;

import org.jspecify.annotations.Nullable;

/** The committed accounts, code and storage that a world starts from. */
interface Ledger {

  /**
   * A committed account.
   *
   * @param nonce unsigned
   * @param balance 32 bytes
   * @param codeHash keccak256 of its code, 32 bytes
   */
  record Entry(long nonce, byte[] balance, byte[] codeHash) {}

  /** The account at an address of 20 bytes, or null. */
  @Nullable Entry account(byte[] address);

  /** The value of a slot, 32 bytes, or null if it is zero. */
  byte @Nullable [] slot(byte[] address, byte[] key);

  /** Whether code with this hash is stored. */
  boolean hasCode(byte[] hash);

  /** The code with a hash that an account names. */
  byte[] code(byte[] hash);

  /** Whether any slot of the account is not zero. */
  boolean hasStorage(byte[] address);
}

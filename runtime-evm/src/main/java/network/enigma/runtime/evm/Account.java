package network.enigma.runtime.evm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One account during a transaction: what it began with and what it is now. */
final class Account {
  /** The address as numbers: the first four bytes, the next eight, the last eight. */
  final long address2;

  final long address1;
  final long address0;

  /** Whether the account was stored when the transaction began. */
  boolean stored;

  long originalNonce;
  final long[] originalBalance = new long[4];
  byte[] originalCodeHash = Code.EMPTY_HASH;

  long nonce;
  final long[] balance = new long[4];
  byte[] codeHash = Code.EMPTY_HASH;

  /** The code if it was needed so far. */
  @Nullable Code code;

  /** Whether it was accessed already in this transaction (EIP-2929). */
  boolean warm;

  /** Whether a call or payment reached it, so that it is removed if empty (EIP-161). */
  boolean touched;

  /** Whether it was created in this transaction. */
  boolean created;

  /** Whether it goes at the end of the transaction (EIP-6780). */
  boolean destroyed;

  final SlotTable slots = new SlotTable();
  @Nullable SlotTable transientSlots;

  Account(long address2, long address1, long address0) {
    this.address2 = address2;
    this.address1 = address1;
    this.address0 = address0;
  }

  boolean hasNoCode() {
    return Arrays.equals(codeHash, Code.EMPTY_HASH);
  }

  /** Empty in the sense of EIP-161: no nonce, no balance, no code. */
  boolean isEmpty() {
    return nonce == 0 && Words.isZero(balance, 0) && hasNoCode();
  }

  /** Whether the account is to be stored once the transaction is over. */
  boolean remains() {
    return !destroyed && (!isEmpty() || (stored && !touched));
  }

  byte[] address() {
    byte[] address = new byte[20];
    Words.writeInt(address, 0, (int) address2);
    Words.writeLong(address, 4, address1);
    Words.writeLong(address, 12, address0);
    return address;
  }
}

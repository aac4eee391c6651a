package network.enigma.runtime.evm;

import java.util.Arrays;
import network.enigma.protocol.Bytes;
import network.enigma.runtime.StateView;
import org.jspecify.annotations.Nullable;

/**
 * How accounts, code and storage lie in a realm's key-value map: an account at {@code a ‖ address}
 * as nonce (8 bytes) ‖ balance (32) ‖ code hash (32), a slot that is not zero at {@code s ‖ address
 * ‖ key} as 32 bytes, code at {@code c ‖ hash}. All lengths are fixed, so that sizes tell nothing
 * about values.
 */
final class RealmLedger implements Ledger {
  static final int ACCOUNT_LENGTH = 72;
  static final int ACCOUNT_KEY_LENGTH = 21;
  static final int SLOT_KEY_LENGTH = 53;
  static final int CODE_KEY_LENGTH = 33;

  private final StateView state;

  RealmLedger(StateView state) {
    this.state = state;
  }

  static Bytes accountKey(byte[] address) {
    byte[] key = new byte[ACCOUNT_KEY_LENGTH];
    key[0] = 'a';
    System.arraycopy(address, 0, key, 1, 20);
    return Bytes.of(key);
  }

  static Bytes slotKey(byte[] address, byte[] slot) {
    byte[] key = new byte[SLOT_KEY_LENGTH];
    key[0] = 's';
    System.arraycopy(address, 0, key, 1, 20);
    System.arraycopy(slot, 0, key, 21, 32);
    return Bytes.of(key);
  }

  static Bytes codeKey(byte[] hash) {
    byte[] key = new byte[CODE_KEY_LENGTH];
    key[0] = 'c';
    System.arraycopy(hash, 0, key, 1, 32);
    return Bytes.of(key);
  }

  static byte[] encode(Account account) {
    byte[] value = new byte[ACCOUNT_LENGTH];
    Words.writeLong(value, 0, account.nonce);
    Words.write(account.balance, 0, value, 8);
    System.arraycopy(account.codeHash, 0, value, 40, 32);
    return value;
  }

  @Override
  public @Nullable Entry account(byte[] address) {
    byte[] value = state.get(accountKey(address));
    return value == null
        ? null
        : new Entry(
            Words.readLong(value, 0),
            Arrays.copyOfRange(value, 8, 40),
            Arrays.copyOfRange(value, 40, 72));
  }

  @Override
  public byte @Nullable [] slot(byte[] address, byte[] key) {
    return state.get(slotKey(address, key));
  }

  @Override
  public boolean hasCode(byte[] hash) {
    return state.get(codeKey(hash)) != null;
  }

  @Override
  public byte[] code(byte[] hash) {
    byte[] code = state.get(codeKey(hash));
    if (code == null) {
      throw new IllegalStateException("the realm's state lacks the code that an account names");
    }
    return code;
  }

  /** Never: an account of a realm has a nonce of at least 1 before it can have storage. */
  @Override
  public boolean hasStorage(byte[] address) {
    return false;
  }
}

package network.enigma.runtime.evm;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The accounts that a transaction has seen, by address. */
final class AccountTable {
  private static final long R0 = HashSeed.next();
  private static final long R1 = HashSeed.next();
  private static final long R2 = HashSeed.next();

  private @Nullable Account[] accounts = new Account[16];
  private int count;

  @Nullable Account find(long address2, long address1, long address0) {
    @Nullable Account[] table = accounts;
    int mask = table.length - 1;
    for (int i = hash(address2, address1, address0) & mask; ; i = i + 1 & mask) {
      Account account = table[i];
      if (account == null
          || (account.address0 == address0
              && account.address1 == address1
              && account.address2 == address2)) {
        return account;
      }
    }
  }

  /** Adds an account whose address is not in the table. */
  void add(Account account) {
    if (2 * ++count > accounts.length) {
      @Nullable Account[] old = accounts;
      accounts = new Account[2 * old.length];
      for (Account moved : old) {
        if (moved != null) {
          place(moved);
        }
      }
    }
    place(account);
  }

  private void place(Account account) {
    int mask = accounts.length - 1;
    int i = hash(account.address2, account.address1, account.address0) & mask;
    while (accounts[i] != null) {
      i = i + 1 & mask;
    }
    accounts[i] = account;
  }

  void forEach(Consumer<Account> action) {
    for (Account account : accounts) {
      if (account != null) {
        action.accept(account);
      }
    }
  }

  private static int hash(long address2, long address1, long address0) {
    long h =
        (address0 ^ R0) * R1
            + (address1 ^ address1 >>> 32) * R2
            + address2 * R0
            + Math.multiplyHigh(address0 + R2, R1);
    return (int) (h >>> 40);
  }
}

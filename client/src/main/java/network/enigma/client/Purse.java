package network.enigma.client;

import java.math.BigInteger;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * An account's ENG: outside Enigma, free inside, and allocated to realms. Moves what an order
 * lacks, and only that.
 */
final class Purse {
  private static final int TOP_UP_TASKS = 20;

  private final Connection connection;
  private final Ledger ledger;
  private final Account account;
  private final Funds funds;

  Purse(Connection connection, Account account) {
    this.connection = connection;
    this.ledger = connection.ledger();
    this.account = account;
    this.funds = new Funds(ledger, account.owner());
  }

  BigInteger tokens() {
    return ledger.tokens(account.owner());
  }

  long balance() {
    return ledger.balance(account.owner());
  }

  Enigma.AllocationView allocation(Bytes32 realm) {
    return ledger.allocation(realm, account.owner());
  }

  /**
   * @throws EnigmaException BALANCE_TOO_SMALL
   */
  void deposit(long amount) {
    account.requireOwner();
    BigInteger tokens = tokens();
    if (tokens.compareTo(BigInteger.valueOf(amount)) < 0) {
      throw new EnigmaException(
          ErrorCode.BALANCE_TOO_SMALL,
          "%s holds %s ENG, %s are wanted"
              .formatted(account.owner().hex(), Eng.text(tokens), Eng.text(amount)));
    }
    ledger.deposit(amount);
    connection.tell(new ClientEvent.Deposited(amount));
  }

  void transfer(Address to, BigInteger amount) {
    account.requireOwner();
    ledger.transfer(to, amount);
  }

  void allocate(Bytes32 realm, long amount) {
    account.requireOwner();
    ensureBalance(amount);
    ledger.allocate(realm, amount);
    funds.changed(realm);
    connection.tell(new ClientEvent.Allocated(realm, amount));
  }

  void leave(Bytes32 realm, long amount) {
    account.requireOwner();
    ledger.leave(realm, amount);
    funds.changed(realm);
  }

  void finishLeave(Bytes32 realm) {
    account.requireOwner();
    ledger.finishLeave(realm);
  }

  void withdraw(Address to, long amount) {
    account.requireOwner();
    ledger.withdraw(to, amount);
  }

  /** Deposits what the balance lacks. */
  void ensureBalance(long amount) {
    long balance = balance();
    if (balance < amount) {
      deposit(amount - balance);
    }
  }

  /**
   * Allocates to a realm what its next order lacks, and something for those that follow. The owner
   * of a session key has done so before.
   */
  void ensureAllocation(Bytes32 realm, long fee) {
    if (account.session().isPresent() || funds.cover(realm, fee)) {
      return;
    }
    long affordable = tokens().min(BigInteger.valueOf(Long.MAX_VALUE >> 1)).longValue() + balance();
    long generous = Math.max(fee, Math.min(Math.multiplyExact(fee, TOP_UP_TASKS), affordable / 10));
    allocate(realm, generous);
  }
}

package network.enigma.runtime.evm;

import java.util.Arrays;
import java.util.function.Consumer;
import network.enigma.protocol.Bytes32;
import org.jspecify.annotations.Nullable;

/**
 * The accounts of a realm during one transaction: a journaled layer over the committed ledger.
 * Every change is written down so that {@link #revert} can undo it.
 */
final class World {
  /** Bytes an account takes in the realm's state: key and value. */
  static final int ACCOUNT_BYTES = RealmLedger.ACCOUNT_KEY_LENGTH + RealmLedger.ACCOUNT_LENGTH;

  /** Bytes a slot takes in the realm's state: key and value. */
  static final int SLOT_BYTES = RealmLedger.SLOT_KEY_LENGTH + 32;

  private static final byte VALUE = 0;
  private static final byte SLOT_WARM = 1;
  private static final byte ACCOUNT_WARM = 2;
  private static final byte TOUCHED = 3;
  private static final byte CREATED = 4;
  private static final byte DESTROYED = 5;
  private static final byte NONCE = 6;
  private static final byte BALANCE = 7;
  private static final byte CODE = 8;
  private static final byte GROWTH = 9;

  private final Ledger ledger;
  private final CodeCache cache;
  private final AccountTable accounts = new AccountTable();

  private byte[] kinds = new byte[64];
  private @Nullable Object[] subjects = new Object[64];
  private long[] numbers = new long[256];
  private int entries;
  private int numbersUsed;

  private long growth;

  World(Ledger ledger, CodeCache cache) {
    this.ledger = ledger;
    this.cache = cache;
  }

  // ---- reading

  Account account(byte[] address) {
    return account(
        Words.readInt(address, 0), Words.readLong(address, 4), Words.readLong(address, 12));
  }

  /** The account whose address is the low 20 bytes of a word. */
  Account account(long[] s, int at) {
    return account(s[at + 2] & 0xffff_ffffL, s[at + 1], s[at]);
  }

  Account account(long address2, long address1, long address0) {
    Account account = accounts.find(address2, address1, address0);
    if (account == null) {
      account = load(new Account(address2, address1, address0));
      accounts.add(account);
    }
    return account;
  }

  private Account load(Account account) {
    Ledger.Entry entry = ledger.account(account.address());
    if (entry != null) {
      account.stored = true;
      account.originalNonce = entry.nonce();
      account.nonce = entry.nonce();
      Words.read(entry.balance(), 0, account.originalBalance, 0);
      Words.read(entry.balance(), 0, account.balance, 0);
      if (!Arrays.equals(entry.codeHash(), Code.EMPTY_HASH)) {
        account.originalCodeHash = entry.codeHash();
        account.codeHash = entry.codeHash();
      }
    }
    return account;
  }

  /** The account's code, analysed and cached by its hash. */
  Code code(Account account) {
    Code code = account.code;
    if (code == null) {
      code = account.hasNoCode() ? Code.EMPTY : loadCode(account.codeHash);
      account.code = code;
    }
    return code;
  }

  private Code loadCode(byte[] hash) {
    Bytes32 key = Bytes32.of(hash);
    Code code = cache.get(key);
    if (code == null) {
      code = new Code(ledger.code(hash));
      cache.put(key, code);
    }
    return code;
  }

  /** The slot whose key is the word at {@code at}. */
  Slot slot(Account account, long[] s, int at) {
    Slot slot = account.slots.find(s, at);
    if (slot == null) {
      slot = new Slot(s[at], s[at + 1], s[at + 2], s[at + 3]);
      byte[] stored = account.stored ? ledger.slot(account.address(), slot.key()) : null;
      if (stored != null) {
        slot.original3 = slot.value3 = Words.readLong(stored, 0);
        slot.original2 = slot.value2 = Words.readLong(stored, 8);
        slot.original1 = slot.value1 = Words.readLong(stored, 16);
        slot.original0 = slot.value0 = Words.readLong(stored, 24);
      }
      account.slots.add(slot);
    }
    return slot;
  }

  /** The transient slot (EIP-1153) whose key is the word at {@code at}, or null if it is zero. */
  @Nullable Slot transientSlot(Account account, long[] s, int at) {
    SlotTable slots = account.transientSlots;
    return slots == null ? null : slots.find(s, at);
  }

  boolean hasStorage(Account account) {
    return account.stored && ledger.hasStorage(account.address());
  }

  /** How much the state has grown so far, in bytes of keys and values. */
  long growth() {
    return growth;
  }

  void forEachAccount(Consumer<Account> action) {
    accounts.forEach(action);
  }

  // ---- writing

  /** Marks an account as accessed; says whether it had not been. */
  boolean warm(Account account) {
    if (account.warm) {
      return false;
    }
    account.warm = true;
    record(ACCOUNT_WARM, account);
    return true;
  }

  /** Marks a slot as accessed; says whether it had not been. */
  boolean warm(Slot slot) {
    if (slot.warm) {
      return false;
    }
    slot.warm = true;
    record(SLOT_WARM, slot);
    return true;
  }

  void touch(Account account) {
    if (!account.touched) {
      account.touched = true;
      record(TOUCHED, account);
    }
  }

  /** Sets a slot to the word at {@code at}. */
  void set(Slot slot, long[] s, int at) {
    boolean wasZero = slot.valueIsZero();
    push(slot.value0, slot.value1, slot.value2, slot.value3);
    record(VALUE, slot);
    slot.value0 = s[at];
    slot.value1 = s[at + 1];
    slot.value2 = s[at + 2];
    slot.value3 = s[at + 3];
    boolean isZero = slot.valueIsZero();
    if (wasZero != isZero) {
      grow(isZero ? -SLOT_BYTES : SLOT_BYTES);
    }
  }

  void setTransient(Account account, long[] s, int key, int value) {
    SlotTable slots = account.transientSlots;
    if (slots == null) {
      slots = new SlotTable();
      account.transientSlots = slots;
    }
    Slot slot = slots.find(s, key);
    if (slot == null) {
      slot = new Slot(s[key], s[key + 1], s[key + 2], s[key + 3]);
      slots.add(slot);
    }
    push(slot.value0, slot.value1, slot.value2, slot.value3);
    record(VALUE, slot);
    slot.value0 = s[value];
    slot.value1 = s[value + 1];
    slot.value2 = s[value + 2];
    slot.value3 = s[value + 3];
  }

  void setNonce(Account account, long nonce) {
    push(account.nonce);
    record(NONCE, account);
    account.nonce = nonce;
  }

  /** Adds the word at {@code at} to an account's balance, and touches it. */
  void credit(Account account, long[] s, int at) {
    touch(account);
    if (!Words.isZero(s, at)) {
      recordBalance(account);
      long[] sum = new long[8];
      Words.copy(s, at, sum, 0);
      Words.copy(account.balance, 0, sum, 4);
      Words.add(sum, 0, 4);
      Words.copy(sum, 4, account.balance, 0);
    }
  }

  /** Takes the word at {@code at} from an account's balance, which must be at least that. */
  void debit(Account account, long[] s, int at) {
    if (!Words.isZero(s, at)) {
      recordBalance(account);
      long[] difference = new long[8];
      Words.copy(account.balance, 0, difference, 0);
      Words.copy(s, at, difference, 4);
      Words.sub(difference, 0, 4);
      Words.copy(difference, 4, account.balance, 0);
    }
  }

  /** Whether an account's balance is at least the word at {@code at}. */
  static boolean covers(Account account, long[] s, int at) {
    return !Words.less(account.balance, 0, s, at);
  }

  private void recordBalance(Account account) {
    long[] balance = account.balance;
    push(balance[0], balance[1], balance[2], balance[3]);
    record(BALANCE, account);
  }

  /** Makes a new contract account with nonce 1 (EIP-161). */
  void create(Account account) {
    account.created = true;
    record(CREATED, account);
    touch(account);
    if (account.isEmpty()) {
      grow(ACCOUNT_BYTES);
    }
    setNonce(account, 1);
  }

  void destroy(Account account) {
    if (!account.destroyed) {
      account.destroyed = true;
      record(DESTROYED, account);
    }
  }

  void setCode(Account account, Code code) {
    record(CODE, account.codeHash);
    record(CODE, account.code);
    record(CODE, account);
    account.code = code;
    account.codeHash = code.hash();
    if (code.length > 0 && !ledger.hasCode(code.hash())) {
      grow(RealmLedger.CODE_KEY_LENGTH + code.length);
    }
  }

  private void grow(long bytes) {
    push(growth);
    record(GROWTH, null);
    growth += bytes;
  }

  // ---- undoing

  /** A mark to which {@link #revert} can return. */
  int mark() {
    return entries;
  }

  /** Undoes everything since the mark. */
  void revert(int mark) {
    while (entries > mark) {
      int at = --entries;
      Object subject = subjects[at];
      subjects[at] = null;
      switch (kinds[at]) {
        case VALUE -> {
          Slot slot = cast(subject, Slot.class);
          slot.value3 = pop();
          slot.value2 = pop();
          slot.value1 = pop();
          slot.value0 = pop();
        }
        case SLOT_WARM -> cast(subject, Slot.class).warm = false;
        case ACCOUNT_WARM -> cast(subject, Account.class).warm = false;
        case TOUCHED -> cast(subject, Account.class).touched = false;
        case CREATED -> cast(subject, Account.class).created = false;
        case DESTROYED -> cast(subject, Account.class).destroyed = false;
        case NONCE -> cast(subject, Account.class).nonce = pop();
        case BALANCE -> {
          long[] balance = cast(subject, Account.class).balance;
          balance[3] = pop();
          balance[2] = pop();
          balance[1] = pop();
          balance[0] = pop();
        }
        case CODE -> {
          Account account = cast(subject, Account.class);
          account.code = (Code) subjects[at - 1];
          account.codeHash = cast(subjects[at - 2], byte[].class);
          subjects[at - 1] = null;
          subjects[at - 2] = null;
          entries -= 2;
        }
        case GROWTH -> growth = pop();
        default -> throw new IllegalStateException("unknown journal entry " + kinds[at]);
      }
    }
  }

  private static <T> T cast(@Nullable Object subject, Class<T> type) {
    if (subject == null) {
      throw new IllegalStateException("a journal entry without a subject");
    }
    return type.cast(subject);
  }

  private void record(byte kind, @Nullable Object subject) {
    if (entries == kinds.length) {
      kinds = Arrays.copyOf(kinds, 2 * entries);
      subjects = Arrays.copyOf(subjects, 2 * entries);
    }
    kinds[entries] = kind;
    subjects[entries++] = subject;
  }

  private void push(long number) {
    if (numbersUsed == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * numbersUsed);
    }
    numbers[numbersUsed++] = number;
  }

  private void push(long n0, long n1, long n2, long n3) {
    push(n0);
    push(n1);
    push(n2);
    push(n3);
  }

  private long pop() {
    return numbers[--numbersUsed];
  }
}

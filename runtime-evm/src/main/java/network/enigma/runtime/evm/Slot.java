package network.enigma.runtime.evm;

/** One storage slot during a transaction: its key, the value it began with and the present one. */
final class Slot {
  final long key0;
  final long key1;
  final long key2;
  final long key3;

  long original0;
  long original1;
  long original2;
  long original3;

  long value0;
  long value1;
  long value2;
  long value3;

  /** Whether it was read or written already in this transaction (EIP-2929). */
  boolean warm;

  Slot(long key0, long key1, long key2, long key3) {
    this.key0 = key0;
    this.key1 = key1;
    this.key2 = key2;
    this.key3 = key3;
  }

  boolean valueIsZero() {
    return (value0 | value1 | value2 | value3) == 0;
  }

  boolean originalIsZero() {
    return (original0 | original1 | original2 | original3) == 0;
  }

  boolean isUnchanged() {
    return value0 == original0 && value1 == original1 && value2 == original2 && value3 == original3;
  }

  boolean valueIs(long[] s, int at) {
    return value0 == s[at] && value1 == s[at + 1] && value2 == s[at + 2] && value3 == s[at + 3];
  }

  boolean originalIs(long[] s, int at) {
    return original0 == s[at]
        && original1 == s[at + 1]
        && original2 == s[at + 2]
        && original3 == s[at + 3];
  }

  byte[] key() {
    byte[] key = new byte[32];
    Words.writeLong(key, 0, key3);
    Words.writeLong(key, 8, key2);
    Words.writeLong(key, 16, key1);
    Words.writeLong(key, 24, key0);
    return key;
  }

  byte[] value() {
    byte[] value = new byte[32];
    Words.writeLong(value, 0, value3);
    Words.writeLong(value, 8, value2);
    Words.writeLong(value, 16, value1);
    Words.writeLong(value, 24, value0);
    return value;
  }
}

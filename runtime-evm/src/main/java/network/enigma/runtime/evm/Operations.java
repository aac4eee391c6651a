package network.enigma.runtime.evm;

/**
 * What {@link CompiledCode compiled code} calls. Words come as four longs, the lowest first; a
 * method that may fail gives the gas that is left, or a number of {@link Halt} with its sign
 * changed.
 */
final class Operations {
  private Operations() {}

  // ---- leaving compiled code

  /** Leaves the frame to the interpreter. */
  static int interpret(Frame f, int pc, int sp, long gas) {
    f.pc = pc;
    f.sp = sp;
    f.gas = gas;
    return CompiledCode.INTERPRET;
  }

  /** Leaves the frame at an entry of another method. */
  static int jump(Frame f, int pc, int sp, long gas) {
    f.pc = pc;
    f.sp = sp;
    f.gas = gas;
    return CompiledCode.JUMPED;
  }

  static int stop(Frame f, long gas) {
    f.gas = gas;
    return Halt.RETURNED;
  }

  /** Runs an instruction on the stack in memory. */
  static int run(int op, Machine m, Frame f, int sp, long gas) {
    f.sp = sp;
    f.gas = gas;
    return Instructions.run(op, m, f);
  }

  /** Runs an instruction that may enter another frame. */
  static int enter(int op, Machine m, Frame f, int sp, long gas, int next) {
    f.sp = sp;
    f.gas = gas;
    f.pc = next;
    return Instructions.run(op, m, f);
  }

  /** The place that a jump goes to, or −1 if it may not be jumped to. */
  static int destination(long l0, long l1, long l2, long l3, Frame f) {
    Code code = f.code;
    return (l1 | l2 | l3) == 0
            && Long.compareUnsigned(l0, code.length) < 0
            && (code.destinations()[(int) l0 >>> 6] >>> l0 & 1) != 0
        ? (int) l0
        : -1;
  }

  // ---- words

  static long carry(long x, long y, long sum) {
    return ((x & y) | ((x | y) & ~sum)) >>> 63;
  }

  static long borrow(long x, long y, long difference) {
    return ((~x & y) | ((~x | y) & difference)) >>> 63;
  }

  static long isZero(long x) {
    return x == 0 ? 1 : 0;
  }

  static long less(long x, long y) {
    return Long.compareUnsigned(x, y) < 0 ? 1 : 0;
  }

  static long less(long x0, long x1, long x2, long x3, long y0, long y1, long y2, long y3) {
    if (x3 != y3) {
      return less(x3, y3);
    }
    if (x2 != y2) {
      return less(x2, y2);
    }
    return x1 != y1 ? less(x1, y1) : less(x0, y0);
  }

  static long lessSigned(long x0, long x1, long x2, long x3, long y0, long y1, long y2, long y3) {
    return x3 != y3 ? (x3 < y3 ? 1 : 0) : less(x0, x1, x2, x3, y0, y1, y2, y3);
  }

  /** The word, or 2^63 − 1 if it is larger. */
  static long clamp(long l0, long l1, long l2, long l3) {
    return (l1 | l2 | l3) == 0 && l0 >= 0 ? l0 : Long.MAX_VALUE;
  }

  static long clamp(long l0) {
    return l0 >= 0 ? l0 : Long.MAX_VALUE;
  }

  static void put(long[] s, int at, long l0, long l1, long l2, long l3) {
    s[at] = l0;
    s[at + 1] = l1;
    s[at + 2] = l2;
    s[at + 3] = l3;
  }

  /** Puts a small number. */
  static void put(long[] s, int at, long l0) {
    s[at] = l0;
    s[at + 1] = 0;
    s[at + 2] = 0;
    s[at + 3] = 0;
  }

  /** s[at] = x × y. */
  static void multiply(
      long[] s, int at, long x0, long x1, long x2, long x3, long y0, long y1, long y2, long y3) {
    long r0 = x0 * y0;
    long r1 = Math.unsignedMultiplyHigh(x0, y0);
    if ((x1 | x2 | x3 | y1 | y2 | y3) == 0) {
      put(s, at, r0, r1, 0, 0);
      return;
    }
    long p = x0 * y1;
    long r2 = Math.unsignedMultiplyHigh(x0, y1);
    r1 += p;
    r2 += less(r1, p);
    p = x1 * y0;
    long c = Math.unsignedMultiplyHigh(x1, y0);
    r1 += p;
    c += less(r1, p);
    r2 += c;
    long r3 = less(r2, c);
    p = x0 * y2;
    r2 += p;
    r3 += less(r2, p) + Math.unsignedMultiplyHigh(x0, y2);
    p = x1 * y1;
    r2 += p;
    r3 += less(r2, p) + Math.unsignedMultiplyHigh(x1, y1);
    p = x2 * y0;
    r2 += p;
    r3 += less(r2, p) + Math.unsignedMultiplyHigh(x2, y0);
    r3 += x0 * y3 + x1 * y2 + x2 * y1 + x3 * y0;
    put(s, at, r0, r1, r2, r3);
  }

  // ---- memory and input

  /** Whether so many bytes at an offset, at least zero or too large, lie in memory already. */
  static boolean fits(long offset, int memorySize, int length) {
    return offset >= 0 && offset <= memorySize - (long) length;
  }

  /** Makes memory reach over a range; pays. */
  static long reach(Machine m, Frame f, long offset, long length, long gas) {
    f.gas = gas;
    int halt = Instructions.reach(m, f, offset, length);
    return halt == Halt.NONE ? f.gas : -halt;
  }

  static void write(byte[] memory, int at, long l0, long l1, long l2, long l3) {
    Words.writeLong(memory, at, l3);
    Words.writeLong(memory, at + 8, l2);
    Words.writeLong(memory, at + 16, l1);
    Words.writeLong(memory, at + 24, l0);
  }

  /**
   * Eight bytes of the call data, zeros behind its end.
   *
   * @param offset at least zero
   * @param more bytes behind the offset
   */
  static long input(Machine m, Frame f, long offset, int more) {
    if (offset >= f.inputLength) {
      return 0;
    }
    byte[] input = f.inputInMemory ? m.memory : f.input;
    int from = (int) offset + more;
    if (from <= f.inputLength - 8) {
      return Words.readLong(input, f.inputOffset + from);
    }
    long value = 0;
    for (int at = from; at < from + 8; at++) {
      value = value << 8 | (at < f.inputLength ? input[f.inputOffset + at] & 0xff : 0);
    }
    return value;
  }

  /** KECCAK256 into the word at an index of the stack; its static gas is paid. */
  static long keccak(Machine m, Frame f, long offset, long length, long[] s, int to, long gas) {
    f.gas = gas - 6 * Instructions.words(length);
    if (f.gas < 0) {
      return -Halt.OUT_OF_GAS;
    }
    int halt = Instructions.reach(m, f, offset, length);
    if (halt != Halt.NONE) {
      return -halt;
    }
    m.keccak.hash(m.memory, length == 0 ? 0 : f.memoryBase + (int) offset, (int) length, s, to);
    return f.gas;
  }

  // ---- storage

  /** SLOAD of the key at an index of the stack, which the value replaces. */
  static long loadSlot(Machine m, Frame f, long[] s, int at, long gas) {
    Slot slot = m.world.slot(f.self, s, at);
    long left = gas - (m.world.warm(slot) ? Instructions.COLD_SLOT : Instructions.WARM);
    if (left < 0) {
      return -Halt.OUT_OF_GAS;
    }
    put(s, at, slot.value0, slot.value1, slot.value2, slot.value3);
    return left;
  }
}

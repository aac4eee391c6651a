package network.enigma.runtime.evm;

/**
 * The loop that runs a frame's code. What is frequent and simple is done here on local variables;
 * {@link Instructions} does the rest on the frame. The method stays below the size at which the JVM
 * refuses to compile it.
 */
final class Interpreter {
  private static final int[] NEEDS = Op.needs();

  private Interpreter() {}

  /** Runs the frame until it stops or calls; gives a number of {@link Halt}. */
  static int run(Machine m, Frame f) {
    final byte[] code = f.code.bytes;
    final int base = f.stackBase;
    final int limit = base + 1_024 * Words.SIZE;
    final int memoryBase = f.memoryBase;
    long[] s = m.stack;
    byte[] memory = m.memory;
    int memorySize = f.memorySize;
    int pc = f.pc;
    int sp = f.sp;
    long gas = f.gas;
    int heat = f.code.heat;
    final StepListener listener = m.listener;
    final CompiledCode compiled = listener == null ? f.code.compiled : null;
    for (; ; ) {
      if (listener != null) {
        f.pc = pc;
        f.sp = sp;
        f.gas = gas;
        listener.step(m, f);
      }
      int op = code[pc++] & 0xff;
      int needs = NEEDS[op];
      if (sp - base < Op.takes(needs)) {
        return Halt.STACK_UNDERFLOW;
      }
      if (sp + Op.growth(needs) > limit) {
        return Halt.STACK_OVERFLOW;
      }
      gas -= Op.gas(needs);
      if (gas < 0) {
        return Halt.OUT_OF_GAS;
      }
      switch (op) {
        case Op.STOP -> {
          f.gas = gas;
          return Halt.RETURNED;
        }
        case Op.ADD -> {
          Words.add(s, sp - 4, sp - 8);
          sp -= 4;
          continue;
        }
        case Op.MUL -> {
          Words.multiply(s, sp - 4, sp - 8);
          sp -= 4;
          continue;
        }
        case Op.SUB -> {
          Words.sub(s, sp - 4, sp - 8);
          sp -= 4;
          continue;
        }
        case Op.DIV -> {
          Words.divide(s, sp - 4, sp - 8);
          sp -= 4;
          continue;
        }
        case Op.SDIV -> {
          Words.divideSigned(s, sp - 4, sp - 8);
          sp -= 4;
          continue;
        }
        case Op.MOD -> {
          Words.remainder(s, sp - 4, sp - 8);
          sp -= 4;
          continue;
        }
        case Op.SMOD -> {
          Words.remainderSigned(s, sp - 4, sp - 8);
          sp -= 4;
          continue;
        }
        case Op.ADDMOD -> {
          Words.addModulo(s, sp - 4, sp - 8, sp - 12);
          sp -= 8;
          continue;
        }
        case Op.MULMOD -> {
          Words.multiplyModulo(s, sp - 4, sp - 8, sp - 12);
          sp -= 8;
          continue;
        }
        case Op.SIGNEXTEND -> {
          Words.extendSign(s, sp - 4, sp - 8);
          sp -= 4;
          continue;
        }
        case Op.LT -> {
          Words.set(s, sp - 8, Words.less(s, sp - 4, sp - 8) ? 1 : 0);
          sp -= 4;
          continue;
        }
        case Op.GT -> {
          Words.set(s, sp - 8, Words.less(s, sp - 8, sp - 4) ? 1 : 0);
          sp -= 4;
          continue;
        }
        case Op.SLT -> {
          Words.set(s, sp - 8, Words.lessSigned(s, sp - 4, sp - 8) ? 1 : 0);
          sp -= 4;
          continue;
        }
        case Op.SGT -> {
          Words.set(s, sp - 8, Words.lessSigned(s, sp - 8, sp - 4) ? 1 : 0);
          sp -= 4;
          continue;
        }
        case Op.EQ -> {
          Words.set(s, sp - 8, Words.equal(s, sp - 4, s, sp - 8) ? 1 : 0);
          sp -= 4;
          continue;
        }
        case Op.ISZERO -> {
          Words.set(s, sp - 4, Words.isZero(s, sp - 4) ? 1 : 0);
          continue;
        }
        case Op.AND -> {
          s[sp - 8] &= s[sp - 4];
          s[sp - 7] &= s[sp - 3];
          s[sp - 6] &= s[sp - 2];
          s[sp - 5] &= s[sp - 1];
          sp -= 4;
          continue;
        }
        case Op.OR -> {
          s[sp - 8] |= s[sp - 4];
          s[sp - 7] |= s[sp - 3];
          s[sp - 6] |= s[sp - 2];
          s[sp - 5] |= s[sp - 1];
          sp -= 4;
          continue;
        }
        case Op.XOR -> {
          s[sp - 8] ^= s[sp - 4];
          s[sp - 7] ^= s[sp - 3];
          s[sp - 6] ^= s[sp - 2];
          s[sp - 5] ^= s[sp - 1];
          sp -= 4;
          continue;
        }
        case Op.NOT -> {
          s[sp - 4] = ~s[sp - 4];
          s[sp - 3] = ~s[sp - 3];
          s[sp - 2] = ~s[sp - 2];
          s[sp - 1] = ~s[sp - 1];
          continue;
        }
        case Op.BYTE -> {
          Words.byteAt(s, sp - 4, sp - 8);
          sp -= 4;
          continue;
        }
        case Op.SHL -> {
          Words.shiftLeft(s, sp - 4, sp - 8);
          sp -= 4;
          continue;
        }
        case Op.SHR -> {
          Words.shiftRight(s, sp - 4, sp - 8);
          sp -= 4;
          continue;
        }
        case Op.SAR -> {
          Words.shiftRightSigned(s, sp - 4, sp - 8);
          sp -= 4;
          continue;
        }
        case Op.CALLER -> {
          s[sp] = f.caller0;
          s[sp + 1] = f.caller1;
          s[sp + 2] = f.caller2;
          s[sp + 3] = 0;
          sp += 4;
          continue;
        }
        case Op.CALLVALUE -> {
          Words.copy(f.value, 0, s, sp);
          sp += 4;
          continue;
        }
        case Op.CALLDATASIZE -> {
          Words.set(s, sp, f.inputLength);
          sp += 4;
          continue;
        }
        case Op.POP -> {
          sp -= 4;
          continue;
        }
        case Op.MLOAD -> {
          long at = s[sp - 4];
          if ((s[sp - 3] | s[sp - 2] | s[sp - 1]) == 0 && at >= 0 && at <= memorySize - 32L) {
            Words.read(memory, memoryBase + (int) at, s, sp - 4);
            continue;
          }
        }
        case Op.MSTORE -> {
          long at = s[sp - 4];
          if ((s[sp - 3] | s[sp - 2] | s[sp - 1]) == 0 && at >= 0 && at <= memorySize - 32L) {
            Words.write(s, sp - 8, memory, memoryBase + (int) at);
            sp -= 8;
            continue;
          }
        }
        case Op.JUMP -> {
          long to = s[sp - 4];
          if ((s[sp - 3] | s[sp - 2] | s[sp - 1]) != 0 || !isDestination(f.code, to)) {
            return Halt.INVALID_JUMP;
          }
          pc = (int) to;
          sp -= 4;
          if (--heat == 0 || (compiled != null && compiled.entries[pc] >= 0)) {
            return hot(f, pc, sp, gas);
          }
          continue;
        }
        case Op.JUMPI -> {
          sp -= 8;
          if ((s[sp] | s[sp + 1] | s[sp + 2] | s[sp + 3]) != 0) {
            long to = s[sp + 4];
            if ((s[sp + 5] | s[sp + 6] | s[sp + 7]) != 0 || !isDestination(f.code, to)) {
              return Halt.INVALID_JUMP;
            }
            pc = (int) to;
            if (--heat == 0 || (compiled != null && compiled.entries[pc] >= 0)) {
              return hot(f, pc, sp, gas);
            }
          }
          continue;
        }
        case Op.PC -> {
          Words.set(s, sp, pc - 1);
          sp += 4;
          continue;
        }
        case Op.MSIZE -> {
          Words.set(s, sp, memorySize);
          sp += 4;
          continue;
        }
        case Op.GAS -> {
          Words.set(s, sp, gas);
          sp += 4;
          continue;
        }
        case Op.JUMPDEST -> {
          continue;
        }
        case Op.PUSH0 -> {
          Words.set(s, sp, 0);
          sp += 4;
          continue;
        }
        case Op.PUSH1 -> {
          Words.set(s, sp, code[pc++] & 0xff);
          sp += 4;
          continue;
        }
        case Op.PUSH2 -> {
          Words.set(s, sp, (code[pc] & 0xff) << 8 | (code[pc + 1] & 0xff));
          pc += 2;
          sp += 4;
          continue;
        }
        case Op.PUSH4 -> {
          Words.set(s, sp, Words.readInt(code, pc));
          pc += 4;
          sp += 4;
          continue;
        }
        case Op.PUSH32 -> {
          Words.read(code, pc, s, sp);
          pc += 32;
          sp += 4;
          continue;
        }
        // spotless:off
        case 0x62,
            0x64,
            0x65,
            0x66,
            0x67,
            0x68,
            0x69,
            0x6a,
            0x6b,
            0x6c,
            0x6d,
            0x6e,
            0x6f,
            0x70,
            0x71,
            0x72,
            0x73,
            0x74,
            0x75,
            0x76,
            0x77,
            0x78,
            0x79,
            0x7a,
            0x7b,
            0x7c,
            0x7d,
            0x7e -> {
          int length = op - Op.PUSH1 + 1;
          pushNumber(code, pc, length, s, sp);
          pc += length;
          sp += 4;
          continue;
        }
        case 0x80,
            0x81,
            0x82,
            0x83,
            0x84,
            0x85,
            0x86,
            0x87,
            0x88,
            0x89,
            0x8a,
            0x8b,
            0x8c,
            0x8d,
            0x8e,
            0x8f -> {
          Words.copy(s, sp - 4 * (op - Op.DUP1 + 1), s, sp);
          sp += 4;
          continue;
        }
        case 0x90,
            0x91,
            0x92,
            0x93,
            0x94,
            0x95,
            0x96,
            0x97,
            0x98,
            0x99,
            0x9a,
            0x9b,
            0x9c,
            0x9d,
            0x9e,
            0x9f -> {
          swap(s, sp - 4, sp - 4 * (op - Op.SWAP1 + 2));
          continue;
        }
        // spotless:on
        default -> {}
      }
      f.pc = pc;
      f.sp = sp;
      f.gas = gas;
      int halt = Instructions.run(op, m, f);
      if (halt != Halt.NONE) {
        f.code.heat = heat;
        return halt;
      }
      sp = f.sp;
      gas = f.gas;
      memory = m.memory;
      memorySize = f.memorySize;
    }
  }

  /** Stops before an instruction at which compiled code may begin, or after which it is wanted. */
  private static int hot(Frame f, int pc, int sp, long gas) {
    f.pc = pc;
    f.sp = sp;
    f.gas = gas;
    f.code.heat = Integer.MAX_VALUE;
    return Halt.HOT;
  }

  private static boolean isDestination(Code code, long to) {
    return Long.compareUnsigned(to, code.length) < 0
        && (code.destinations()[(int) to >>> 6] >>> to & 1) != 0;
  }

  /** Pushes a number of 3 to 31 bytes; the code's padding makes reading beyond its end safe. */
  private static void pushNumber(byte[] code, int at, int length, long[] s, int sp) {
    s[sp] = part(code, at, length);
    s[sp + 1] = part(code, at, length - 8);
    s[sp + 2] = part(code, at, length - 16);
    s[sp + 3] = part(code, at, length - 24);
  }

  /** The last eight of the first {@code length} bytes, fewer if there are fewer. */
  private static long part(byte[] code, int at, int length) {
    if (length >= 8) {
      return Words.readLong(code, at + length - 8);
    }
    return length <= 0 ? 0 : Words.readLong(code, at) >>> 64 - 8 * length;
  }

  private static void swap(long[] s, int a, int b) {
    long t0 = s[a];
    long t1 = s[a + 1];
    long t2 = s[a + 2];
    long t3 = s[a + 3];
    s[a] = s[b];
    s[a + 1] = s[b + 1];
    s[a + 2] = s[b + 2];
    s[a + 3] = s[b + 3];
    s[b] = t0;
    s[b + 1] = t1;
    s[b + 2] = t2;
    s[b + 3] = t3;
  }
}

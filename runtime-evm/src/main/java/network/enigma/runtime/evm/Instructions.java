package network.enigma.runtime.evm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.author.TraceEvent;
import network.enigma.runtime.Failure;

/**
 * The instructions that touch memory, accounts, storage or other contracts. Each finds its operands
 * on the frame's stack, checked for height, with its static gas already paid.
 */
final class Instructions {
  static final long WARM = 100;
  private static final long COLD_ACCOUNT = 2_600;
  static final long COLD_SLOT = 2_100;
  private static final long STIPEND = 2_300;
  private static final long MEMORY_END = 0x1f_ffff_ffe0L;

  private Instructions() {}

  /** Runs one instruction; gives a number of {@link Halt}. */
  static int run(int op, Machine m, Frame f) {
    return switch (op) {
      case Op.EXP -> exp(m, f);
      case Op.KECCAK256 -> keccak(m, f);
      case Op.ADDRESS -> pushAddress(m, f, f.self.address2, f.self.address1, f.self.address0);
      case Op.BALANCE -> balance(m, f);
      case Op.ORIGIN -> push(m, f, m.origin);
      case Op.CALLDATALOAD -> callDataLoad(m, f);
      case Op.CALLDATACOPY -> callDataCopy(m, f);
      case Op.CODESIZE -> push(m, f, f.code.length);
      case Op.CODECOPY -> codeCopy(m, f);
      case Op.GASPRICE -> push(m, f, m.gasPrice);
      case Op.EXTCODESIZE -> externalCodeSize(m, f);
      case Op.EXTCODECOPY -> externalCodeCopy(m, f);
      case Op.RETURNDATASIZE -> push(m, f, f.returnLength);
      case Op.RETURNDATACOPY -> returnDataCopy(m, f);
      case Op.EXTCODEHASH -> externalCodeHash(m, f);
      case Op.BLOCKHASH -> blockHash(m, f);
      case Op.COINBASE -> push(m, f, m.coinbase);
      case Op.TIMESTAMP -> push(m, f, m.timestamp);
      case Op.NUMBER -> push(m, f, m.number);
      case Op.PREVRANDAO -> push(m, f, m.prevRandao);
      case Op.GASLIMIT -> push(m, f, m.blockGasLimit);
      case Op.CHAINID -> push(m, f, m.chainId);
      case Op.SELFBALANCE -> push(m, f, f.self.balance);
      case Op.BASEFEE -> push(m, f, m.baseFee);
      case Op.BLOBHASH -> blobHash(m, f);
      case Op.BLOBBASEFEE -> push(m, f, m.blobBaseFee);
      case Op.MLOAD -> load(m, f);
      case Op.MSTORE -> store(m, f);
      case Op.MSTORE8 -> storeByte(m, f);
      case Op.SLOAD -> loadSlot(m, f);
      case Op.SSTORE -> storeSlot(m, f);
      case Op.TLOAD -> loadTransient(m, f);
      case Op.TSTORE -> storeTransient(m, f);
      case Op.MCOPY -> copyMemory(m, f);
      case Op.LOG0, Op.LOG0 + 1, Op.LOG0 + 2, Op.LOG0 + 3, Op.LOG4 -> log(m, f, op - Op.LOG0);
      case Op.CREATE, Op.CREATE2 -> create(op, m, f);
      case Op.CALL, Op.CALLCODE, Op.DELEGATECALL, Op.STATICCALL -> call(op, m, f);
      case Op.RETURN -> finish(m, f, Halt.RETURNED);
      case Op.REVERT -> finish(m, f, Halt.REVERTED);
      case Op.SELFDESTRUCT -> selfDestruct(m, f);
      default -> Halt.INVALID_INSTRUCTION;
    };
  }

  // ---- gas and memory

  private static boolean pay(Frame f, long gas) {
    f.gas -= gas;
    return f.gas >= 0;
  }

  /** Words of 32 bytes that hold so many bytes. */
  static long words(long bytes) {
    return (bytes >>> 5) + ((bytes & 31) == 0 ? 0 : 1);
  }

  private static long memoryGas(long words) {
    return 3 * words + (words * words >>> 9);
  }

  /** Makes the frame's memory reach over a range, paid before it is taken. */
  static int reach(Machine m, Frame f, long offset, long length) {
    if (length == 0) {
      return Halt.NONE;
    }
    long end = offset + length;
    if (end < 0 || end > MEMORY_END) {
      return Halt.OUT_OF_GAS;
    }
    if (end <= f.memorySize) {
      return Halt.NONE;
    }
    long words = words(end);
    if (!pay(f, memoryGas(words) - memoryGas(f.memorySize >>> 5))) {
      return Halt.OUT_OF_GAS;
    }
    return m.grow(f, words << 5);
  }

  /** Copies from a source that counts as followed by zeros. */
  private static void copyPadded(
      Machine m, Frame f, byte[] source, int start, int available, long from, int to, int length) {
    int target = f.memoryBase + to;
    int present = from >= available ? 0 : (int) Math.min(length, available - from);
    if (present > 0) {
      System.arraycopy(source, start + (int) from, m.memory, target, present);
    }
    Arrays.fill(m.memory, target + present, target + length, (byte) 0);
  }

  // ---- the stack

  private static int push(Machine m, Frame f, long value) {
    Words.set(m.stack, f.sp, value);
    f.sp += 4;
    return Halt.NONE;
  }

  private static int push(Machine m, Frame f, long[] word) {
    Words.copy(word, 0, m.stack, f.sp);
    f.sp += 4;
    return Halt.NONE;
  }

  private static int pushAddress(Machine m, Frame f, long a2, long a1, long a0) {
    long[] s = m.stack;
    int at = f.sp;
    s[at] = a0;
    s[at + 1] = a1;
    s[at + 2] = a2;
    s[at + 3] = 0;
    f.sp = at + 4;
    return Halt.NONE;
  }

  // ---- arithmetic and hashing

  private static int exp(Machine m, Frame f) {
    long[] s = m.stack;
    int base = f.sp - 4;
    int exponent = f.sp - 8;
    if (!pay(f, 50L * Words.byteLength(s, exponent))) {
      return Halt.OUT_OF_GAS;
    }
    Words.power(s, base, exponent);
    f.sp -= 4;
    return Halt.NONE;
  }

  private static int keccak(Machine m, Frame f) {
    long[] s = m.stack;
    int at = f.sp - 8;
    long offset = Words.clamp(s, f.sp - 4);
    long length = Words.clamp(s, at);
    if (!pay(f, 6 * words(length))) {
      return Halt.OUT_OF_GAS;
    }
    int halt = reach(m, f, offset, length);
    if (halt != Halt.NONE) {
      return halt;
    }
    int from = length == 0 ? 0 : f.memoryBase + (int) offset;
    m.keccak.hash(m.memory, from, (int) length, s, at);
    f.sp -= 4;
    return Halt.NONE;
  }

  // ---- accounts

  private static long access(Machine m, Account account) {
    return isCold(m, account) ? COLD_ACCOUNT : WARM;
  }

  /** Marks the account as accessed; says whether this was the first time. */
  private static boolean isCold(Machine m, Account account) {
    return m.world.warm(account)
        && !m.ports.isBuiltIn(account.address2, account.address1, account.address0);
  }

  private static int balance(Machine m, Frame f) {
    Account account = m.world.account(m.stack, f.sp - 4);
    if (!pay(f, access(m, account))) {
      return Halt.OUT_OF_GAS;
    }
    Words.copy(account.balance, 0, m.stack, f.sp - 4);
    return Halt.NONE;
  }

  private static int externalCodeSize(Machine m, Frame f) {
    Account account = m.world.account(m.stack, f.sp - 4);
    if (!pay(f, access(m, account))) {
      return Halt.OUT_OF_GAS;
    }
    Words.set(m.stack, f.sp - 4, m.world.code(account).length);
    return Halt.NONE;
  }

  private static int externalCodeHash(Machine m, Frame f) {
    Account account = m.world.account(m.stack, f.sp - 4);
    if (!pay(f, access(m, account))) {
      return Halt.OUT_OF_GAS;
    }
    if (account.isEmpty()) {
      Words.set(m.stack, f.sp - 4, 0);
    } else {
      Words.read(account.codeHash, 0, m.stack, f.sp - 4);
    }
    return Halt.NONE;
  }

  private static int externalCodeCopy(Machine m, Frame f) {
    long[] s = m.stack;
    Account account = m.world.account(s, f.sp - 4);
    long to = Words.clamp(s, f.sp - 8);
    long from = Words.clamp(s, f.sp - 12);
    long length = Words.clamp(s, f.sp - 16);
    if (!pay(f, access(m, account)) || !pay(f, 3 * words(length))) {
      return Halt.OUT_OF_GAS;
    }
    int halt = reach(m, f, to, length);
    if (halt != Halt.NONE) {
      return halt;
    }
    if (length != 0) {
      Code code = m.world.code(account);
      copyPadded(m, f, code.bytes, 0, code.length, from, (int) to, (int) length);
    }
    f.sp -= 16;
    return Halt.NONE;
  }

  // ---- call data, code and return data

  private static int callDataLoad(Machine m, Frame f) {
    long[] s = m.stack;
    int at = f.sp - 4;
    long offset = Words.clamp(s, at);
    if (offset >= f.inputLength) {
      Words.set(s, at, 0);
      return Halt.NONE;
    }
    byte[] input = f.inputInMemory ? m.memory : f.input;
    int from = f.inputOffset + (int) offset;
    if (offset <= f.inputLength - 32) {
      Words.read(input, from, s, at);
    } else {
      Words.readPadded(input, from, f.inputOffset + f.inputLength, s, at);
    }
    return Halt.NONE;
  }

  private static int callDataCopy(Machine m, Frame f) {
    long[] s = m.stack;
    long to = Words.clamp(s, f.sp - 4);
    long from = Words.clamp(s, f.sp - 8);
    long length = Words.clamp(s, f.sp - 12);
    if (!pay(f, 3 * words(length))) {
      return Halt.OUT_OF_GAS;
    }
    int halt = reach(m, f, to, length);
    if (halt != Halt.NONE) {
      return halt;
    }
    if (length != 0) {
      byte[] input = f.inputInMemory ? m.memory : f.input;
      copyPadded(m, f, input, f.inputOffset, f.inputLength, from, (int) to, (int) length);
    }
    f.sp -= 12;
    return Halt.NONE;
  }

  private static int codeCopy(Machine m, Frame f) {
    long[] s = m.stack;
    long to = Words.clamp(s, f.sp - 4);
    long from = Words.clamp(s, f.sp - 8);
    long length = Words.clamp(s, f.sp - 12);
    if (!pay(f, 3 * words(length))) {
      return Halt.OUT_OF_GAS;
    }
    int halt = reach(m, f, to, length);
    if (halt != Halt.NONE) {
      return halt;
    }
    if (length != 0) {
      copyPadded(m, f, f.code.bytes, 0, f.code.length, from, (int) to, (int) length);
    }
    f.sp -= 12;
    return Halt.NONE;
  }

  private static int returnDataCopy(Machine m, Frame f) {
    long[] s = m.stack;
    long to = Words.clamp(s, f.sp - 4);
    long from = Words.clamp(s, f.sp - 8);
    long length = Words.clamp(s, f.sp - 12);
    long end = from + length;
    if (end < 0 || end > f.returnLength) {
      return Halt.RETURN_DATA_OUT_OF_BOUNDS;
    }
    if (!pay(f, 3 * words(length))) {
      return Halt.OUT_OF_GAS;
    }
    int halt = reach(m, f, to, length);
    if (halt != Halt.NONE) {
      return halt;
    }
    if (length != 0) {
      System.arraycopy(f.returnData, (int) from, m.memory, f.memoryBase + (int) to, (int) length);
    }
    f.sp -= 12;
    return Halt.NONE;
  }

  // ---- the block

  private static int blockHash(Machine m, Frame f) {
    long[] s = m.stack;
    int at = f.sp - 4;
    long current = Words.clamp(m.number, 0);
    long wanted = Words.clamp(s, at);
    Bytes32 hash =
        Words.isLong(s, at) && wanted < current && wanted >= current - 256
            ? m.block.hashes().hash(wanted)
            : null;
    if (hash == null) {
      Words.set(s, at, 0);
    } else {
      Words.read(hash.toByteArray(), 0, s, at);
    }
    return Halt.NONE;
  }

  private static int blobHash(Machine m, Frame f) {
    long[] s = m.stack;
    int at = f.sp - 4;
    List<Bytes32> hashes = m.block.blobHashes();
    long index = Words.clamp(s, at);
    if (index < hashes.size()) {
      Words.read(hashes.get((int) index).toByteArray(), 0, s, at);
    } else {
      Words.set(s, at, 0);
    }
    return Halt.NONE;
  }

  // ---- memory

  private static int load(Machine m, Frame f) {
    long offset = Words.clamp(m.stack, f.sp - 4);
    int halt = reach(m, f, offset, 32);
    if (halt == Halt.NONE) {
      Words.read(m.memory, f.memoryBase + (int) offset, m.stack, f.sp - 4);
    }
    return halt;
  }

  private static int store(Machine m, Frame f) {
    long offset = Words.clamp(m.stack, f.sp - 4);
    int halt = reach(m, f, offset, 32);
    if (halt == Halt.NONE) {
      Words.write(m.stack, f.sp - 8, m.memory, f.memoryBase + (int) offset);
      f.sp -= 8;
    }
    return halt;
  }

  private static int storeByte(Machine m, Frame f) {
    long offset = Words.clamp(m.stack, f.sp - 4);
    int halt = reach(m, f, offset, 1);
    if (halt == Halt.NONE) {
      m.memory[f.memoryBase + (int) offset] = (byte) m.stack[f.sp - 8];
      f.sp -= 8;
    }
    return halt;
  }

  private static int copyMemory(Machine m, Frame f) {
    long[] s = m.stack;
    long to = Words.clamp(s, f.sp - 4);
    long from = Words.clamp(s, f.sp - 8);
    long length = Words.clamp(s, f.sp - 12);
    if (!pay(f, 3 * words(length))) {
      return Halt.OUT_OF_GAS;
    }
    int halt = reach(m, f, Math.max(to, from), length);
    if (halt != Halt.NONE) {
      return halt;
    }
    if (length != 0) {
      System.arraycopy(
          m.memory, f.memoryBase + (int) from, m.memory, f.memoryBase + (int) to, (int) length);
    }
    f.sp -= 12;
    return Halt.NONE;
  }

  // ---- storage

  private static int loadSlot(Machine m, Frame f) {
    long[] s = m.stack;
    int at = f.sp - 4;
    Slot slot = m.world.slot(f.self, s, at);
    if (!pay(f, m.world.warm(slot) ? COLD_SLOT : WARM)) {
      return Halt.OUT_OF_GAS;
    }
    s[at] = slot.value0;
    s[at + 1] = slot.value1;
    s[at + 2] = slot.value2;
    s[at + 3] = slot.value3;
    return Halt.NONE;
  }

  /** The gas and refunds of EIP-2200 as changed by EIP-2929 and EIP-3529. */
  private static int storeSlot(Machine m, Frame f) {
    if (f.isStatic) {
      return Halt.READ_ONLY;
    }
    if (m.readOnly) {
      return m.abort(Failure.READ_ONLY);
    }
    if (f.gas <= STIPEND) {
      return Halt.OUT_OF_GAS;
    }
    long[] s = m.stack;
    int key = f.sp - 4;
    int value = f.sp - 8;
    Slot slot = m.world.slot(f.self, s, key);
    long cost = m.world.warm(slot) ? COLD_SLOT : 0;
    f.sp -= 8;
    if (slot.valueIs(s, value)) {
      return pay(f, cost + WARM) ? Halt.NONE : Halt.OUT_OF_GAS;
    }
    boolean toZero = Words.isZero(s, value);
    if (slot.isUnchanged()) {
      cost += slot.originalIsZero() ? 20_000 : 2_900;
    } else {
      cost += WARM;
    }
    if (!pay(f, cost)) {
      return Halt.OUT_OF_GAS;
    }
    if (slot.isUnchanged()) {
      if (toZero) {
        m.refund += 4_800;
      }
    } else {
      if (!slot.originalIsZero()) {
        if (slot.valueIsZero()) {
          m.refund -= 4_800;
        } else if (toZero) {
          m.refund += 4_800;
        }
      }
      if (slot.originalIs(s, value)) {
        m.refund += slot.originalIsZero() ? 19_900 : 2_800;
      }
    }
    m.world.set(slot, s, value);
    return m.checkGrowth();
  }

  private static int loadTransient(Machine m, Frame f) {
    long[] s = m.stack;
    int at = f.sp - 4;
    Slot slot = m.world.transientSlot(f.self, s, at);
    if (slot == null) {
      Words.set(s, at, 0);
    } else {
      s[at] = slot.value0;
      s[at + 1] = slot.value1;
      s[at + 2] = slot.value2;
      s[at + 3] = slot.value3;
    }
    return Halt.NONE;
  }

  private static int storeTransient(Machine m, Frame f) {
    if (f.isStatic) {
      return Halt.READ_ONLY;
    }
    m.world.setTransient(f.self, m.stack, f.sp - 4, f.sp - 8);
    f.sp -= 8;
    return Halt.NONE;
  }

  // ---- logs

  private static int log(Machine m, Frame f, int topics) {
    if (f.isStatic) {
      return Halt.READ_ONLY;
    }
    if (m.readOnly) {
      return m.abort(Failure.READ_ONLY);
    }
    long[] s = m.stack;
    long offset = Words.clamp(s, f.sp - 4);
    long length = Words.clamp(s, f.sp - 8);
    if (length > MEMORY_END || !pay(f, 8 * length)) {
      return Halt.OUT_OF_GAS;
    }
    int halt = reach(m, f, offset, length);
    if (halt != Halt.NONE) {
      return halt;
    }
    if (m.keepsLogs) {
      List<Bytes32> words = new ArrayList<>(topics);
      for (int i = 0; i < topics; i++) {
        byte[] topic = new byte[32];
        Words.write(s, f.sp - 12 - 4 * i, topic, 0);
        words.add(Bytes32.of(topic));
      }
      m.logs.add(
          new Log(Address.of(f.self.address()), words, Bytes.of(slice(m, f, offset, length))));
    }
    f.sp -= 8 + 4 * topics;
    return Halt.NONE;
  }

  /** A copy of a part of the frame's memory, which reaches that far. */
  private static byte[] slice(Machine m, Frame f, long offset, long length) {
    if (length == 0) {
      return Frame.NOTHING;
    }
    int from = f.memoryBase + (int) offset;
    return Arrays.copyOfRange(m.memory, from, from + (int) length);
  }

  // ---- calls

  private static int call(int op, Machine m, Frame f) {
    long[] s = m.stack;
    World world = m.world;
    boolean hasValue = op == Op.CALL || op == Op.CALLCODE;
    int gasAt = f.sp - 4;
    int addressAt = f.sp - 8;
    int valueAt = f.sp - 12;
    int rest = hasValue ? f.sp - 16 : f.sp - 12;
    long inputOffset = Words.clamp(s, rest);
    long inputLength = Words.clamp(s, rest - 4);
    long outputOffset = Words.clamp(s, rest - 8);
    long outputLength = Words.clamp(s, rest - 12);
    boolean pays = hasValue && !Words.isZero(s, valueAt);
    if (pays && op == Op.CALL) {
      if (f.isStatic) {
        return Halt.READ_ONLY;
      }
      if (m.readOnly) {
        return m.abort(Failure.READ_ONLY);
      }
    }
    int halt = reach(m, f, inputOffset, inputLength);
    if (halt != Halt.NONE) {
      return halt;
    }
    halt = reach(m, f, outputOffset, outputLength);
    if (halt != Halt.NONE) {
      return halt;
    }
    Account target = world.account(s, addressAt);
    long cost = access(m, target);
    if (pays) {
      cost += 9_000;
      if (op == Op.CALL && target.isEmpty()) {
        cost += 25_000;
      }
    }
    if (!pay(f, cost)) {
      return Halt.OUT_OF_GAS;
    }
    Code code = world.code(target);
    boolean delegated = code.isDelegation();
    if (delegated) {
      Account delegate = m.delegate(code);
      if (!pay(f, access(m, delegate))) {
        return Halt.OUT_OF_GAS;
      }
      code = world.code(delegate);
    }
    long gas = Math.min(Words.clamp(s, gasAt), f.gas - f.gas / 64);
    f.gas -= gas;
    if (pays) {
      gas += STIPEND;
    }
    f.sp = rest - 12;
    f.clearReturnData();
    if (m.isDeepest() || (pays && !World.covers(f.self, s, valueAt))) {
      f.gas += gas;
      return push(m, f, 0);
    }
    if (!delegated) {
      Precompile precompile = m.ports.precompile(target.address2, target.address1, target.address0);
      if (precompile != null) {
        return callPrecompile(
            precompile,
            m,
            f,
            op,
            target,
            valueAt,
            gas,
            inputOffset,
            inputLength,
            outputOffset,
            outputLength);
      }
      Ports.Port port = m.ports.port(target.address2, target.address1, target.address0);
      if (port != null) {
        return callPort(
            port, m, f, op, target, gas, inputOffset, inputLength, outputOffset, outputLength);
      }
    }
    if (code.length == 0) {
      if (op == Op.CALL) {
        m.transfer(f.self, target, s, valueAt);
      } else if (op == Op.STATICCALL) {
        world.touch(target);
      }
      if (m.recorder != null) {
        m.recorder.calledNothing(op, f.self, target, slice(m, f, inputOffset, inputLength), gas);
      }
      f.gas += gas;
      return push(m, f, 1);
    }
    Frame g = m.enter();
    s = m.stack;
    g.code = code;
    g.gas = gas;
    g.inputInMemory = true;
    g.inputOffset = inputLength == 0 ? 0 : f.memoryBase + (int) inputOffset;
    g.inputLength = (int) inputLength;
    g.wantedOffset = outputLength == 0 ? 0 : (int) outputOffset;
    g.wantedLength = (int) outputLength;
    g.isStatic = f.isStatic || op == Op.STATICCALL;
    if (op == Op.DELEGATECALL) {
      g.self = f.self;
      g.caller2 = f.caller2;
      g.caller1 = f.caller1;
      g.caller0 = f.caller0;
      Words.copy(f.value, 0, g.value, 0);
    } else {
      g.self = op == Op.CALLCODE ? f.self : target;
      g.caller2 = f.self.address2;
      g.caller1 = f.self.address1;
      g.caller0 = f.self.address0;
      if (hasValue) {
        Words.copy(s, valueAt, g.value, 0);
      } else {
        Words.set(g.value, 0, 0);
      }
      if (op == Op.CALL) {
        m.transfer(f.self, target, g.value, 0);
      } else if (op == Op.STATICCALL) {
        world.touch(target);
      }
    }
    if (m.recorder != null) {
      m.recorder.entered(m, g, Recorder.kind(op), f.self, target);
    }
    return Halt.ENTERED;
  }

  private static int callPrecompile(
      Precompile precompile,
      Machine m,
      Frame f,
      int op,
      Account target,
      int valueAt,
      long gas,
      long inputOffset,
      long inputLength,
      long outputOffset,
      long outputLength) {
    int mark = m.world.mark();
    if (op == Op.CALL) {
      m.transfer(f.self, target, m.stack, valueAt);
    } else if (op == Op.STATICCALL) {
      m.world.touch(target);
    }
    byte[] input = slice(m, f, inputOffset, inputLength);
    long cost = precompile.gas(input);
    byte[] output = cost > gas ? null : precompile.run(input);
    if (output == null) {
      m.world.revert(mark);
      if (m.recorder != null) {
        m.recorder.answered(op, f.self, target, input, gas, Halt.OUT_OF_GAS, Frame.NOTHING, gas);
      }
      return push(m, f, 0);
    }
    if (m.recorder != null) {
      m.recorder.answered(op, f.self, target, input, gas, Halt.RETURNED, output, cost);
    }
    f.gas += gas - cost;
    return answer(m, f, 1, output, outputOffset, outputLength);
  }

  private static int callPort(
      Ports.Port port,
      Machine m,
      Frame f,
      int op,
      Account target,
      long gas,
      long inputOffset,
      long inputLength,
      long outputOffset,
      long outputLength) {
    byte[] input = slice(m, f, inputOffset, inputLength);
    Ports.Answer answer = port.run(m, f.self, f.isStatic || op == Op.STATICCALL, input, gas);
    if (answer.halt() == Halt.ABORTED) {
      return Halt.ABORTED;
    }
    if (m.recorder != null) {
      m.recorder.answered(
          op, f.self, target, input, gas, answer.halt(), answer.output(), gas - answer.gas());
    }
    f.gas += answer.gas();
    return answer(
        m, f, answer.halt() == Halt.RETURNED ? 1 : 0, answer.output(), outputOffset, outputLength);
  }

  private static int answer(
      Machine m, Frame f, int success, byte[] output, long wantedOffset, long wantedLength) {
    f.setReturnData(output, 0, output.length);
    int length = (int) Math.min(wantedLength, output.length);
    if (length > 0) {
      System.arraycopy(output, 0, m.memory, f.memoryBase + (int) wantedOffset, length);
    }
    return push(m, f, success);
  }

  private static int create(int op, Machine m, Frame f) {
    if (f.isStatic) {
      return Halt.READ_ONLY;
    }
    if (m.readOnly) {
      return m.abort(Failure.READ_ONLY);
    }
    long[] s = m.stack;
    World world = m.world;
    int valueAt = f.sp - 4;
    int saltAt = f.sp - 16;
    long offset = Words.clamp(s, f.sp - 8);
    long length = Words.clamp(s, f.sp - 12);
    if (length > Code.MAXIMUM_CREATION_LENGTH) {
      return Halt.OUT_OF_GAS;
    }
    if (!pay(f, (op == Op.CREATE2 ? 8 : 2) * words(length))) {
      return Halt.OUT_OF_GAS;
    }
    int halt = reach(m, f, offset, length);
    if (halt != Halt.NONE) {
      return halt;
    }
    f.sp = op == Op.CREATE2 ? f.sp - 16 : f.sp - 12;
    f.clearReturnData();
    if (m.isDeepest() || !World.covers(f.self, s, valueAt) || f.self.nonce == -1) {
      return push(m, f, 0);
    }
    byte[] code = slice(m, f, offset, length);
    long nonce = f.self.nonce;
    Account target =
        world.account(
            op == Op.CREATE2
                ? ContractAddress.ofSalt(m.keccak, f.self.address(), s, saltAt, code)
                : ContractAddress.ofNonce(m.keccak, f.self.address(), nonce));
    world.setNonce(f.self, nonce + 1);
    world.warm(target);
    long gas = f.gas - f.gas / 64;
    f.gas -= gas;
    if (m.isTaken(target)) {
      return push(m, f, 0);
    }
    Frame g = m.enter();
    g.code = new Code(code);
    g.gas = gas;
    g.isStatic = false;
    g.isCreation = true;
    g.self = target;
    g.caller2 = f.self.address2;
    g.caller1 = f.self.address1;
    g.caller0 = f.self.address0;
    Words.copy(s, valueAt, g.value, 0);
    world.create(target);
    m.transfer(f.self, target, g.value, 0);
    halt = m.checkGrowth();
    if (m.recorder != null && halt == Halt.NONE) {
      m.recorder.entered(m, g, TraceEvent.CallKind.CREATE, f.self, target);
    }
    return halt == Halt.NONE ? Halt.ENTERED : halt;
  }

  private static int finish(Machine m, Frame f, int how) {
    long[] s = m.stack;
    long offset = Words.clamp(s, f.sp - 4);
    long length = Words.clamp(s, f.sp - 8);
    int halt = reach(m, f, offset, length);
    if (halt != Halt.NONE) {
      return halt;
    }
    f.outputOffset = length == 0 ? f.memoryBase : f.memoryBase + (int) offset;
    f.outputLength = (int) length;
    return how;
  }

  /** EIP-6780: the account goes only if it was created in this transaction. */
  private static int selfDestruct(Machine m, Frame f) {
    if (f.isStatic) {
      return Halt.READ_ONLY;
    }
    if (m.readOnly) {
      return m.abort(Failure.READ_ONLY);
    }
    World world = m.world;
    Account self = f.self;
    Account heir = world.account(m.stack, f.sp - 4);
    long cost = isCold(m, heir) ? COLD_ACCOUNT : 0;
    boolean pays = !Words.isZero(self.balance, 0);
    if (pays && heir.isEmpty()) {
      cost += 25_000;
    }
    if (!pay(f, cost)) {
      return Halt.OUT_OF_GAS;
    }
    long[] amount = self.balance.clone();
    if (heir != self) {
      m.transfer(self, heir, amount, 0);
    } else if (self.created) {
      world.debit(self, amount, 0);
    }
    if (self.created) {
      world.destroy(self);
    }
    return Halt.RETURNED;
  }
}

package network.enigma.runtime.evm;

import static network.enigma.runtime.evm.CodeBuffer.ACCOUNT;
import static network.enigma.runtime.evm.CodeBuffer.BYTES;
import static network.enigma.runtime.evm.CodeBuffer.F;
import static network.enigma.runtime.evm.CodeBuffer.FRAME;
import static network.enigma.runtime.evm.CodeBuffer.GAS;
import static network.enigma.runtime.evm.CodeBuffer.LONGS;
import static network.enigma.runtime.evm.CodeBuffer.M;
import static network.enigma.runtime.evm.CodeBuffer.MACHINE;
import static network.enigma.runtime.evm.CodeBuffer.MEMORY;
import static network.enigma.runtime.evm.CodeBuffer.MEMORY_BASE;
import static network.enigma.runtime.evm.CodeBuffer.MEMORY_SIZE;
import static network.enigma.runtime.evm.CodeBuffer.OPERATIONS;
import static network.enigma.runtime.evm.CodeBuffer.PC;
import static network.enigma.runtime.evm.CodeBuffer.S;
import static network.enigma.runtime.evm.CodeBuffer.STACK_BASE;
import static network.enigma.runtime.evm.CodeBuffer.WORDS;

import java.lang.classfile.Opcode;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A path through the code from one entry on, compiled: it follows jumps whose target is known and
 * the not-taken side of conditional ones, and ends where it would run in a circle or grow too long.
 *
 * <p>The path is cut into segments, each without an effect that a failing instruction behind it
 * could not undo. A segment begins with one check of gas and stack for all its instructions; where
 * the check fails, the interpreter goes on from there and finds out what exactly happens. At that
 * moment the stack's array is up to date; within a segment words live in local variables, and
 * constants nowhere.
 */
final class Trace {
  /** A trace that has become so long is cut. */
  private static final int MAXIMUM_SIZE = 3_000;

  /** Instructions in a segment at most. */
  private static final int SEGMENT_LENGTH = 40;

  /** Words by which a trace may make the stack higher without another check. */
  private static final int HEADROOM = 32;

  private static final ClassDesc LONG = ConstantDescs.CD_long;
  private static final ClassDesc INT = ConstantDescs.CD_int;
  private static final ClassDesc VOID = ConstantDescs.CD_void;
  private static final MethodTypeDesc OF_WORD = MethodTypeDesc.of(LONG, LONG, LONG, LONG, LONG);
  private static final MethodTypeDesc OF_LIMB = MethodTypeDesc.of(LONG, LONG);
  private static final MethodTypeDesc OF_LIMBS = MethodTypeDesc.of(LONG, LONG, LONG);
  private static final MethodTypeDesc OF_THREE = MethodTypeDesc.of(LONG, LONG, LONG, LONG);
  private static final MethodTypeDesc OF_WORDS =
      MethodTypeDesc.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG);
  private static final MethodTypeDesc PUT =
      MethodTypeDesc.of(VOID, LONGS, INT, LONG, LONG, LONG, LONG);
  private static final MethodTypeDesc PUT_SMALL = MethodTypeDesc.of(VOID, LONGS, INT, LONG);
  private static final MethodTypeDesc RUN = MethodTypeDesc.of(INT, INT, MACHINE, FRAME, INT, LONG);
  private static final MethodTypeDesc ENTER =
      MethodTypeDesc.of(INT, INT, MACHINE, FRAME, INT, LONG, INT);

  private final Code code;
  private final Set<Integer> loops;
  private final int followSize;

  private final CodeBuffer main = new CodeBuffer();
  private final CodeBuffer cold = new CodeBuffer();
  private CodeBuffer out = main;
  private int labels;
  private int nextLocal = CodeBuffer.FREE;

  /** Words by their place relative to the height at the entry; only what was touched. */
  private final Map<Integer, StackWord> stack = new HashMap<>();

  /** What the stack's array holds, where that is known. */
  private final Map<Integer, StackWord> array = new HashMap<>();

  private int height;
  private int lowest;
  private int highest;
  private int knownMemory;

  private final Set<Integer> passed = new HashSet<>();

  /** Entries that this one leads to. */
  final Set<Integer> successors = new LinkedHashSet<>();

  /** Jump targets left on the stack at the end, where a called function may return to. */
  final Set<Integer> returns = new LinkedHashSet<>();

  final int entry;

  /**
   * Compiles the path from an entry on.
   *
   * @param loops jump targets that some jump behind them leads back to
   * @param followSize bytes up to which jumps are followed
   */
  Trace(Code code, int entry, Set<Integer> loops, int followSize) {
    this.code = code;
    this.entry = entry;
    this.loops = loops;
    this.followSize = followSize;
    passed.add(entry);
    compile();
    for (StackWord word : stack.values()) {
      if (isDestination(word.asInt())) {
        returns.add(word.asInt());
      }
    }
  }

  /** Upper bound of the bytes. */
  int size() {
    return main.size() + cold.size();
  }

  int labels() {
    return labels;
  }

  void write(java.lang.classfile.CodeBuilder builder, CodeBuffer.Labels found) {
    main.write(builder, found);
    cold.write(builder, found);
  }

  // ---- the path

  private void compile() {
    int pc = entry;
    int segmentEnd = entry;
    boolean started = false;
    while (true) {
      if (pc == segmentEnd) {
        if (started && endsAt(pc)) {
          leaveTo(pc);
          return;
        }
        started = true;
        segmentEnd = beginSegment(pc);
      }
      int op = code.bytes[pc] & 0xff;
      int next = pc + Op.length(op);
      switch (op) {
        case Op.JUMP -> {
          StackWord target = pop();
          int to = target.asInt();
          if (!target.isConstant()) {
            jumpSomewhere(target);
            return;
          }
          if (!isDestination(to)) {
            out.constant(Halt.INVALID_JUMP).ireturn();
            return;
          }
          next = to;
          segmentEnd = to;
        }
        case Op.JUMPI -> {
          if (!jumpIf()) {
            return;
          }
        }
        case Op.STOP -> {
          out.aload(F).lload(GAS).call(OPERATIONS, "stop", MethodTypeDesc.of(INT, FRAME, LONG));
          out.ireturn();
          return;
        }
        case Op.RETURN, Op.REVERT, Op.SELFDESTRUCT -> {
          flushTop(Op.reads(op));
          instruction(op);
          out.ireturn();
          return;
        }
        case Op.CREATE, Op.CREATE2, Op.CALL, Op.CALLCODE, Op.DELEGATECALL, Op.STATICCALL -> {
          call(op, next);
          return;
        }
        default -> {
          if (!compile(op, pc)) {
            return;
          }
        }
      }
      pc = next;
    }
  }

  /** Whether the path ends before a segment rather than going on with it. */
  private boolean endsAt(int pc) {
    boolean isTarget = (code.bytes[pc] & 0xff) == Op.JUMPDEST && pc < code.length;
    if (isTarget) {
      return loops.contains(pc) || size() >= followSize || !passed.add(pc);
    }
    return size() > MAXIMUM_SIZE;
  }

  private void leaveTo(int pc) {
    flush();
    successors.add(pc);
    out.jump(pc, Words.SIZE * height, loops.contains(pc));
  }

  private boolean isDestination(int to) {
    return to >= 0 && to < code.length && (code.destinations()[to >>> 6] >>> to & 1) != 0;
  }

  private void jumpSomewhere(StackWord target) {
    loadAll(target);
    flush();
    int bad = labels++;
    word(target);
    out.aload(F)
        .call(OPERATIONS, "destination", MethodTypeDesc.of(INT, LONG, LONG, LONG, LONG, FRAME));
    out.istore(PC).iload(PC).branch(Opcode.IFLT, bad).dispatch(Words.SIZE * height);
    cold.bind(bad).constant(Halt.INVALID_JUMP).ireturn();
  }

  /** Compiles JUMPI; says whether the path goes on behind it. */
  private boolean jumpIf() {
    StackWord target = pop();
    StackWord condition = pop();
    if (condition.isConstant()) {
      long[] value = new long[4];
      condition.copyTo(value, 0);
      if (Words.isZero(value, 0)) {
        return true;
      }
      int to = target.asInt();
      if (!target.isConstant()) {
        jumpSomewhere(target);
      } else if (isDestination(to)) {
        leaveTo(to);
      } else {
        out.constant(Halt.INVALID_JUMP).ireturn();
      }
      return false;
    }
    if (!target.isConstant()) {
      loadAll(target);
    }
    loadAll(condition);
    flush();
    int taken = labels++;
    combine(condition, Opcode.LOR);
    out.constant(0L).op(Opcode.LCMP).branch(Opcode.IFNE, taken);
    CodeBuffer before = out;
    out = cold;
    out.bind(taken);
    if (!target.isConstant()) {
      jumpSomewhere(target);
    } else {
      int to = target.asInt();
      if (isDestination(to)) {
        successors.add(to);
        out.jump(to, Words.SIZE * height, loops.contains(to));
      } else {
        out.constant(Halt.INVALID_JUMP).ireturn();
      }
    }
    out = before;
    return true;
  }

  // ---- segments

  /** Writes the check for the instructions from here to the next that something depends on. */
  private int beginSegment(int from) {
    long gas = 0;
    int least = height;
    int most = height;
    int now = height;
    int instructions = 0;
    int pc = from;
    while (true) {
      int op = code.bytes[pc] & 0xff;
      if ((pc != from && op == Op.JUMPDEST) || ++instructions > SEGMENT_LENGTH) {
        break;
      }
      gas += Op.staticGas(op);
      least = Math.min(least, now - Op.reads(op));
      now += Op.rise(op);
      most = Math.max(most, now);
      pc += Op.length(op);
      if (endsSegment(op)) {
        break;
      }
    }
    boolean checksLow = least < lowest;
    boolean checksHigh = most > highest;
    if (gas == 0 && !checksLow && !checksHigh) {
      return pc;
    }
    flush();
    int fails = labels++;
    if (checksLow) {
      lowest = least;
      out.stackIndex(Words.SIZE * least).iload(STACK_BASE).branch(Opcode.IF_ICMPLT, fails);
    }
    if (checksHigh) {
      highest = most + HEADROOM;
      out.stackIndex(Words.SIZE * (highest - 1_024))
          .iload(STACK_BASE)
          .branch(Opcode.IF_ICMPGT, fails);
    }
    if (gas != 0) {
      out.lload(GAS).constant(gas).op(Opcode.LCMP).branch(Opcode.IFLT, fails);
      out.lload(GAS).constant(gas).op(Opcode.LSUB).lstore(GAS);
    }
    cold.bind(fails).interpret(from, Words.SIZE * height);
    return pc;
  }

  /** Whether the gas must be exact at the instruction, or it may fail, or it ends the path. */
  private static boolean endsSegment(int op) {
    return switch (op) {
      case Op.ADD, Op.MUL, Op.SUB, Op.DIV, Op.SDIV, Op.MOD, Op.SMOD, Op.ADDMOD, Op.MULMOD -> false;
      case Op.SIGNEXTEND, Op.LT, Op.GT, Op.SLT, Op.SGT, Op.EQ, Op.ISZERO -> false;
      case Op.AND, Op.OR, Op.XOR, Op.NOT, Op.BYTE, Op.SHL, Op.SHR, Op.SAR -> false;
      case Op.ADDRESS, Op.ORIGIN, Op.CALLER, Op.CALLVALUE, Op.CALLDATALOAD, Op.CALLDATASIZE ->
          false;
      case Op.CODESIZE, Op.GASPRICE, Op.RETURNDATASIZE, Op.BLOCKHASH, Op.COINBASE -> false;
      case Op.TIMESTAMP, Op.NUMBER, Op.PREVRANDAO, Op.GASLIMIT, Op.CHAINID, Op.SELFBALANCE -> false;
      case Op.BASEFEE, Op.BLOBHASH, Op.BLOBBASEFEE, Op.POP, Op.PC, Op.MSIZE, Op.JUMPDEST -> false;
      case Op.TLOAD -> false;
      default -> op < Op.PUSH0 || op > Op.SWAP16;
    };
  }

  // ---- the stack

  private StackWord peek(int place) {
    StackWord word = stack.get(place);
    if (word == null) {
      word = StackWord.at(place);
      stack.put(place, word);
      array.put(place, word);
    }
    return word;
  }

  private StackWord pop() {
    height--;
    StackWord word = peek(height);
    stack.remove(height);
    return word;
  }

  private void push(StackWord word) {
    stack.put(height, word);
    height++;
  }

  private int local() {
    int slot = nextLocal;
    nextLocal += 2;
    return slot;
  }

  /** Takes the long on the operand stack. */
  private Limb keep() {
    int slot = local();
    out.lstore(slot);
    return new Limb.Local(slot);
  }

  private Limb limb(StackWord word, int i) {
    Limb limb = word.limbs[i];
    if (limb == null) {
      out.aload(S).stackIndex(Words.SIZE * word.home + i).op(Opcode.LALOAD);
      limb = keep();
      word.limbs[i] = limb;
    }
    return limb;
  }

  private void loadAll(StackWord word) {
    for (int i = 0; i < Words.SIZE; i++) {
      limb(word, i);
    }
  }

  private CodeBuffer load(Limb limb) {
    return switch (limb) {
      case Limb.Constant(long value) -> out.constant(value);
      case Limb.Local(int slot) -> out.lload(slot);
    };
  }

  /** Puts the four limbs on the operand stack, the lowest first. */
  private void word(StackWord word) {
    loadAll(word);
    for (int i = 0; i < Words.SIZE; i++) {
      load(limb(word, i));
    }
  }

  /** Makes sure that a word survives when its place in the array is overwritten. */
  private void protect(int place) {
    StackWord old = array.remove(place);
    if (old != null && !old.isLoaded() && stack.containsValue(old)) {
      loadAll(old);
    }
  }

  /** Writes a range of the stack to the array, where the array does not hold it already. */
  private void flush(int from, int to) {
    for (int place = from; place < to; place++) {
      StackWord word = stack.get(place);
      if (word != null && array.get(place) != word) {
        protect(place);
      }
    }
    for (int place = from; place < to; place++) {
      StackWord word = stack.get(place);
      if (word == null || array.get(place) == word) {
        continue;
      }
      if (!word.isLoaded()) {
        // Its home is none of the places written here, else it would have been loaded above.
        out.aload(S)
            .stackIndex(Words.SIZE * word.home)
            .aload(S)
            .stackIndex(Words.SIZE * place)
            .call(WORDS, "copy", MethodTypeDesc.of(VOID, LONGS, INT, LONGS, INT));
      } else if (word.isSmall()) {
        out.aload(S).stackIndex(Words.SIZE * place);
        load(limb(word, 0)).call(OPERATIONS, "put", PUT_SMALL);
      } else {
        out.aload(S).stackIndex(Words.SIZE * place);
        word(word);
        out.call(OPERATIONS, "put", PUT);
      }
      array.put(place, word);
    }
  }

  private void flush() {
    int least = height;
    for (int place : stack.keySet()) {
      least = Math.min(least, place);
    }
    flush(least, height);
  }

  private void flushTop(int words) {
    for (int i = 1; i <= words; i++) {
      peek(height - i);
    }
    flush(height - words, height);
  }

  /** Removes operands that the array holds and an instruction will overwrite. */
  private void drop(int words) {
    for (int i = 0; i < words; i++) {
      pop();
    }
    // One place more where nothing is popped, and what division uses as scratch.
    for (int i = 0; i < words + 1 + Words.SCRATCH / Words.SIZE; i++) {
      protect(height + i);
    }
  }

  /** Pushes a word that an instruction has left in the array. */
  private void pushStored() {
    StackWord word = StackWord.at(height);
    array.put(height, word);
    push(word);
  }

  // ---- instructions

  /** Runs an instruction on the array; leaves its halt on the operand stack. */
  private void instruction(int op) {
    out.constant(op)
        .aload(M)
        .aload(F)
        .stackIndex(Words.SIZE * height)
        .lload(GAS)
        .call(OPERATIONS, "run", RUN);
  }

  /** Runs an instruction that may fail, grow memory and use gas. */
  private void general(int op) {
    flushTop(Op.reads(op));
    int after = height;
    drop(Op.reads(op));
    int popped = height;
    height = after;
    instruction(op);
    height = popped;
    int fails = labels++;
    out.istore(PC).iload(PC).branch(Opcode.IFNE, fails);
    cold.bind(fails).iload(PC).ireturn();
    out.aload(F).field(FRAME, "gas", LONG).lstore(GAS);
    refreshMemory();
    if (Op.rise(op) + Op.reads(op) == 1) {
      pushStored();
    }
  }

  /** Runs an instruction that only pushes something. */
  private void simple(int op) {
    flushTop(Op.reads(op));
    int after = height;
    drop(Op.reads(op));
    int popped = height;
    height = after;
    instruction(op);
    height = popped;
    out.op(Opcode.POP);
    pushStored();
  }

  private void refreshMemory() {
    out.aload(M).field(MACHINE, "memory", BYTES).astore(MEMORY);
    out.aload(F).field(FRAME, "memorySize", INT).istore(MEMORY_SIZE);
  }

  private void call(int op, int next) {
    flush();
    flushTop(Op.reads(op));
    out.constant(op)
        .aload(M)
        .aload(F)
        .stackIndex(Words.SIZE * height)
        .lload(GAS)
        .constant(next)
        .call(OPERATIONS, "enter", ENTER);
    int leaves = labels++;
    out.istore(PC).iload(PC).branch(Opcode.IFNE, leaves);
    cold.bind(leaves).iload(PC).ireturn();
    out.aload(F).field(FRAME, "gas", LONG).lstore(GAS);
    refreshMemory();
    successors.add(next);
    out.jump(next, Words.SIZE * (height + Op.rise(op)), false);
  }

  /** Compiles an instruction that does not jump; says whether the path goes on. */
  private boolean compile(int op, int pc) {
    if (op >= Op.PUSH0 && op <= Op.PUSH32) {
      long[] value = new long[4];
      if (op != Op.PUSH0) {
        Words.readNumber(code.bytes, pc + 1, op - Op.PUSH0, value, 0);
      }
      push(StackWord.constant(value, 0));
      return true;
    }
    if (op >= Op.DUP1 && op <= Op.DUP16) {
      push(peek(height - 1 - (op - Op.DUP1)));
      return true;
    }
    if (op >= Op.SWAP1 && op <= Op.SWAP16) {
      int other = height - 2 - (op - Op.SWAP1);
      StackWord a = peek(height - 1);
      StackWord b = peek(other);
      stack.put(height - 1, b);
      stack.put(other, a);
      return true;
    }
    switch (op) {
      case Op.JUMPDEST -> {}
      case Op.POP -> pop();
      case Op.PC -> push(StackWord.small(Limb.of(pc)));
      case Op.CODESIZE -> push(StackWord.small(Limb.of(code.length)));
      case Op.MSIZE -> {
        out.iload(MEMORY_SIZE).op(Opcode.I2L);
        push(StackWord.small(keep()));
      }
      case Op.GAS -> {
        out.lload(GAS);
        push(StackWord.small(keep()));
      }
      case Op.CALLDATASIZE -> frameNumber("inputLength");
      case Op.RETURNDATASIZE -> frameNumber("returnLength");
      case Op.CALLER ->
          push(
              StackWord.of(
                  frameLong("caller0"), frameLong("caller1"), frameLong("caller2"), Limbs.ZERO));
      case Op.ADDRESS ->
          push(
              StackWord.of(
                  selfLong("address0"), selfLong("address1"), selfLong("address2"), Limbs.ZERO));
      case Op.CALLVALUE -> push(StackWord.of(value(0), value(1), value(2), value(3)));
      case Op.CALLDATALOAD -> callDataLoad();
      case Op.AND, Op.OR, Op.XOR -> bitwise(op);
      case Op.NOT -> not();
      case Op.ISZERO -> isZero();
      case Op.EQ -> equal();
      case Op.LT, Op.GT, Op.SLT, Op.SGT -> compare(op);
      case Op.ADD, Op.SUB -> addOrSubtract(op);
      case Op.MUL -> multiply();
      case Op.SHL, Op.SHR, Op.SAR -> shift(op);
      case Op.BYTE -> byteAt();
      case Op.SIGNEXTEND -> extendSign();
      case Op.DIV -> binary("divide", op);
      case Op.SDIV -> binary("divideSigned", op);
      case Op.MOD -> binary("remainder", op);
      case Op.SMOD -> binary("remainderSigned", op);
      case Op.ADDMOD -> ternary("addModulo");
      case Op.MULMOD -> ternary("multiplyModulo");
      case Op.MLOAD -> memoryLoad();
      case Op.MSTORE -> memoryStore();
      case Op.MSTORE8 -> memoryStoreByte();
      case Op.KECCAK256 -> keccak();
      case Op.SLOAD -> loadSlot();
      case Op.ORIGIN,
          Op.GASPRICE,
          Op.BLOCKHASH,
          Op.COINBASE,
          Op.TIMESTAMP,
          Op.NUMBER,
          Op.PREVRANDAO,
          Op.GASLIMIT,
          Op.CHAINID,
          Op.SELFBALANCE,
          Op.BASEFEE,
          Op.BLOBHASH,
          Op.BLOBBASEFEE,
          Op.TLOAD ->
          simple(op);
      case Op.EXP,
          Op.BALANCE,
          Op.CALLDATACOPY,
          Op.CODECOPY,
          Op.EXTCODESIZE,
          Op.EXTCODECOPY,
          Op.RETURNDATACOPY,
          Op.EXTCODEHASH,
          Op.SSTORE,
          Op.TSTORE,
          Op.MCOPY,
          Op.LOG0,
          Op.LOG0 + 1,
          Op.LOG0 + 2,
          Op.LOG0 + 3,
          Op.LOG4 ->
          general(op);
      default -> {
        out.constant(Halt.INVALID_INSTRUCTION).ireturn();
        return false;
      }
    }
    return true;
  }

  private void frameNumber(String field) {
    out.aload(F).field(FRAME, field, INT).op(Opcode.I2L);
    push(StackWord.small(keep()));
  }

  private Limb frameLong(String field) {
    out.aload(F).field(FRAME, field, LONG);
    return keep();
  }

  private Limb selfLong(String field) {
    out.aload(F).field(FRAME, "self", ACCOUNT).field(ACCOUNT, field, LONG);
    return keep();
  }

  private Limb value(int i) {
    out.aload(F).field(FRAME, "value", LONGS).constant(i).op(Opcode.LALOAD);
    return keep();
  }

  /** A word as a number of at most 63 bits: a constant, or a local variable. */
  private Limb clamped(StackWord word) {
    if (word.isSmall()) {
      Limb low = limb(word, 0);
      if (low instanceof Limb.Constant(long value)) {
        return value >= 0 ? low : Limb.of(Long.MAX_VALUE);
      }
      load(low).call(OPERATIONS, "clamp", OF_LIMB);
      return keep();
    }
    word(word);
    out.call(OPERATIONS, "clamp", OF_WORD);
    return keep();
  }

  private void callDataLoad() {
    Limb offset = clamped(pop());
    Limb[] limbs = new Limb[4];
    for (int i = 0; i < 4; i++) {
      out.aload(M).aload(F);
      load(offset);
      out.constant(24 - 8 * i)
          .call(OPERATIONS, "input", MethodTypeDesc.of(LONG, MACHINE, FRAME, LONG, INT));
      limbs[i] = keep();
    }
    push(StackWord.of(limbs[0], limbs[1], limbs[2], limbs[3]));
  }

  // ---- bits and comparison

  private void bitwise(int op) {
    StackWord a = pop();
    StackWord b = pop();
    Limb[] r = new Limb[4];
    for (int i = 0; i < 4; i++) {
      r[i] = bitwise(op, a, b, i);
    }
    push(a.isBit && b.isBit ? StackWord.bit(r[0]) : StackWord.of(r[0], r[1], r[2], r[3]));
  }

  private Limb bitwise(int op, StackWord a, StackWord b, int i) {
    Limb x = a.limbs[i];
    Limb y = b.limbs[i];
    if (y != null && y.isConstant()) {
      return bitwise(op, b, i, a);
    }
    if (x != null && x.isConstant()) {
      return bitwise(op, a, i, b);
    }
    Limb left = limb(a, i);
    Limb right = limb(b, i);
    load(left);
    load(right).op(op == Op.AND ? Opcode.LAND : op == Op.OR ? Opcode.LOR : Opcode.LXOR);
    return keep();
  }

  /** With a constant limb of one word. */
  private Limb bitwise(int op, StackWord constants, int i, StackWord other) {
    long c = constants.limbs[i] instanceof Limb.Constant(long value) ? value : 0;
    if (other.limbs[i] instanceof Limb.Constant(long value)) {
      return Limb.of(op == Op.AND ? c & value : op == Op.OR ? c | value : c ^ value);
    }
    if (op == Op.AND && c == 0) {
      return Limbs.ZERO;
    }
    if (op == Op.OR && c == -1) {
      return Limbs.ONES;
    }
    Limb y = limb(other, i);
    if (c == (op == Op.AND ? -1 : 0)) {
      return y;
    }
    load(y).constant(c).op(op == Op.AND ? Opcode.LAND : op == Op.OR ? Opcode.LOR : Opcode.LXOR);
    return keep();
  }

  private void not() {
    StackWord a = pop();
    Limb[] r = new Limb[4];
    for (int i = 0; i < 4; i++) {
      r[i] = negated(limb(a, i));
    }
    push(StackWord.of(r[0], r[1], r[2], r[3]));
  }

  private Limb negated(Limb x) {
    if (x instanceof Limb.Constant(long value)) {
      return Limb.of(~value);
    }
    load(x).constant(-1L).op(Opcode.LXOR);
    return keep();
  }

  /** Combines all limbs that are not zero on the operand stack. */
  private void combine(StackWord word, Opcode opcode) {
    boolean first = true;
    for (int i = 0; i < 4; i++) {
      Limb limb = limb(word, i);
      if (!limb.is(0)) {
        load(limb);
        if (!first) {
          out.op(opcode);
        }
        first = false;
      }
    }
    if (first) {
      out.constant(0L);
    }
  }

  private static boolean hasNonZeroConstant(StackWord word) {
    for (Limb limb : word.limbs) {
      if (limb instanceof Limb.Constant(long value) && value != 0) {
        return true;
      }
    }
    return false;
  }

  private void isZero() {
    StackWord a = pop();
    if (hasNonZeroConstant(a)) {
      push(StackWord.bit(Limbs.ZERO));
    } else if (a.isConstant()) {
      push(StackWord.bit(Limb.of(1)));
    } else if (a.isBit) {
      load(limb(a, 0)).constant(1L).op(Opcode.LXOR);
      push(StackWord.bit(keep()));
    } else {
      loadAll(a);
      combine(a, Opcode.LOR);
      out.call(OPERATIONS, "isZero", OF_LIMB);
      push(StackWord.bit(keep()));
    }
  }

  private void equal() {
    StackWord a = pop();
    StackWord b = pop();
    Limb[] differences = new Limb[4];
    for (int i = 0; i < 4; i++) {
      differences[i] = bitwise(Op.XOR, a, b, i);
    }
    push(StackWord.of(differences[0], differences[1], differences[2], differences[3]));
    isZero();
  }

  private boolean folds(int op, StackWord a, StackWord b) {
    if (!a.isConstant() || !b.isConstant()) {
      return false;
    }
    long[] s = new long[8 + Words.SCRATCH];
    a.copyTo(s, 4);
    b.copyTo(s, 0);
    switch (op) {
      case Op.ADD -> Words.add(s, 4, 0);
      case Op.SUB -> Words.sub(s, 4, 0);
      case Op.MUL -> Words.multiply(s, 4, 0);
      case Op.DIV -> Words.divide(s, 4, 0);
      case Op.SDIV -> Words.divideSigned(s, 4, 0);
      case Op.MOD -> Words.remainder(s, 4, 0);
      case Op.SMOD -> Words.remainderSigned(s, 4, 0);
      case Op.LT -> Words.set(s, 0, Words.less(s, 4, 0) ? 1 : 0);
      case Op.GT -> Words.set(s, 0, Words.less(s, 0, 4) ? 1 : 0);
      case Op.SLT -> Words.set(s, 0, Words.lessSigned(s, 4, 0) ? 1 : 0);
      case Op.SGT -> Words.set(s, 0, Words.lessSigned(s, 0, 4) ? 1 : 0);
      case Op.SHL -> Words.shiftLeft(s, 4, 0);
      case Op.SHR -> Words.shiftRight(s, 4, 0);
      case Op.SAR -> Words.shiftRightSigned(s, 4, 0);
      case Op.BYTE -> Words.byteAt(s, 4, 0);
      case Op.SIGNEXTEND -> Words.extendSign(s, 4, 0);
      default -> throw new IllegalArgumentException("not an operation on two words: " + op);
    }
    push(StackWord.constant(s, 0));
    return true;
  }

  private void compare(int op) {
    StackWord a = pop();
    StackWord b = pop();
    if (folds(op, a, b)) {
      return;
    }
    boolean swapped = op == Op.GT || op == Op.SGT;
    StackWord x = swapped ? b : a;
    StackWord y = swapped ? a : b;
    boolean signed = op == Op.SLT || op == Op.SGT;
    if (x.isSmall() && y.isSmall()) {
      Limb left = limb(x, 0);
      Limb right = limb(y, 0);
      load(left);
      load(right).call(OPERATIONS, "less", OF_LIMBS);
    } else {
      loadAll(x);
      loadAll(y);
      word(x);
      word(y);
      out.call(OPERATIONS, signed ? "lessSigned" : "less", OF_WORDS);
    }
    push(StackWord.bit(keep()));
  }

  // ---- arithmetic

  private void addOrSubtract(int op) {
    StackWord a = pop();
    StackWord b = pop();
    if (folds(op, a, b)) {
      return;
    }
    boolean adds = op == Op.ADD;
    if (adds && a.isConstant()) {
      StackWord swapped = a;
      a = b;
      b = swapped;
    }
    Limb[] r = new Limb[4];
    Limb carry = Limbs.ZERO;
    for (int i = 0; i < 4; i++) {
      Limb x = limb(a, i);
      Limb y = limb(b, i);
      if (y.is(0) && carry.is(0)) {
        r[i] = x;
        continue;
      }
      if (adds && x.is(0) && carry.is(0)) {
        r[i] = y;
        continue;
      }
      if (adds && x.is(0) && y.is(0)) {
        r[i] = carry;
        carry = Limbs.ZERO;
        continue;
      }
      load(x);
      if (!y.is(0)) {
        load(y).op(adds ? Opcode.LADD : Opcode.LSUB);
      }
      if (!carry.is(0)) {
        load(carry).op(adds ? Opcode.LADD : Opcode.LSUB);
      }
      r[i] = keep();
      if (i < 3) {
        load(x);
        load(y);
        load(r[i]).call(OPERATIONS, adds ? "carry" : "borrow", OF_THREE);
        carry = keep();
      }
    }
    push(StackWord.of(r[0], r[1], r[2], r[3]));
  }

  private void multiply() {
    StackWord a = pop();
    StackWord b = pop();
    if (folds(Op.MUL, a, b)) {
      return;
    }
    if (a.isSmall() && b.isSmall()) {
      Limb x = limb(a, 0);
      Limb y = limb(b, 0);
      load(x);
      load(y).op(Opcode.LMUL);
      Limb low = keep();
      load(x);
      load(y).call(ClassDesc.of("java.lang.Math"), "unsignedMultiplyHigh", OF_LIMBS);
      push(StackWord.of(low, keep(), Limbs.ZERO, Limbs.ZERO));
      return;
    }
    loadAll(a);
    loadAll(b);
    protect(height);
    out.aload(S).stackIndex(Words.SIZE * height);
    word(a);
    word(b);
    out.call(
        OPERATIONS,
        "multiply",
        MethodTypeDesc.of(VOID, LONGS, INT, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG));
    pushStored();
  }

  /** An operation on the array: operands at the top, the result at the lowest. */
  private void binary(String name, int op) {
    StackWord a = peek(height - 1);
    StackWord b = peek(height - 2);
    if (a.isConstant() && b.isConstant()) {
      pop();
      pop();
      folds(op, a, b);
      return;
    }
    flushTop(2);
    drop(2);
    out.aload(S).stackIndex(Words.SIZE * (height + 1)).stackIndex(Words.SIZE * height);
    out.call(WORDS, name, MethodTypeDesc.of(VOID, LONGS, INT, INT));
    pushStored();
  }

  private void ternary(String name) {
    flushTop(3);
    drop(3);
    out.aload(S)
        .stackIndex(Words.SIZE * (height + 2))
        .stackIndex(Words.SIZE * (height + 1))
        .stackIndex(Words.SIZE * height);
    out.call(WORDS, name, MethodTypeDesc.of(VOID, LONGS, INT, INT, INT));
    pushStored();
  }

  private void shift(int op) {
    StackWord amount = peek(height - 1);
    StackWord value = peek(height - 2);
    if (!amount.isConstant()) {
      binary(op == Op.SHL ? "shiftLeft" : op == Op.SHR ? "shiftRight" : "shiftRightSigned", op);
      return;
    }
    pop();
    pop();
    if (folds(op, amount, value)) {
      return;
    }
    int n = amount.asInt();
    if (n < 0 || n > 255) {
      n = 256;
    }
    int skip = n >>> 6;
    int bits = n & 63;
    Limb fill = Limbs.ZERO;
    if (op == Op.SAR) {
      load(limb(value, 3)).constant(63).op(Opcode.LSHR);
      fill = keep();
    }
    Limb[] r = new Limb[4];
    for (int i = 0; i < 4; i++) {
      if (op == Op.SHL) {
        Limb high = i - skip >= 0 ? limb(value, i - skip) : Limbs.ZERO;
        Limb low = bits != 0 && i - skip - 1 >= 0 ? limb(value, i - skip - 1) : Limbs.ZERO;
        r[i] = joined(high, low, bits);
      } else {
        Limb low = i + skip < 4 ? limb(value, i + skip) : fill;
        Limb high = bits == 0 ? Limbs.ZERO : i + skip + 1 < 4 ? limb(value, i + skip + 1) : fill;
        // high shifted left by 64 − bits, joined with low shifted right by bits.
        r[i] = bits == 0 ? low : joined(high, low, 64 - bits);
      }
    }
    push(StackWord.of(r[0], r[1], r[2], r[3]));
  }

  /** The higher limb shifted left by some bits, with the top bits of the lower limb below it. */
  private Limb joined(Limb high, Limb low, int bits) {
    if (bits == 0) {
      return high;
    }
    if (high instanceof Limb.Constant(long h) && low instanceof Limb.Constant(long l)) {
      return Limb.of(h << bits | l >>> -bits);
    }
    boolean hasHigh = !high.is(0);
    if (hasHigh) {
      load(high).constant(bits).op(Opcode.LSHL);
    }
    if (!low.is(0)) {
      load(low).constant(64 - bits).op(Opcode.LUSHR);
      if (hasHigh) {
        out.op(Opcode.LOR);
      }
    }
    return keep();
  }

  private void byteAt() {
    StackWord index = peek(height - 1);
    StackWord value = peek(height - 2);
    int n = index.asInt();
    if (n < 0 || n > 31 || value.isConstant()) {
      binary("byteAt", Op.BYTE);
      return;
    }
    pop();
    pop();
    int fromLow = 31 - n;
    load(limb(value, fromLow >>> 3))
        .constant(8 * (fromLow & 7))
        .op(Opcode.LUSHR)
        .constant(0xffL)
        .op(Opcode.LAND);
    push(StackWord.small(keep()));
  }

  private void extendSign() {
    StackWord index = peek(height - 1);
    StackWord value = peek(height - 2);
    int n = index.asInt();
    if (n < 0 || n > 30 || value.isConstant()) {
      binary("extendSign", Op.SIGNEXTEND);
      return;
    }
    pop();
    pop();
    int top = n >>> 3;
    int unused = 56 - 8 * (n & 7);
    Limb[] r = new Limb[4];
    for (int i = 0; i < top; i++) {
      r[i] = limb(value, i);
    }
    load(limb(value, top)).constant(unused).op(Opcode.LSHL).constant(unused).op(Opcode.LSHR);
    r[top] = keep();
    if (top < 3) {
      load(r[top]).constant(63).op(Opcode.LSHR);
      Limb sign = keep();
      for (int i = top + 1; i < 4; i++) {
        r[i] = sign;
      }
    }
    push(StackWord.of(r[0], r[1], r[2], r[3]));
  }

  // ---- memory and storage

  /** Makes memory reach over a short range and leaves where it begins in the local variable PC. */
  private void reach(Limb offset, int length) {
    if (offset instanceof Limb.Constant(long at) && at <= knownMemory - (long) length) {
      out.iload(MEMORY_BASE).constant((int) at).op(Opcode.IADD).istore(PC);
      return;
    }
    int grows = labels++;
    int back = labels++;
    int fails = labels++;
    load(offset)
        .iload(MEMORY_SIZE)
        .constant(length)
        .call(OPERATIONS, "fits", MethodTypeDesc.of(ConstantDescs.CD_boolean, LONG, INT, INT))
        .branch(Opcode.IFEQ, grows);
    out.bind(back);
    CodeBuffer before = out;
    out = cold;
    out.bind(grows).aload(M).aload(F);
    load(offset)
        .constant((long) length)
        .lload(GAS)
        .call(OPERATIONS, "reach", MethodTypeDesc.of(LONG, MACHINE, FRAME, LONG, LONG, LONG))
        .lstore(GAS)
        .lload(GAS)
        .constant(0L)
        .op(Opcode.LCMP)
        .branch(Opcode.IFLT, fails);
    refreshMemory();
    out.branch(Opcode.GOTO, back);
    out.bind(fails).lload(GAS).op(Opcode.L2I).op(Opcode.INEG).ireturn();
    out = before;
    load(offset).op(Opcode.L2I).iload(MEMORY_BASE).op(Opcode.IADD).istore(PC);
    if (offset instanceof Limb.Constant(long at) && at <= 1 << 20) {
      knownMemory = Math.max(knownMemory, (int) (at + length));
    }
  }

  private void memoryLoad() {
    reach(clamped(pop()), 32);
    Limb[] limbs = new Limb[4];
    for (int i = 0; i < 4; i++) {
      out.aload(MEMORY).iload(PC);
      if (i < 3) {
        out.constant(24 - 8 * i).op(Opcode.IADD);
      }
      out.call(WORDS, "readLong", MethodTypeDesc.of(LONG, BYTES, INT));
      limbs[i] = keep();
    }
    push(StackWord.of(limbs[0], limbs[1], limbs[2], limbs[3]));
  }

  private void memoryStore() {
    Limb offset = clamped(pop());
    StackWord value = pop();
    loadAll(value);
    reach(offset, 32);
    out.aload(MEMORY).iload(PC);
    word(value);
    out.call(OPERATIONS, "write", MethodTypeDesc.of(VOID, BYTES, INT, LONG, LONG, LONG, LONG));
  }

  private void memoryStoreByte() {
    Limb offset = clamped(pop());
    Limb low = limb(pop(), 0);
    reach(offset, 1);
    out.aload(MEMORY).iload(PC);
    load(low).op(Opcode.L2I).op(Opcode.BASTORE);
  }

  /** Takes the gas that an operation gave back, or leaves with the halt that it gave instead. */
  private void takeGas() {
    int fails = labels++;
    out.lstore(GAS).lload(GAS).constant(0L).op(Opcode.LCMP).branch(Opcode.IFLT, fails);
    cold.bind(fails).lload(GAS).op(Opcode.L2I).op(Opcode.INEG).ireturn();
  }

  private void keccak() {
    Limb offset = clamped(pop());
    Limb length = clamped(pop());
    protect(height);
    out.aload(M).aload(F);
    load(offset);
    load(length).aload(S).stackIndex(Words.SIZE * height).lload(GAS);
    out.call(
        OPERATIONS,
        "keccak",
        MethodTypeDesc.of(LONG, MACHINE, FRAME, LONG, LONG, LONGS, INT, LONG));
    takeGas();
    refreshMemory();
    pushStored();
  }

  private void loadSlot() {
    flushTop(1);
    drop(1);
    out.aload(M).aload(F).aload(S).stackIndex(Words.SIZE * height).lload(GAS);
    out.call(OPERATIONS, "loadSlot", MethodTypeDesc.of(LONG, MACHINE, FRAME, LONGS, INT, LONG));
    takeGas();
    pushStored();
  }
}

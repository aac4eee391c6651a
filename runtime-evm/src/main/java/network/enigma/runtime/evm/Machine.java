package network.enigma.runtime.evm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.author.TraceEvent;
import network.enigma.runtime.CallbackRequest;
import network.enigma.runtime.Failure;
import org.jspecify.annotations.Nullable;

/**
 * One execution: the frames of all calls in progress, the stack and the memory they share, and what
 * they leave behind. Calls between contracts add a frame and never a Java call, so that depth 1,024
 * needs no more of the thread's stack than depth 1. A machine serves one execution and one thread.
 */
final class Machine {
  /** Calls below the first one. */
  static final int MAXIMUM_DEPTH = 1_024;

  private static final int STACK_WORDS = 1_024;

  final World world;
  final BlockContext block;
  final Ports ports;
  final Keccak256 keccak;

  final long[] chainId = word(0);
  final long[] number;
  final long[] timestamp;
  final long[] blockGasLimit;
  final long[] baseFee;
  final long[] blobBaseFee;
  final long[] prevRandao;
  final long[] gasPrice;
  final long[] coinbase;
  final long[] origin;

  /** Whether this is a query: what would write ends the execution. */
  final boolean readOnly;

  /** Whether logs are kept. */
  final boolean keepsLogs;

  /** Who sees every instruction, or null. */
  @Nullable StepListener listener;

  /** Who is told of calls, or null. */
  @Nullable Recorder recorder;

  private final long stateAllowance;
  private final int memoryLimit;
  private final Compilation compilation;

  private final Workspace workspace;
  long[] stack;
  byte[] memory;

  /** Bytes of memory from the start that some frame has had: what lies behind holds zeros. */
  private int memoryUsed;

  private Frame[] frames = new Frame[8];
  private int depth = -1;

  long refund;
  final List<Log> logs = new ArrayList<>();
  final List<CallbackRequest> callbacks = new ArrayList<>();
  boolean chargeFullLimit;
  long randomStreams;
  private @Nullable Failure abort;

  /**
   * @param stateAllowance by how many bytes the state may grow
   * @param memoryLimit bytes of memory all frames may have at one time
   * @param compilation what compiles hot code
   * @param workspace the machine's own until it is {@link #release released}
   */
  Machine(
      World world,
      BlockContext block,
      Ports ports,
      boolean readOnly,
      boolean keepsLogs,
      long stateAllowance,
      int memoryLimit,
      Compilation compilation,
      Workspace workspace) {
    this.world = world;
    this.block = block;
    this.ports = ports;
    this.readOnly = readOnly;
    this.keepsLogs = keepsLogs;
    this.stateAllowance = stateAllowance;
    this.memoryLimit = memoryLimit;
    this.compilation = compilation;
    this.workspace = workspace;
    this.keccak = workspace.keccak;
    this.stack = workspace.stack;
    this.memory = workspace.memory;
    Words.read(block.chainId().toByteArray(), 0, chainId, 0);
    number = word(block.number());
    timestamp = word(block.timestamp());
    blockGasLimit = word(block.gasLimit());
    baseFee = word(block.baseFee());
    blobBaseFee = word(block.blobBaseFee());
    prevRandao = word(block.prevRandao());
    gasPrice = word(block.gasPrice());
    coinbase = word(Bytes32.of(block.coinbase().toBigInteger()));
    origin = word(Bytes32.of(block.origin().toBigInteger()));
  }

  private static long[] word(long low) {
    return new long[] {low, 0, 0, 0};
  }

  private static long[] word(Bytes32 bytes) {
    long[] word = new long[4];
    Words.read(bytes.toByteArray(), 0, word, 0);
    return word;
  }

  /** Gives the workspace back; the machine must not be used any more. */
  void release(Workspace.Pool pool) {
    workspace.stack = stack;
    workspace.memory = memory;
    pool.giveBack(workspace, memoryUsed);
  }

  // ---- starting

  /** Runs the code of an account with input from outside. */
  Outcome call(Account caller, Account target, byte[] input, long[] value, long gas) {
    Frame frame = start(caller, target, value, gas);
    transfer(caller, target, value, 0);
    Precompile precompile = ports.precompile(target.address2, target.address1, target.address0);
    if (precompile != null) {
      return precompiled(precompile, input, frame);
    }
    frame.code = world.code(target);
    if (frame.code.isDelegation()) {
      frame.code = world.code(delegate(frame.code));
    }
    frame.input = input;
    frame.inputLength = input.length;
    if (recorder != null) {
      recorder.entered(this, frame, TraceEvent.CallKind.CALL, caller, target);
    }
    return run();
  }

  private Outcome precompiled(Precompile precompile, byte[] input, Frame frame) {
    long cost = precompile.gas(input);
    byte[] output = cost > frame.gas ? null : precompile.run(input);
    depth--;
    if (output == null) {
      world.revert(frame.worldMark);
      return new Outcome(Halt.OUT_OF_GAS, Frame.NOTHING, 0, 0);
    }
    return new Outcome(Halt.RETURNED, output, frame.gas - cost, refund);
  }

  /** Runs creation code from outside; the new contract's address must be free. */
  Outcome create(Account caller, Account target, byte[] code, long[] value, long gas) {
    Frame frame = start(caller, target, value, gas);
    world.create(target);
    transfer(caller, target, value, 0);
    frame.code = new Code(code);
    frame.isCreation = true;
    if (recorder != null) {
      recorder.entered(this, frame, TraceEvent.CallKind.CREATE, caller, target);
    }
    return run();
  }

  /** Runs creation code on an existing account, whose code it replaces. */
  Outcome replace(Account caller, Account target, byte[] code, long gas) {
    Frame frame = start(caller, target, new long[4], gas);
    frame.code = new Code(code);
    frame.isCreation = true;
    if (recorder != null) {
      recorder.entered(this, frame, TraceEvent.CallKind.CREATE, caller, target);
    }
    return run();
  }

  private Frame start(Account caller, Account target, long[] value, long gas) {
    Frame frame = push();
    frame.stackBase = 0;
    frame.sp = 0;
    frame.memoryBase = 0;
    frame.self = target;
    frame.caller2 = caller.address2;
    frame.caller1 = caller.address1;
    frame.caller0 = caller.address0;
    Words.copy(value, 0, frame.value, 0);
    frame.gas = gas;
    frame.isStatic = false;
    return frame;
  }

  /** Whether a new contract may take the account's address (EIP-684, EIP-7610). */
  boolean isTaken(Account account) {
    return account.nonce != 0 || !account.hasNoCode() || world.hasStorage(account);
  }

  Account delegate(Code designator) {
    byte[] address = Arrays.copyOfRange(designator.bytes, 3, 23);
    return world.account(address);
  }

  /** Moves value and touches the receiver. */
  void transfer(Account from, Account to, long[] value, int at) {
    world.debit(from, value, at);
    world.credit(to, value, at);
  }

  // ---- frames

  Frame current() {
    return frames[depth];
  }

  /** Whether another call would be one too deep. */
  boolean isDeepest() {
    return depth >= MAXIMUM_DEPTH;
  }

  /** A fresh frame above the present one; its caller fills in who, what and how much gas. */
  Frame enter() {
    Frame below = frames[depth];
    Frame frame = push();
    frame.stackBase = below.sp;
    frame.sp = below.sp;
    frame.memoryBase = below.memoryBase + below.memorySize;
    int needed = frame.sp + Words.SIZE * STACK_WORDS + Words.SCRATCH;
    if (needed > stack.length) {
      stack = Arrays.copyOf(stack, Math.max(needed, 2 * stack.length));
    }
    return frame;
  }

  private Frame push() {
    depth++;
    if (depth == frames.length) {
      frames = Arrays.copyOf(frames, 2 * depth);
    }
    Frame frame = frames[depth];
    if (frame == null) {
      frame = new Frame();
      frames[depth] = frame;
    }
    frame.pc = 0;
    frame.memorySize = 0;
    frame.input = Frame.NOTHING;
    frame.inputInMemory = false;
    frame.inputOffset = 0;
    frame.inputLength = 0;
    frame.isCreation = false;
    frame.returnLength = 0;
    frame.outputLength = 0;
    frame.outputOffset = 0;
    frame.wantedLength = 0;
    frame.worldMark = world.mark();
    frame.logMark = logs.size();
    frame.callbackMark = callbacks.size();
    frame.refundMark = refund;
    return frame;
  }

  /** Stops the whole execution. */
  int abort(Failure failure) {
    abort = failure;
    return Halt.ABORTED;
  }

  /** {@link Halt#NONE}, or the execution's end if the state has grown too large. */
  int checkGrowth() {
    return world.growth() > stateAllowance ? abort(Failure.STATE_TOO_LARGE) : Halt.NONE;
  }

  /**
   * Grows the present frame's memory; the gas is paid already.
   *
   * @param size bytes, a multiple of 32
   */
  int grow(Frame frame, long size) {
    long top = frame.memoryBase + size;
    if (top > memoryLimit) {
      return abort(Failure.MEMORY_TOO_LARGE);
    }
    if (top > memory.length) {
      long doubled = Math.min(2L * memory.length, memoryLimit);
      memory = Arrays.copyOf(memory, (int) Math.max(top, doubled));
    }
    int from = frame.memoryBase + frame.memorySize;
    if (from < memoryUsed) {
      Arrays.fill(memory, from, Math.min((int) top, memoryUsed), (byte) 0);
    }
    memoryUsed = Math.max(memoryUsed, (int) top);
    frame.memorySize = (int) size;
    return Halt.NONE;
  }

  private Outcome run() {
    int bottom = depth;
    for (; ; ) {
      Frame frame = frames[depth];
      int halt = run(frame);
      if (halt == Halt.ENTERED) {
        continue;
      }
      if (halt == Halt.ABORTED) {
        depth = bottom - 1;
        return aborted(frames[bottom]);
      }
      if (frame.isCreation && halt == Halt.RETURNED) {
        halt = deposit(frame);
        if (halt == Halt.ABORTED) {
          depth = bottom - 1;
          return aborted(frames[bottom]);
        }
      }
      if (halt != Halt.RETURNED) {
        undo(frame);
        if (halt >= Halt.FAILED) {
          frame.gas = 0;
          frame.outputLength = 0;
        }
      }
      if (recorder != null) {
        recorder.left(this, frame, halt);
      }
      depth--;
      if (depth < bottom) {
        byte[] output =
            Arrays.copyOfRange(memory, frame.outputOffset, frame.outputOffset + frame.outputLength);
        return new Outcome(halt, output, frame.gas, refund);
      }
      resume(frames[depth], frame, halt);
    }
  }

  /** Runs a frame until it stops or calls: compiled code as far as there is any. */
  private int run(Frame frame) {
    if (listener != null) {
      return interpret(frame);
    }
    Code code = frame.code;
    for (; ; ) {
      CompiledCode compiled = code.compiled;
      if (compiled == null && isHot(code)) {
        compilation.compile(code);
        compiled = code.compiled;
      }
      if (compiled != null) {
        int halt = compiled.run(this, frame);
        if (halt != CompiledCode.INTERPRET) {
          return halt;
        }
      }
      int halt = Interpreter.run(this, frame);
      if (halt != Halt.HOT) {
        return halt;
      }
      compilation.compile(code);
    }
  }

  private int interpret(Frame frame) {
    int halt = Halt.HOT;
    while (halt == Halt.HOT) {
      halt = Interpreter.run(this, frame);
    }
    return halt;
  }

  /** The call in progress, counted from the first one, which is 0. */
  int depth() {
    return depth;
  }

  private boolean isHot(Code code) {
    if (code.heat < 0) {
      code.heat = compilation.initialHeat(code.length);
    }
    if (code.heat > 0) {
      code.heat--;
      return false;
    }
    code.heat = Integer.MAX_VALUE;
    return true;
  }

  private Outcome aborted(Frame first) {
    undo(first);
    Failure failure = abort == null ? Failure.OUT_OF_GAS : abort;
    if (recorder != null) {
      recorder.aborted(failure);
    }
    return new Outcome(Halt.FAILED + failure.ordinal(), Frame.NOTHING, 0, 0);
  }

  private void undo(Frame frame) {
    world.revert(frame.worldMark);
    refund = frame.refundMark;
    truncate(logs, frame.logMark);
    truncate(callbacks, frame.callbackMark);
  }

  private static void truncate(List<?> list, int size) {
    if (list.size() > size) {
      list.subList(size, list.size()).clear();
    }
  }

  /** Stores what creation code returned. */
  private int deposit(Frame frame) {
    int length = frame.outputLength;
    if (length > Code.MAXIMUM_LENGTH) {
      return Halt.CODE_TOO_LARGE;
    }
    if (length > 0 && memory[frame.outputOffset] == (byte) 0xef) {
      return Halt.INVALID_CODE;
    }
    long cost = 200L * length;
    if (frame.gas < cost) {
      return Halt.OUT_OF_GAS;
    }
    frame.gas -= cost;
    world.setCode(frame.self, new Code(memory, frame.outputOffset, length));
    frame.outputLength = 0;
    int grown = checkGrowth();
    return grown == Halt.NONE ? Halt.RETURNED : grown;
  }

  /** Hands a finished call's result to the frame that made it. */
  private void resume(Frame frame, Frame done, int halt) {
    frame.gas += done.gas;
    long[] s = stack;
    int at = frame.sp;
    Words.set(s, at, 0);
    if (done.isCreation) {
      if (halt == Halt.RETURNED) {
        s[at] = done.self.address0;
        s[at + 1] = done.self.address1;
        s[at + 2] = done.self.address2;
        frame.clearReturnData();
      } else {
        frame.setReturnData(memory, done.outputOffset, done.outputLength);
      }
    } else {
      s[at] = halt == Halt.RETURNED ? 1 : 0;
      frame.setReturnData(memory, done.outputOffset, done.outputLength);
      int length = Math.min(done.wantedLength, done.outputLength);
      System.arraycopy(
          memory, done.outputOffset, memory, frame.memoryBase + done.wantedOffset, length);
    }
    frame.sp = at + Words.SIZE;
  }
}

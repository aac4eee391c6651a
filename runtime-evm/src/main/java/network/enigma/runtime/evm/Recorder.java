package network.enigma.runtime.evm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.author.TraceEvent;
import network.enigma.protocol.author.TraceEvent.CallKind;
import network.enigma.runtime.Failure;
import network.enigma.runtime.Observation;

/**
 * Notes what an execution does, for {@link Observation}. The machine tells it of calls; storage and
 * events it sees as the instructions come. It changes nothing, not even what is warm.
 */
final class Recorder implements StepListener {
  /** The address that {@code console.log} calls: these 11 bytes are its name. */
  private static final long CONSOLE1 = 0x0000_0000_0063_6f6eL;

  private static final long CONSOLE0 = 0x736f_6c65_2e6c_6f67L;

  /** What must be left of a frame's gas to write (EIP-2200). */
  private static final long STIPEND = 2_300;

  private final Observation observation;
  private final boolean everything;

  /** The gas each open call began with, the innermost first. */
  private final Deque<Long> open = new ArrayDeque<>();

  Recorder(Observation observation) {
    this.observation = observation;
    this.everything = observation.isOfEverything();
  }

  /** Records an execution from its start. */
  static void attach(Observation observation, Machine machine) {
    Recorder recorder = new Recorder(observation);
    machine.recorder = recorder;
    if (recorder.everything) {
      machine.listener = recorder;
    }
  }

  // ---- calls

  /** A frame is about to run. */
  void entered(Machine machine, Frame frame, CallKind kind, Account from, Account to) {
    if (everything) {
      open.push(frame.gas);
      observation.note(
          new TraceEvent.Called(
              kind, address(from), address(to), input(machine, frame), frame.gas));
    }
  }

  private static Bytes input(Machine machine, Frame frame) {
    if (frame.isCreation || frame.inputLength == 0) {
      return Bytes.empty();
    }
    byte[] source = frame.inputInMemory ? machine.memory : frame.input;
    return Bytes.of(
        Arrays.copyOfRange(source, frame.inputOffset, frame.inputOffset + frame.inputLength));
  }

  /** A frame has ended, its changes undone if it failed. */
  void left(Machine machine, Frame frame, int halt) {
    if (everything) {
      ended(
          failure(halt),
          Arrays.copyOfRange(
              machine.memory, frame.outputOffset, frame.outputOffset + frame.outputLength),
          open.pop() - frame.gas);
    }
  }

  /** The whole execution was stopped. */
  void aborted(Failure failure) {
    while (!open.isEmpty()) {
      ended(Optional.of(failure.code()), Frame.NOTHING, open.pop());
    }
  }

  /** What is built into the machine was called. */
  void answered(
      int op,
      Account from,
      Account to,
      byte[] input,
      long gas,
      int halt,
      byte[] output,
      long gasUsed) {
    if (everything) {
      observation.note(
          new TraceEvent.Called(kind(op), address(from), address(to), Bytes.of(input), gas));
      ended(failure(halt), output, gasUsed);
    }
  }

  /** An address without code was called: the console, or nothing. */
  void calledNothing(int op, Account from, Account to, byte[] input, long gas) {
    if (to.address2 == 0 && to.address1 == CONSOLE1 && to.address0 == CONSOLE0) {
      observation.note(new TraceEvent.ConsoleLine(address(from), Bytes.of(input)));
    } else {
      answered(op, from, to, input, gas, Halt.RETURNED, Frame.NOTHING, 0);
    }
  }

  private void ended(Optional<ErrorCode> failure, byte[] output, long gasUsed) {
    observation.note(new TraceEvent.Ended(failure, Bytes.of(output), gasUsed));
  }

  private static Optional<ErrorCode> failure(int halt) {
    if (halt == Halt.RETURNED) {
      return Optional.empty();
    }
    return Optional.of(
        halt >= Halt.FAILED ? Halt.failure(halt).code() : ErrorCode.EXECUTION_REVERTED);
  }

  static CallKind kind(int op) {
    return switch (op) {
      case Op.CALL -> CallKind.CALL;
      case Op.STATICCALL -> CallKind.STATIC_CALL;
      case Op.DELEGATECALL -> CallKind.DELEGATE_CALL;
      case Op.CALLCODE -> CallKind.CALL_CODE;
      default -> CallKind.CREATE;
    };
  }

  // ---- storage and events

  @Override
  public void step(Machine machine, Frame frame) {
    int op = frame.code.bytes[frame.pc] & 0xff;
    if (op == Op.SLOAD) {
      loading(machine, frame);
    } else if (op == Op.SSTORE) {
      storing(machine, frame);
    } else if (op >= Op.LOG0 && op <= Op.LOG4) {
      logging(machine, frame, op - Op.LOG0);
    }
  }

  private static boolean holds(Frame frame, int words) {
    return frame.sp - frame.stackBase >= Words.SIZE * words;
  }

  private static boolean mayWrite(Machine machine, Frame frame) {
    return !frame.isStatic && !machine.readOnly;
  }

  private void loading(Machine machine, Frame frame) {
    if (holds(frame, 1)) {
      Slot slot = machine.world.slot(frame.self, machine.stack, frame.sp - 4);
      observation.note(
          new TraceEvent.SlotRead(
              address(frame.self), Bytes32.of(slot.key()), Bytes32.of(slot.value())));
    }
  }

  private void storing(Machine machine, Frame frame) {
    if (holds(frame, 2) && mayWrite(machine, frame) && frame.gas > STIPEND) {
      Slot slot = machine.world.slot(frame.self, machine.stack, frame.sp - 4);
      observation.note(
          new TraceEvent.SlotWritten(
              address(frame.self),
              Bytes32.of(slot.key()),
              Bytes32.of(slot.value()),
              word(machine, frame.sp - 8)));
    }
  }

  private void logging(Machine machine, Frame frame, int topics) {
    if (!holds(frame, 2 + topics) || !mayWrite(machine, frame)) {
      return;
    }
    long offset = Words.clamp(machine.stack, frame.sp - 4);
    long length = Words.clamp(machine.stack, frame.sp - 8);
    if (length > frame.gas / 8) {
      return;
    }
    byte[] data = new byte[(int) Math.min(length, 1 << 24)];
    int held = (int) Math.clamp(frame.memorySize - offset, 0, data.length);
    if (held > 0) {
      System.arraycopy(machine.memory, frame.memoryBase + (int) offset, data, 0, held);
    }
    List<Bytes32> words = new ArrayList<>(topics);
    for (int i = 0; i < topics; i++) {
      words.add(word(machine, frame.sp - 12 - 4 * i));
    }
    observation.note(new TraceEvent.Logged(address(frame.self), words, Bytes.of(data)));
  }

  private static Bytes32 word(Machine machine, int at) {
    byte[] bytes = new byte[32];
    Words.write(machine.stack, at, bytes, 0);
    return Bytes32.of(bytes);
  }

  private static Address address(Account account) {
    return Address.of(account.address());
  }
}

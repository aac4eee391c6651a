package network.enigma.protocol.author;

import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/** Something a call did, in the order it happened. Whatever it holds may be secret. */
public sealed interface TraceEvent {
  /** Most topics of an event. */
  int MAXIMUM_TOPICS = 4;

  /** How a contract's code came to run. */
  enum CallKind {
    CALL,
    /** The callee must not write. */
    STATIC_CALL,
    /** The callee's code runs on the caller's storage. */
    DELEGATE_CALL,
    /** As DELEGATE_CALL, with the caller as sender. */
    CALL_CODE,
    /** Creation code runs and gives a new contract. */
    CREATE;

    private static final CallKind[] ALL = values();
  }

  /**
   * A call begins; what follows up to its {@link Ended} happens inside.
   *
   * @param from who calls
   * @param to whose code runs; of CREATE the new contract
   * @param input the call data; empty for CREATE
   * @param gas the call may use
   */
  record Called(CallKind kind, Address from, Address to, Bytes input, long gas)
      implements TraceEvent {}

  /**
   * The innermost open call ends.
   *
   * @param failure why it was undone: {@link ErrorCode#EXECUTION_REVERTED} when the contract did it
   *     itself; empty if it succeeded
   * @param output what it returned, or the reason with which it reverted
   * @param gasUsed by the call and all within
   */
  record Ended(Optional<ErrorCode> failure, Bytes output, long gasUsed) implements TraceEvent {}

  /** A slot was read. */
  record SlotRead(Address account, Bytes32 slot, Bytes32 value) implements TraceEvent {}

  /** A slot was written. */
  record SlotWritten(Address account, Bytes32 slot, Bytes32 before, Bytes32 after)
      implements TraceEvent {}

  /** An event was logged, which no secret contract's host ever sees. */
  record Logged(Address contract, List<Bytes32> topics, Bytes data) implements TraceEvent {
    public Logged {
      topics = List.copyOf(topics);
      if (topics.size() > MAXIMUM_TOPICS) {
        throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "an event has at most 4 topics");
      }
    }
  }

  /**
   * A call to the console's address.
   *
   * @param contract whose code called
   * @param input selector and arguments of {@code log(…)}
   */
  record ConsoleLine(Address contract, Bytes input) implements TraceEvent {}

  /** About how many bytes it takes in an answer. */
  default int size() {
    return switch (this) {
      case Called called -> 64 + called.input.length();
      case Ended ended -> 24 + ended.output.length();
      case SlotRead read -> 85;
      case SlotWritten written -> 117;
      case Logged logged -> 32 + 32 * logged.topics.size() + logged.data.length();
      case ConsoleLine line -> 32 + line.input.length();
    };
  }

  default void write(WireWriter to) {
    switch (this) {
      case Called(CallKind kind, Address from, Address target, Bytes input, long gas) ->
          to.uint8(0).uint8(kind.ordinal()).address(from).address(target).bytes(input).uint64(gas);
      case Ended(Optional<ErrorCode> failure, Bytes output, long gasUsed) ->
          to.uint8(1)
              .uint16(failure.map(ErrorCode::number).orElse(0))
              .bytes(output)
              .uint64(gasUsed);
      case SlotRead(Address account, Bytes32 slot, Bytes32 value) ->
          to.uint8(2).address(account).bytes32(slot).bytes32(value);
      case SlotWritten(Address account, Bytes32 slot, Bytes32 before, Bytes32 after) ->
          to.uint8(3).address(account).bytes32(slot).bytes32(before).bytes32(after);
      case Logged(Address contract, List<Bytes32> topics, Bytes data) ->
          to.uint8(4).address(contract).list(topics, WireWriter::bytes32).bytes(data);
      case ConsoleLine(Address contract, Bytes input) -> to.uint8(5).address(contract).bytes(input);
    }
  }

  static TraceEvent read(WireReader from) {
    int number = from.uint8();
    return switch (number) {
      case 0 ->
          new Called(
              kind(from.uint8()), from.address(), from.address(), from.bytes(), from.uint64());
      case 1 -> new Ended(failure(from.uint16()), from.bytes(), from.uint64());
      case 2 -> new SlotRead(from.address(), from.bytes32(), from.bytes32());
      case 3 -> new SlotWritten(from.address(), from.bytes32(), from.bytes32(), from.bytes32());
      case 4 ->
          new Logged(from.address(), from.list(MAXIMUM_TOPICS, WireReader::bytes32), from.bytes());
      case 5 -> new ConsoleLine(from.address(), from.bytes());
      default -> throw malformed("no event of a trace has number " + number);
    };
  }

  private static CallKind kind(int number) {
    if (number >= CallKind.ALL.length) {
      throw malformed("no kind of call has number " + number);
    }
    return CallKind.ALL[number];
  }

  private static Optional<ErrorCode> failure(int number) {
    return number == 0
        ? Optional.empty()
        : Optional.of(
            ErrorCode.fromNumber(number)
                .filter(ErrorCode::isExecutionFailure)
                .orElseThrow(() -> malformed("unknown failure " + number)));
  }

  private static EnigmaException malformed(String message) {
    return new EnigmaException(ErrorCode.MALFORMED_MESSAGE, message);
  }
}

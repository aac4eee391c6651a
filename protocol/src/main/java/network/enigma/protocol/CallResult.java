package network.enigma.protocol;

import java.util.List;
import java.util.Optional;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What an executed call gave its sender; the plaintext of a {@link SealedResult}, or the result
 * itself of a public input. Form: {@code version(1) ‖ code(2) ‖ gas used(8) ‖ output}; code 0 is
 * success. Where the contract wrote to the console, which shows on development networks only, the
 * version is 2 and the lines, as a list of byte strings, stand before the output.
 *
 * @param failure how the call failed, an {@link ErrorCode} with {@link
 *     ErrorCode#isExecutionFailure()}; empty on success
 * @param gasUsed exactly, unsigned, for the sender's next gas limit
 * @param output what the call returned, or the reason with which it reverted
 * @param console what the contract logged to the console, each line as selector and arguments of
 *     {@code log(…)}
 */
public record CallResult(
    Optional<ErrorCode> failure, long gasUsed, Bytes output, List<Bytes> console) {
  /** Most lines of a result. */
  public static final int MAXIMUM_LINES = 256;

  private static final int VERSION = 1;
  private static final int VERSION_WITH_CONSOLE = 2;

  public CallResult {
    console = List.copyOf(console);
    if (failure.isPresent() && !failure.get().isExecutionFailure()) {
      throw new IllegalArgumentException(failure.get() + " does not say how an execution failed");
    }
  }

  public static CallResult success(long gasUsed, Bytes output) {
    return new CallResult(Optional.empty(), gasUsed, output, List.of());
  }

  public static CallResult failed(ErrorCode failure, long gasUsed, Bytes output) {
    return new CallResult(Optional.of(failure), gasUsed, output, List.of());
  }

  /** The same result with what the contract logged to the console. */
  public CallResult withConsole(List<Bytes> lines) {
    return new CallResult(failure, gasUsed, output, lines);
  }

  public byte[] encode() {
    WireWriter to =
        new WireWriter()
            .uint8(console.isEmpty() ? VERSION : VERSION_WITH_CONSOLE)
            .uint16(failure.map(ErrorCode::number).orElse(0))
            .uint64(gasUsed);
    if (!console.isEmpty()) {
      to.list(console, WireWriter::bytes);
    }
    return to.raw(output.toByteArray()).toByteArray();
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} if the bytes are not a result of
   *     this version
   */
  public static CallResult decode(byte[] message) {
    WireReader reader = new WireReader(message);
    int version = reader.uint8();
    if (version != VERSION && version != VERSION_WITH_CONSOLE) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "unknown result version " + version);
    }
    int code = reader.uint16();
    Optional<ErrorCode> failure =
        code == 0
            ? Optional.empty()
            : Optional.of(
                ErrorCode.fromNumber(code)
                    .filter(ErrorCode::isExecutionFailure)
                    .orElseThrow(() ->
                        new EnigmaException(
                            ErrorCode.MALFORMED_MESSAGE, "unknown result code " + code)));
    long gasUsed = reader.uint64();
    List<Bytes> console =
        version == VERSION ? List.of() : reader.list(MAXIMUM_LINES, WireReader::bytes);
    if (version == VERSION_WITH_CONSOLE && console.isEmpty()) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE, "a result without console lines has version 1");
    }
    return new CallResult(failure, gasUsed, Bytes.of(reader.raw(reader.remaining())), console);
  }

  /** Without the output, which may be secret. */
  @Override
  public String toString() {
    return "CallResult["
        + failure.map(Enum::name).orElse("SUCCESS")
        + ", "
        + output.length()
        + " bytes]";
  }
}

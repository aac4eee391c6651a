package network.enigma.protocol;

import java.util.Optional;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What an executed call gave its sender; the plaintext of a {@link SealedResult}, or the result
 * itself of a public input. Form: {@code version(1) ‖ code(2) ‖ gas used(8) ‖ output}; code 0 is
 * success.
 *
 * @param failure how the call failed, an {@link ErrorCode} with {@link
 *     ErrorCode#isExecutionFailure()}; empty on success
 * @param gasUsed exactly, unsigned, for the sender's next gas limit
 * @param output what the call returned, or the reason with which it reverted
 */
public record CallResult(Optional<ErrorCode> failure, long gasUsed, Bytes output) {
  private static final int VERSION = 1;

  public CallResult {
    if (failure.isPresent() && !failure.get().isExecutionFailure()) {
      throw new IllegalArgumentException(failure.get() + " does not say how an execution failed");
    }
  }

  public static CallResult success(long gasUsed, Bytes output) {
    return new CallResult(Optional.empty(), gasUsed, output);
  }

  public static CallResult failed(ErrorCode failure, long gasUsed, Bytes output) {
    return new CallResult(Optional.of(failure), gasUsed, output);
  }

  public byte[] encode() {
    return new WireWriter()
        .uint8(VERSION)
        .uint16(failure.map(ErrorCode::number).orElse(0))
        .uint64(gasUsed)
        .raw(output.toByteArray())
        .toByteArray();
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} if the bytes are not a result of
   *     this version
   */
  public static CallResult decode(byte[] message) {
    WireReader reader = new WireReader(message);
    int version = reader.uint8();
    if (version != VERSION) {
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
    return new CallResult(failure, reader.uint64(), Bytes.of(reader.raw(reader.remaining())));
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

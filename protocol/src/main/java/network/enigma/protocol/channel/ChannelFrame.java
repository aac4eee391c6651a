package network.enigma.protocol.channel;

import java.util.function.BiFunction;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * The common frame of channel messages: one byte that names the kind, then the fields. Kinds 1–31
 * are understood by both enclaves, 32–95 by the key manager, 96–159 by the worker; 255 is a
 * failure.
 */
final class ChannelFrame {
  /** Longest message accepted, in bytes. */
  static final int MAXIMUM_BYTES = 256 << 20;

  /** Longest single byte string inside a message: the largest snapshot with its surroundings. */
  static final int MAXIMUM_FIELD = 192 << 20;

  /** Longest state proof, in bytes. */
  static final int MAXIMUM_PROOF = 32 << 20;

  /** Longest message of one enclave to another, in bytes. */
  static final int MAXIMUM_MESSAGE = 32 << 20;

  private ChannelFrame() {}

  static WireWriter begin(int kind) {
    return new WireWriter().uint8(kind);
  }

  static <T> T decode(byte[] message, BiFunction<Integer, WireReader, T> body) {
    if (message.length == 0 || message.length > MAXIMUM_BYTES) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE, "a channel message of " + message.length + " bytes");
    }
    WireReader reader = new WireReader(message);
    T value = body.apply(reader.uint8(), reader);
    reader.end();
    return value;
  }

  static EnigmaException unknownKind(String what, int kind) {
    return new EnigmaException(ErrorCode.UNKNOWN_REQUEST, "no " + what + " has kind " + kind);
  }
}

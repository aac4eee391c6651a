package network.enigma.node.peer;

import java.nio.ByteBuffer;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** A message on its way in. It has its room before more than its first part is read. */
final class IncomingMessage implements AutoCloseable {
  private final byte[] message;
  private final MessageBudget.Reservation room;
  private int read;

  private IncomingMessage(byte[] message, MessageBudget.Reservation room) {
    this.message = message;
    this.room = room;
  }

  /**
   * Begins with the first part; waits a while for room.
   *
   * @throws EnigmaException {@code MALFORMED_MESSAGE}, {@code INPUT_TOO_LARGE} or {@code
   *     TOO_MANY_REQUESTS}
   */
  static IncomingMessage begin(byte[] first, int longest, PeerMemory memory, Object peer) {
    if (first.length < Integer.BYTES) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "a message without its length");
    }
    int length = ByteBuffer.wrap(first).getInt();
    if (length < 0 || length > longest || length > memory.longest()) {
      throw new EnigmaException(
          ErrorCode.INPUT_TOO_LARGE,
          "a message of %d bytes where this host takes %d"
              .formatted(Integer.toUnsignedLong(length), Math.min(longest, memory.longest())));
    }
    MessageBudget.Reservation room =
        memory
            .message(peer, length)
            .orElseThrow(() ->
                new EnigmaException(
                    ErrorCode.TOO_MANY_REQUESTS,
                    "this host has no memory for another message of " + length + " bytes now"));
    IncomingMessage message = new IncomingMessage(new byte[length], room);
    try {
      message.take(first, Integer.BYTES);
      return message;
    } catch (EnigmaException e) {
      message.close();
      throw e;
    }
  }

  /** Takes a further part; throws {@code MALFORMED_MESSAGE}. */
  void take(byte[] part) {
    if (part.length == 0) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "an empty part of a message");
    }
    take(part, 0);
  }

  private void take(byte[] part, int from) {
    int length = part.length - from;
    if (length > message.length - read) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "more of a message than its length");
    }
    System.arraycopy(part, from, message, read, length);
    read += length;
  }

  boolean complete() {
    return read == message.length;
  }

  int length() {
    return message.length;
  }

  /** The whole message; throws {@code MALFORMED_MESSAGE} if some is missing. */
  byte[] whole() {
    if (!complete()) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "less of a message than its length");
    }
    return message;
  }

  @Override
  public void close() {
    room.close();
  }
}

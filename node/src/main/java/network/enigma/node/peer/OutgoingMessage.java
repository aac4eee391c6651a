package network.enigma.node.peer;

import java.nio.ByteBuffer;

/** A message on its way out, part by part. */
final class OutgoingMessage {
  private final byte[] message;
  private boolean announced;
  private int sent;

  OutgoingMessage(byte[] message) {
    this.message = message;
  }

  int length() {
    return message.length;
  }

  /** The first part with nothing but the length. */
  byte[] announcement() {
    announced = true;
    return ByteBuffer.allocate(Integer.BYTES).putInt(message.length).array();
  }

  boolean done() {
    return announced && sent == message.length;
  }

  /** The next part. */
  byte[] next() {
    int before = announced ? 0 : Integer.BYTES;
    int length = Math.min(PeerService.CHUNK - before, message.length - sent);
    ByteBuffer part = ByteBuffer.allocate(before + length);
    if (!announced) {
      part.putInt(message.length);
    }
    part.put(message, sent, length);
    announced = true;
    sent += length;
    return part.array();
  }
}

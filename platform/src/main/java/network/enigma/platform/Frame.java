package network.enigma.platform;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;

/**
 * What passes between host and enclave process: length(4) ‖ call number(8) ‖ payload, big-endian.
 * An answer carries the number of its call. Number 0 is no call: the enclave says with it that it
 * is there, the host that it still is.
 *
 * @param call number of the call
 * @param payload request or answer
 */
record Frame(long call, byte[] payload) {
  /** No call: a sign of life. */
  static final long SIGN_OF_LIFE = 0;

  private static final int NUMBER_BYTES = 8;

  /** Longest payload: the longest channel message. */
  private static final int MAXIMUM_PAYLOAD = 256 << 20;

  static Frame signOfLife() {
    return new Frame(SIGN_OF_LIFE, new byte[0]);
  }

  void write(DataOutputStream out) throws IOException {
    out.writeInt(NUMBER_BYTES + payload.length);
    out.writeLong(call);
    out.write(payload);
    out.flush();
  }

  /** Throws {@link EOFException} when the other side is gone. */
  static Frame read(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < NUMBER_BYTES || length > NUMBER_BYTES + MAXIMUM_PAYLOAD) {
      throw new IOException("a frame of " + length + " bytes");
    }
    long call = in.readLong();
    byte[] payload = in.readNBytes(length - NUMBER_BYTES);
    if (payload.length != length - NUMBER_BYTES) {
      throw new EOFException();
    }
    return new Frame(call, payload);
  }
}

package network.enigma.protocol.author;

import java.util.List;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Permit;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What an author asks for, in the place of a {@code QueryPayload} inside a query's envelope (rule
 * E4). Only enclaves of development networks answer; all others refuse with {@link
 * ErrorCode#DEVELOPMENT_ONLY}. The permit carries the request's own label, so that a permit signed
 * for queries is none for this.
 */
public sealed interface AuthorRequest {
  /** Most slots of one request. */
  int MAXIMUM_SLOTS = 1_024;

  /** The permit in whose name it is asked. */
  Permit.Signed permit();

  /** What the permit's label must be. */
  String label();

  /**
   * Runs a call as its sender would send it, on the anchored state, tells what it does, and throws
   * its changes away. Answered by {@link TracedCall}.
   *
   * @param permit of whoever the contract shall see as sender
   * @param readOnly whether it is run as a query, which may not write
   * @param anonymous whether the contract sees the zero address as sender, as in a query without a
   *     permit; only with {@code readOnly}
   * @param gasLimit of the call, unsigned; the network's largest is the most it gets
   * @param input the call
   */
  record Trace(
      Permit.Signed permit, boolean readOnly, boolean anonymous, long gasLimit, Bytes input)
      implements AuthorRequest {
    public static final String LABEL = "Trace calls on a development network";

    public Trace {
      if (anonymous && !readOnly) {
        throw new EnigmaException(
            ErrorCode.MALFORMED_MESSAGE, "only a query can be traced in nobody's name");
      }
    }

    @Override
    public String label() {
      return LABEL;
    }

    /** Without the input, which is secret. */
    @Override
    public String toString() {
      return "Trace[" + input.length() + " bytes of input]";
    }
  }

  /**
   * Reads storage of an account of the realm, for the realm's owner. Answered by {@link
   * StorageValues}.
   *
   * @param permit of the realm's owner
   * @param account whose storage
   * @param slots at most {@link #MAXIMUM_SLOTS}
   */
  record Storage(Permit.Signed permit, Address account, List<Bytes32> slots)
      implements AuthorRequest {
    public static final String LABEL = "Read storage on a development network";

    public Storage {
      slots = List.copyOf(slots);
      if (slots.size() > MAXIMUM_SLOTS) {
        throw new EnigmaException(
            ErrorCode.INPUT_TOO_LARGE, "at most " + MAXIMUM_SLOTS + " slots in one request");
      }
    }

    @Override
    public String label() {
      return LABEL;
    }
  }

  /** The first byte: a query's payload begins with 0 or 1. */
  private static int kind(AuthorRequest request) {
    return switch (request) {
      case Trace trace -> 2;
      case Storage storage -> 3;
    };
  }

  /** Whether the plaintext of a query's envelope is such a request. */
  static boolean isOne(byte[] payload) {
    return payload.length > 0 && payload[0] >= 2 && payload[0] <= 3;
  }

  default byte[] encode() {
    WireWriter to = new WireWriter().uint8(kind(this));
    permit().write(to);
    switch (this) {
      case Trace trace ->
          to.bool(trace.readOnly).bool(trace.anonymous).uint64(trace.gasLimit).bytes(trace.input);
      case Storage storage -> to.address(storage.account).list(storage.slots, WireWriter::bytes32);
    }
    return to.toByteArray();
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} on anything else
   */
  static AuthorRequest decode(byte[] payload) {
    WireReader from = new WireReader(payload);
    int kind = from.uint8();
    AuthorRequest request =
        switch (kind) {
          case 2 ->
              new Trace(
                  Permit.Signed.read(from), from.bool(), from.bool(), from.uint64(), from.bytes());
          case 3 ->
              new Storage(
                  Permit.Signed.read(from),
                  from.address(),
                  from.list(MAXIMUM_SLOTS, WireReader::bytes32));
          default ->
              throw new EnigmaException(
                  ErrorCode.MALFORMED_MESSAGE, "no request of an author has kind " + kind);
        };
    from.end();
    return request;
  }
}

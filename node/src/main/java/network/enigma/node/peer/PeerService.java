package network.enigma.node.peer;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * The two services of hosts, each with one method: a message of opaque bytes, answered by one. Both
 * travel in parts of at most {@link #CHUNK} bytes, the first of which starts with the message's
 * length in four bytes, so that the receiver has room for it before it reads it. A request longer
 * than {@link PeerMemory#LONGEST_UNASKED} stops after its length until the server has sent an empty
 * part, or has refused.
 */
public enum PeerService {
  /** Workers among themselves. */
  PEER("enigma.Peer", PeerService.MAXIMUM_MESSAGE),
  /** Workers and key managers with a key manager; anybody may ask, so nobody may ask much. */
  KEY_MANAGER("enigma.KeyManager", 4 << 20);

  /** Longest message either way, in bytes: a snapshot with its surroundings. */
  static final int MAXIMUM_MESSAGE = 256 << 20;

  /** Longest part of a message: with what gRPC puts before it, one frame of HTTP/2. */
  static final int CHUNK = (16 << 10) - 5;

  /** Answers one message. */
  @FunctionalInterface
  public interface Handler {
    /**
     * @param caller the operator of the calling host
     * @throws EnigmaException which the caller's side throws again
     */
    byte[] answer(Address caller, byte[] request);

    /**
     * Least room in bytes that must be free before a request is answered: of those whose answer
     * takes much memory while it is made.
     */
    default long room(byte[] request) {
      return 0;
    }
  }

  private enum Plain implements MethodDescriptor.Marshaller<byte[]> {
    BYTES;

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "a message broke off");
      }
    }
  }

  private final String serviceName;
  private final int longestRequest;
  private final MethodDescriptor<byte[], byte[]> method;

  PeerService(String serviceName, int longestRequest) {
    this.serviceName = serviceName;
    this.longestRequest = longestRequest;
    this.method =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(serviceName, "Call"))
            .setRequestMarshaller(Plain.BYTES)
            .setResponseMarshaller(Plain.BYTES)
            .build();
  }

  /** Longest request that a server of the service reads, in bytes. */
  int longestRequest() {
    return longestRequest;
  }

  String serviceName() {
    return serviceName;
  }

  MethodDescriptor<byte[], byte[]> method() {
    return method;
  }

  static byte[] success(byte[] answer) {
    return new WireWriter().uint8(0).raw(answer).toByteArray();
  }

  static byte[] failure(EnigmaException failure) {
    return new WireWriter()
        .uint8(1)
        .uint16(failure.code().number())
        .text(String.valueOf(failure.getMessage()))
        .toByteArray();
  }

  /** The answer, or the failure as an exception. */
  static byte[] open(byte[] reply) {
    WireReader reader = new WireReader(reply);
    if (reader.uint8() == 0) {
      return reader.raw(reader.remaining());
    }
    ErrorCode code = ErrorCode.fromNumber(reader.uint16()).orElse(ErrorCode.INTERNAL);
    throw new EnigmaException(code, reader.text());
  }
}

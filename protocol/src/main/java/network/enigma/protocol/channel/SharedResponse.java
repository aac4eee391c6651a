package network.enigma.protocol.channel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.crypto.Suite;
import network.enigma.protocol.wire.WireReader;

/** What both kinds of enclave answer. */
public sealed interface SharedResponse extends KeyManagerResponse, WorkerResponse {
  /** Longest evidence, in bytes. */
  int MAXIMUM_EVIDENCE = 64 << 10;

  /** Longest message of a failure in UTF-8, in bytes; longer ones are cut. */
  int MAXIMUM_FAILURE_TEXT = 2_048;

  /**
   * Who the enclave is.
   *
   * @param enclave the account of its signing key
   * @param sealingKey its X-Wing public key, to which other enclaves seal
   * @param sealedState what the host keeps and gives back in the next {@link
   *     SharedRequest.Configure}
   */
  record Identity(Address enclave, Bytes sealingKey, Bytes sealedState) implements SharedResponse {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(1)
          .address(enclave)
          .bytes(sealingKey)
          .bytes(sealedState)
          .toByteArray();
    }

    static Identity read(WireReader reader) {
      return new Identity(
          reader.address(),
          reader.bytes(Suite.X_WING.publicKeyLength()),
          reader.bytes(SharedRequest.MAXIMUM_SEALED_STATE));
    }
  }

  /** Attestation evidence in the form of its provider. */
  record Evidence(Bytes evidence) implements SharedResponse {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(2).bytes(evidence).toByteArray();
    }

    static Evidence read(WireReader reader) {
      return new Evidence(reader.bytes(MAXIMUM_EVIDENCE));
    }
  }

  /** The highest header the enclave holds. */
  record ChainTip(long number, Bytes32 hash) implements SharedResponse {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(3).uint64(number).bytes32(hash).toByteArray();
    }

    static ChainTip read(WireReader reader) {
      return new ChainTip(reader.uint64(), reader.bytes32());
    }
  }

  /** The request was refused; nothing changed. The message holds no secret. */
  record Failure(ErrorCode code, String message) implements SharedResponse {
    static final int KIND = 255;

    public Failure {
      byte[] utf8 = message.getBytes(StandardCharsets.UTF_8);
      if (utf8.length > MAXIMUM_FAILURE_TEXT) {
        // Cut by characters: three bytes of UTF-8 is the most that one Java char takes.
        message = message.substring(0, MAXIMUM_FAILURE_TEXT / 3);
      }
    }

    public static Failure of(EnigmaException exception) {
      return new Failure(exception.code(), String.valueOf(exception.getMessage()));
    }

    /** The same failure as an exception. */
    public EnigmaException toException() {
      return new EnigmaException(code, message);
    }

    @Override
    public byte[] encode() {
      return ChannelFrame.begin(KIND).uint16(code.number()).text(message).toByteArray();
    }

    static Failure read(WireReader reader) {
      int number = reader.uint16();
      ErrorCode code =
          Arrays.stream(ErrorCode.values())
              .filter(each -> each.number() == number)
              .findFirst()
              .orElseThrow(() ->
                  new EnigmaException(
                      ErrorCode.MALFORMED_MESSAGE, "no error has number " + number));
      return new Failure(code, reader.text());
    }
  }
}

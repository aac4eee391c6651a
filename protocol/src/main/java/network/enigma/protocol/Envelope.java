package network.enigma.protocol;

import java.util.Optional;
import network.enigma.protocol.crypto.Hpke;
import network.enigma.protocol.crypto.SealingKeyPair;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.crypto.Suite;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * How an input travels (rule K7): {@code version(1) ‖ format(1) ‖ suite(2) ‖ generation(4) ‖
 * tenure(4)} and then {@code enc ‖ ct} of a sealed input, or the payload itself of a public one.
 */
public sealed interface Envelope {
  int VERSION = 1;
  int FORMAT_SEALED = 0;
  int FORMAT_PUBLIC = 1;
  int HEADER_LENGTH = 12;

  /** The longest envelope in a post, in bytes. */
  int MAXIMUM_POSTED = 64 * 1024;

  /** The longest envelope sent to a node, in bytes. */
  int MAXIMUM_DIRECT = 1024 * 1024;

  /**
   * An input sealed to the realm's key.
   *
   * @param generation of the key managers' secret, a uint32
   * @param tenure whose key it is sealed to, a uint32
   */
  record SealedInput(
      Suite suite, long generation, long tenure, Bytes encapsulation, Bytes ciphertext)
      implements Envelope {
    public SealedInput {
      Unsigned.check(generation, 32, "generation");
      Unsigned.check(tenure, 32, "tenure");
    }

    /**
     * Opens the input inside the enclave.
     *
     * @throws EnigmaException {@link ErrorCode#DECRYPTION_FAILED} if it was not sealed to this key
     *     for this network and context, or is wrongly padded
     */
    public OpenedInput open(SealingKeyPair inputKey, Bytes32 networkHash, Context context) {
      if (inputKey.suite() != suite) {
        throw new EnigmaException(
            ErrorCode.UNSUPPORTED_SUITE, "the realm's key is of suite " + inputKey.suite());
      }
      Hpke.Opened opened =
          Hpke.open(
              inputKey,
              encapsulation,
              info(networkHash),
              context.associatedData(generation, tenure),
              ciphertext.toByteArray());
      byte[] payload;
      try {
        payload = Padding.unpad(opened.plaintext().toByteArray(SecretAccess.granted()));
      } catch (EnigmaException e) {
        throw new EnigmaException(
            ErrorCode.DECRYPTION_FAILED, "the opened input is not padded as rule K8 says");
      }
      return new OpenedInput(
          SecretBytes.of(payload), new ResponseKey(encapsulation, opened.responseSecret()));
    }
  }

  /**
   * An input in the clear, for contracts, which cannot seal; its result comes back in the clear.
   */
  record PublicInput(Bytes payload) implements Envelope {}

  /** The input and the key of its answer, as the enclave has them. */
  record OpenedInput(SecretBytes payload, ResponseKey responseKey) {}

  /** The envelope and the key of its answer, as the client has them. */
  record Sealed(SealedInput envelope, ResponseKey responseKey) {}

  /**
   * What a sealed input is bound to besides generation and tenure. An envelope opens for exactly
   * one of these.
   *
   * @param codeHash zero except for DEPLOY and CALLABLE
   */
  record Context(
      Bytes32 realm,
      Address target,
      TaskKind kind,
      Address sender,
      Bytes32 salt,
      Bytes32 codeHash) {

    public static Context of(TaskOrder order) {
      return new Context(
          order.realm(),
          order.target(),
          order.kind(),
          order.sender(),
          order.salt(),
          order.codeHash());
    }

    /** abi.encode(realm, target, kind, sender, salt, generation, tenure, codeHash). */
    public byte[] associatedData(long generation, long tenure) {
      return new Words(8)
          .bytes32(realm)
          .address(target)
          .uint(kind.number())
          .address(sender)
          .bytes32(salt)
          .uint(generation)
          .uint(tenure)
          .bytes32(codeHash)
          .toByteArray();
    }
  }

  /** HPKE's info: the tag keccak256("enigma/v1/ENVELOPE") ‖ network hash. */
  static byte[] info(Bytes32 networkHash) {
    byte[] info = new byte[64];
    Preimage.tag("ENVELOPE").copyTo(info, 0);
    networkHash.copyTo(info, 32);
    return info;
  }

  /**
   * Pads and seals a payload to a realm's key.
   *
   * @throws EnigmaException {@link ErrorCode#INVALID_KEY} if the key is not one of the suite;
   *     {@link ErrorCode#INPUT_TOO_LARGE} if the envelope would exceed 1 MiB
   */
  static Sealed seal(
      Suite suite,
      Bytes inputKey,
      Bytes32 networkHash,
      long generation,
      long tenure,
      Context context,
      byte[] payload) {
    if (payload.length > MAXIMUM_DIRECT) {
      throw tooLarge(payload.length);
    }
    Hpke.Sealed sealed =
        Hpke.seal(
            suite,
            inputKey,
            info(networkHash),
            context.associatedData(generation, tenure),
            Padding.pad(payload));
    SealedInput envelope =
        new SealedInput(suite, generation, tenure, sealed.encapsulation(), sealed.ciphertext());
    int length = HEADER_LENGTH + sealed.encapsulation().length() + sealed.ciphertext().length();
    if (length > MAXIMUM_DIRECT) {
      throw tooLarge(length);
    }
    return new Sealed(envelope, new ResponseKey(sealed.encapsulation(), sealed.responseSecret()));
  }

  private static EnigmaException tooLarge(int length) {
    return new EnigmaException(
        ErrorCode.INPUT_TOO_LARGE,
        "an envelope has at most 1 MiB, this input needs " + length + " bytes");
  }

  default byte[] encode() {
    WireWriter writer = new WireWriter().uint8(VERSION);
    switch (this) {
      case SealedInput sealed ->
          writer
              .uint8(FORMAT_SEALED)
              .uint16(sealed.suite().id())
              .uint32(sealed.generation())
              .uint32(sealed.tenure())
              .raw(sealed.encapsulation().toByteArray())
              .raw(sealed.ciphertext().toByteArray());
      case PublicInput open ->
          writer
              .uint8(FORMAT_PUBLIC)
              .uint16(0)
              .uint32(0)
              .uint32(0)
              .raw(open.payload().toByteArray());
    }
    return writer.toByteArray();
  }

  default Bytes toBytes() {
    return Bytes.of(encode());
  }

  /** keccak256 of the encoded envelope, as orders name it. */
  default Bytes32 inputHash() {
    return Keccak.hash(encode());
  }

  /**
   * Reads an envelope.
   *
   * @throws EnigmaException {@link ErrorCode#INPUT_TOO_LARGE}, {@link ErrorCode#MALFORMED_ENVELOPE}
   *     or {@link ErrorCode#UNSUPPORTED_SUITE}
   */
  static Envelope decode(Bytes encoded) {
    if (encoded.length() > MAXIMUM_DIRECT) {
      throw tooLarge(encoded.length());
    }
    if (encoded.length() < HEADER_LENGTH) {
      throw malformed("an envelope has at least 12 bytes, not " + encoded.length());
    }
    WireReader reader = new WireReader(encoded);
    int version = reader.uint8();
    if (version != VERSION) {
      throw malformed("unknown envelope version " + version);
    }
    int format = reader.uint8();
    int suiteId = reader.uint16();
    long generation = reader.uint32();
    long tenure = reader.uint32();
    return switch (format) {
      case FORMAT_SEALED -> {
        Optional<Suite> suite = Suite.fromId(suiteId);
        if (suite.isEmpty()) {
          throw new EnigmaException(ErrorCode.UNSUPPORTED_SUITE, "unknown suite " + suiteId);
        }
        int encapsulation = suite.get().encapsulationLength();
        if (reader.remaining() < encapsulation) {
          throw malformed(
              "an envelope of suite "
                  + suite.get()
                  + " is longer than "
                  + encoded.length()
                  + " bytes");
        }
        yield new SealedInput(
            suite.get(),
            generation,
            tenure,
            Bytes.of(reader.raw(encapsulation)),
            Bytes.of(reader.raw(reader.remaining())));
      }
      case FORMAT_PUBLIC -> {
        if (suiteId != 0 || generation != 0 || tenure != 0) {
          throw malformed("a public envelope names no suite, generation or tenure");
        }
        yield new PublicInput(Bytes.of(reader.raw(reader.remaining())));
      }
      default -> throw malformed("unknown envelope format " + format);
    };
  }

  private static EnigmaException malformed(String message) {
    return new EnigmaException(ErrorCode.MALFORMED_ENVELOPE, message);
  }
}

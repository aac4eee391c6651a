package network.enigma.tee.message;

import java.util.function.Function;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Preimage;
import network.enigma.protocol.crypto.Secp256k1;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.EnclaveIdentity;

/**
 * The form of every message between enclaves: kind(1) ‖ network hash(32) ‖ sender(20) ‖ body ‖
 * signature(65). The signature covers all that is before it, so that a message means nothing in
 * another network or as another kind (rule T3).
 */
final class SignedMessage {
  /** What a message is. The numbers never change their meaning. */
  enum Kind {
    LEASE_REQUEST(1),
    LEASE_GRANT(2),
    HEAD_ANCHOR(3),
    HEAD_ACKNOWLEDGEMENT(4),
    MASTER_REQUEST(5),
    MASTER_TRANSFER(6),
    HEADS_REQUEST(7),
    HEADS_REPORT(8);

    private final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  /** Longest body, in bytes. */
  private static final int MAXIMUM_BODY = 32 << 20;

  private SignedMessage() {}

  static Bytes sign(EnclaveIdentity identity, Bytes32 networkHash, Kind kind, WireWriter body) {
    Bytes content = body.toBytes();
    Signature signature = identity.sign(digest(kind, networkHash, identity.address(), content));
    return new WireWriter()
        .uint8(kind.number)
        .bytes32(networkHash)
        .address(identity.address())
        .bytes(content)
        .raw(signature.toByteArray())
        .toBytes();
  }

  /**
   * Reads a message.
   *
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE}, {@link ErrorCode#WRONG_NETWORK} or
   *     {@link ErrorCode#BAD_SIGNATURE}
   */
  static <T> Verified<T> open(
      Bytes message, Bytes32 networkHash, Kind kind, Function<WireReader, T> read) {
    WireReader reader = new WireReader(message);
    int number = reader.uint8();
    if (number != kind.number) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE,
          "a message of kind " + number + " where " + kind + " is due");
    }
    Bytes32 network = reader.bytes32();
    if (!network.equals(networkHash)) {
      throw new EnigmaException(
          ErrorCode.WRONG_NETWORK,
          "the message is of network " + network + ", this enclave of " + networkHash);
    }
    Address sender = reader.address();
    Bytes content = reader.bytes(MAXIMUM_BODY);
    Signature signature = Signature.of(reader.raw(Signature.LENGTH));
    reader.end();
    Bytes32 digest = digest(kind, networkHash, sender, content);
    Secp256k1.requireSigner(sender, digest, signature, "the message " + kind);
    WireReader body = new WireReader(content);
    T value;
    try {
      value = read.apply(body);
    } catch (IllegalArgumentException e) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE, "impossible values in " + kind + ": " + e.getMessage());
    }
    body.end();
    return new Verified<>(sender, value, digest);
  }

  private static Bytes32 digest(Kind kind, Bytes32 networkHash, Address sender, Bytes content) {
    return Preimage.hash(
        "ENCLAVE_MESSAGE",
        "uint8,bytes32,address,bytes32",
        kind.number,
        networkHash,
        sender,
        Keccak.hash(content));
  }
}

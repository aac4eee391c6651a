package network.enigma.protocol.channel;

import network.enigma.protocol.Address;
import network.enigma.protocol.Admission;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/** What a key-manager enclave answers. */
public sealed interface KeyManagerResponse
    permits SharedResponse,
        KeyManagerResponse.MasterHeld,
        KeyManagerResponse.Message,
        KeyManagerResponse.Admitted,
        KeyManagerResponse.LeaseGranted,
        KeyManagerResponse.HeadAcknowledged,
        KeyManagerResponse.SeedReleased,
        KeyManagerResponse.HeadsRequest,
        KeyManagerResponse.NonceSigned,
        KeyManagerResponse.Counting {
  byte[] encode();

  /** Reads an answer; throws {@code MALFORMED_MESSAGE} or {@code UNKNOWN_REQUEST}. */
  static KeyManagerResponse decode(byte[] message) {
    return ChannelFrame.decode(
        message,
        (kind, reader) ->
            switch (kind) {
              case 1 -> SharedResponse.Identity.read(reader);
              case 2 -> SharedResponse.Evidence.read(reader);
              case 3 -> SharedResponse.ChainTip.read(reader);
              case 32 -> MasterHeld.read(reader);
              case 33 -> Message.read(reader);
              case 36 -> Admitted.read(reader);
              case 37 -> LeaseGranted.read(reader);
              case 38 -> HeadAcknowledged.read(reader);
              case 39 -> SeedReleased.read(reader);
              case 40 -> HeadsRequest.read(reader);
              case 45 -> NonceSigned.read(reader);
              case 42 -> Counting.read(reader);
              case SharedResponse.Failure.KIND -> SharedResponse.Failure.read(reader);
              default -> throw ChannelFrame.unknownKind("key-manager response", kind);
            });
  }

  private static WireWriter write(WireWriter writer, Signature signature) {
    return writer.raw(signature.toByteArray());
  }

  private static Signature readSignature(WireReader reader) {
    return Signature.of(reader.raw(Signature.LENGTH));
  }

  /**
   * The enclave holds the master secret of a generation.
   *
   * @param checkHash what the generation record on chain must name
   * @param sealedState replaces what the host kept before
   */
  record MasterHeld(long generation, Bytes32 checkHash, Bytes sealedState)
      implements KeyManagerResponse {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(32)
          .uint32(generation)
          .bytes32(checkHash)
          .bytes(sealedState)
          .toByteArray();
    }

    static MasterHeld read(WireReader reader) {
      return new MasterHeld(
          reader.uint32(), reader.bytes32(), reader.bytes(SharedRequest.MAXIMUM_SEALED_STATE));
    }
  }

  /** A signed, and where it holds secrets sealed, message for another enclave. */
  record Message(Bytes message) implements KeyManagerResponse {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(33).bytes(message).toByteArray();
    }

    static Message read(WireReader reader) {
      return new Message(reader.bytes(ChannelFrame.MAXIMUM_MESSAGE));
    }
  }

  /** The key manager's signature under an admission. */
  record Admitted(Address keyManager, Admission admission, Signature signature)
      implements KeyManagerResponse {
    @Override
    public byte[] encode() {
      WireWriter writer = ChannelFrame.begin(36).address(keyManager);
      admission.write(writer);
      return write(writer, signature).toByteArray();
    }

    static Admitted read(WireReader reader) {
      return new Admitted(reader.address(), Admission.read(reader), readSignature(reader));
    }
  }

  /**
   * A lease.
   *
   * @param keyManager who grants it
   * @param sealedGrant for the worker enclave's eyes
   * @param grantSignature over the EIP-712 message Grant, the public part that {@code announce} and
   *     backups check
   */
  record LeaseGranted(Address keyManager, Bytes sealedGrant, Signature grantSignature)
      implements KeyManagerResponse {
    @Override
    public byte[] encode() {
      return write(ChannelFrame.begin(37).address(keyManager).bytes(sealedGrant), grantSignature)
          .toByteArray();
    }

    static LeaseGranted read(WireReader reader) {
      return new LeaseGranted(
          reader.address(), reader.bytes(ChannelFrame.MAXIMUM_MESSAGE), readSignature(reader));
    }
  }

  /** A signed acknowledgement of a head, for the worker enclave. */
  record HeadAcknowledged(Bytes acknowledgement) implements KeyManagerResponse {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(38).bytes(acknowledgement).toByteArray();
    }

    static HeadAcknowledged read(WireReader reader) {
      return new HeadAcknowledged(reader.bytes(ChannelFrame.MAXIMUM_MESSAGE));
    }
  }

  /** The seed of an epoch with the key manager's signature over the EIP-712 message Seed. */
  record SeedReleased(Address keyManager, long epoch, Bytes32 seed, Signature signature)
      implements KeyManagerResponse {
    @Override
    public byte[] encode() {
      return write(
              ChannelFrame.begin(39).address(keyManager).uint64(epoch).bytes32(seed), signature)
          .toByteArray();
    }

    static SeedReleased read(WireReader reader) {
      return new SeedReleased(
          reader.address(), reader.uint64(), reader.bytes32(), readSignature(reader));
    }
  }

  /**
   * A restarted key manager's question for the others.
   *
   * @param nonce fresh in this process
   */
  record HeadsRequest(Bytes32 nonce, Bytes message) implements KeyManagerResponse {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(40).bytes32(nonce).bytes(message).toByteArray();
    }

    static HeadsRequest read(WireReader reader) {
      return new HeadsRequest(reader.bytes32(), reader.bytes(ChannelFrame.MAXIMUM_MESSAGE));
    }
  }

  /**
   * What {@code recordNonce} puts on chain.
   *
   * @param number of the life, a uint32
   * @param nonce fresh in this process
   * @param signature over the EIP-712 message {@link network.enigma.protocol.Incarnation}
   */
  record NonceSigned(long number, Bytes32 nonce, Signature signature)
      implements KeyManagerResponse {
    @Override
    public byte[] encode() {
      return write(ChannelFrame.begin(45).uint32(number).bytes32(nonce), signature).toByteArray();
    }

    static NonceSigned read(WireReader reader) {
      return new NonceSigned(reader.uint32(), reader.bytes32(), readSignature(reader));
    }
  }

  /**
   * The key manager counts in quorums.
   *
   * @param realms realms whose heads it knows
   */
  record Counting(long realms) implements KeyManagerResponse {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(42).uint32(realms).toByteArray();
    }

    static Counting read(WireReader reader) {
      return new Counting(reader.uint32());
    }
  }
}

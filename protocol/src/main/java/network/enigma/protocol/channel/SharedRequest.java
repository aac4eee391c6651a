package network.enigma.protocol.channel;

import java.util.List;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.wire.WireReader;

/** What both kinds of enclave understand. */
public sealed interface SharedRequest extends KeyManagerRequest, WorkerRequest {
  /** Most headers in one request. */
  int MAXIMUM_HEADERS = 16_384;

  /** Longest RLP of one header, in bytes. */
  int MAXIMUM_HEADER_BYTES = 4_096;

  /** Longest sealed state of an enclave, in bytes. */
  int MAXIMUM_SEALED_STATE = 1 << 20;

  /**
   * The first request to an enclave process. Answered by {@link SharedResponse.Identity}.
   *
   * @param config the network; a second configuration must have the same hash
   * @param sealedState what the enclave gave its host to keep the last time, empty for a new
   *     enclave
   */
  record Configure(NetworkConfig config, Bytes sealedState) implements SharedRequest {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(1).bytes(config.encode()).bytes(sealedState).toByteArray();
    }

    static Configure read(WireReader reader) {
      return new Configure(
          NetworkConfig.decode(reader.bytes(4_096)), reader.bytes(MAXIMUM_SEALED_STATE));
    }
  }

  /**
   * Asks for attestation evidence bound to H(network hash, role, enclave, operator, nonce) (rule
   * C1). Answered by {@link SharedResponse.Evidence}.
   */
  record Attest(Address operator, Bytes32 nonce) implements SharedRequest {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(2).address(operator).bytes32(nonce).toByteArray();
    }

    static Attest read(WireReader reader) {
      return new Attest(reader.address(), reader.bytes32());
    }
  }

  /**
   * Moves the enclave's view of the chain forward (rule S6). Each header but the first follows the
   * one before it; the first follows a header the enclave holds, or starts the view. Answered by
   * {@link SharedResponse.ChainTip}.
   *
   * @param headers RLP of consecutive headers, lowest first
   */
  record AdvanceHeaders(List<Bytes> headers) implements SharedRequest {
    public AdvanceHeaders {
      headers = List.copyOf(headers);
    }

    @Override
    public byte[] encode() {
      return ChannelFrame.begin(3)
          .list(headers, (writer, header) -> writer.bytes(header))
          .toByteArray();
    }

    static AdvanceHeaders read(WireReader reader) {
      return new AdvanceHeaders(
          reader.list(MAXIMUM_HEADERS, item -> item.bytes(MAXIMUM_HEADER_BYTES)));
    }
  }
}

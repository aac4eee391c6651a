package network.enigma.protocol.channel;

/** What a host asks of a worker enclave. */
public sealed interface WorkerRequest permits SharedRequest {
  byte[] encode();

  /** Reads a request; throws {@code MALFORMED_MESSAGE} or {@code UNKNOWN_REQUEST}. */
  static WorkerRequest decode(byte[] message) {
    return ChannelFrame.decode(
        message,
        (kind, reader) ->
            switch (kind) {
              case 1 -> SharedRequest.Configure.read(reader);
              case 2 -> SharedRequest.Attest.read(reader);
              case 3 -> SharedRequest.AdvanceHeaders.read(reader);
              default -> throw ChannelFrame.unknownKind("worker request", kind);
            });
  }
}

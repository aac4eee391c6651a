package network.enigma.protocol.channel;

/** What a worker enclave answers. */
public sealed interface WorkerResponse permits SharedResponse {
  byte[] encode();

  /** Reads an answer; throws {@code MALFORMED_MESSAGE} or {@code UNKNOWN_REQUEST}. */
  static WorkerResponse decode(byte[] message) {
    return ChannelFrame.decode(
        message,
        (kind, reader) ->
            switch (kind) {
              case 1 -> SharedResponse.Identity.read(reader);
              case 2 -> SharedResponse.Evidence.read(reader);
              case 3 -> SharedResponse.ChainTip.read(reader);
              case SharedResponse.Failure.KIND -> SharedResponse.Failure.read(reader);
              default -> throw ChannelFrame.unknownKind("worker response", kind);
            });
  }
}

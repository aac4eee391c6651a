package network.enigma.node.keymanager;

import java.util.function.UnaryOperator;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.SharedResponse;

/** One key manager as other hosts reach it, over any transport of bytes. */
public final class KeyManagerClient {
  private final UnaryOperator<byte[]> transport;

  /**
   * @param transport carries a call and brings the answer; throws {@link EnigmaException} when it
   *     cannot
   */
  public KeyManagerClient(UnaryOperator<byte[]> transport) {
    this.transport = transport;
  }

  public SharedResponse.Identity identify() {
    return ask(new KeyManagerCall.Identify(), SharedResponse.Identity.class);
  }

  public KeyManagerResponse.Admitted admit(KeyManagerCall.Admit call) {
    return ask(call, KeyManagerResponse.Admitted.class);
  }

  public KeyManagerResponse.LeaseGranted grantLease(KeyManagerCall.GrantLease call) {
    return ask(call, KeyManagerResponse.LeaseGranted.class);
  }

  public KeyManagerResponse.HeadAcknowledged acknowledge(KeyManagerCall.AcknowledgeHead call) {
    return ask(call, KeyManagerResponse.HeadAcknowledged.class);
  }

  public KeyManagerResponse.SeedReleased releaseSeed(long epoch) {
    return ask(new KeyManagerCall.ReleaseSeed(epoch), KeyManagerResponse.SeedReleased.class);
  }

  /** What the enclave was listed with, its host's word. */
  public EnclaveEvidence evidence() {
    return EnclaveEvidence.decode(
        ask(new KeyManagerCall.GetEvidence(), SharedResponse.Evidence.class).evidence());
  }

  KeyManagerResponse.Message serveMaster(KeyManagerCall.ServeMaster call) {
    return ask(call, KeyManagerResponse.Message.class);
  }

  KeyManagerResponse.Message readHeads(KeyManagerCall.ReadHeads call) {
    return ask(call, KeyManagerResponse.Message.class);
  }

  private <T extends KeyManagerResponse> T ask(KeyManagerCall call, Class<T> kind) {
    return expect(KeyManagerResponse.decode(transport.apply(call.encode())), kind);
  }

  /**
   * @throws EnigmaException the enclave's refusal, or MALFORMED_MESSAGE for an answer of another
   *     kind
   */
  static <T extends KeyManagerResponse> T expect(KeyManagerResponse response, Class<T> kind) {
    if (response instanceof SharedResponse.Failure failure) {
      throw failure.toException();
    }
    if (!kind.isInstance(response)) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE,
          "a key manager answered with %s where %s was due"
              .formatted(response.getClass().getSimpleName(), kind.getSimpleName()));
    }
    return kind.cast(response);
  }
}

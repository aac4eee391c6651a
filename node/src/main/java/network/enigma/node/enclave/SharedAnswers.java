package network.enigma.node.enclave;

import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.protocol.channel.WorkerResponse;

/** Answers that both kinds of enclave give in the same form. */
final class SharedAnswers {
  private SharedAnswers() {}

  static SharedResponse.Identity identity(byte[] answer) {
    return expect(SharedResponse.Identity.class, answer);
  }

  static SharedResponse.ChainTip tip(byte[] answer) {
    return expect(SharedResponse.ChainTip.class, answer);
  }

  private static <T extends WorkerResponse> T expect(Class<T> kind, byte[] answer) {
    // The shared kinds have the same numbers in both languages.
    WorkerResponse response = WorkerResponse.decode(answer);
    if (response instanceof SharedResponse.Failure failure) {
      throw failure.toException();
    }
    if (!kind.isInstance(response)) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE,
          "the enclave answered " + response.getClass().getSimpleName());
    }
    return kind.cast(response);
  }
}

package network.enigma.platform;

import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.tee.TrustedCore;
import org.jspecify.annotations.Nullable;

/**
 * An enclave in the host's process. Requests and answers are copied, so that the two share no
 * object.
 */
final class InProcessChannel implements EnclaveChannel {
  private volatile @Nullable TrustedCore core;

  InProcessChannel(TrustedCore core) {
    this.core = core;
  }

  @Override
  public byte[] call(byte[] request) {
    TrustedCore running = core;
    if (running == null) {
      throw new EnigmaException(ErrorCode.ENCLAVE_STOPPED, "the enclave's channel is closed");
    }
    return running.handle(request.clone()).clone();
  }

  @Override
  public void close() {
    core = null;
  }
}

package network.enigma.testnet;

import network.enigma.platform.EnclaveChannel;
import network.enigma.protocol.channel.RequestName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what crosses the trust boundary: which enclave, which request, how many bytes each
 * way, how long. Requests that come with every task or block are logged at level DEBUG.
 */
final class LoggedChannel implements EnclaveChannel {
  private static final Logger LOG = LoggerFactory.getLogger("network.enigma.enclave.channel");
  private static final double NANOS_IN_A_MILLISECOND = 1e6;

  private final String name;
  private final EnclaveChannel channel;

  LoggedChannel(String name, EnclaveChannel channel) {
    this.name = name;
    this.channel = channel;
  }

  @Override
  public byte[] call(byte[] request) {
    RequestName kind = RequestName.of(request);
    boolean logged = kind.isFrequent() ? LOG.isDebugEnabled() : LOG.isInfoEnabled();
    if (!logged) {
      return channel.call(request);
    }
    long started = System.nanoTime();
    byte[] answer = channel.call(request);
    String line =
        "%s %s: %,d bytes in, %,d bytes out%s, %.1f ms"
            .formatted(
                name,
                kind,
                request.length,
                answer.length,
                RequestName.isRefusal(answer) ? " (refused)" : "",
                (System.nanoTime() - started) / NANOS_IN_A_MILLISECOND);
    if (kind.isFrequent()) {
      LOG.debug(line);
    } else {
      LOG.info(line);
    }
    return answer;
  }

  @Override
  public long incarnation() {
    return channel.incarnation();
  }

  @Override
  public void close() {
    channel.close();
  }
}

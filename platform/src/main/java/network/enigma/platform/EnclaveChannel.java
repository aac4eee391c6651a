package network.enigma.platform;

import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * The one way from a host into an enclave (rule T1): a request of bytes in, an answer of bytes out,
 * in the forms of {@code network.enigma.protocol.channel}. The enclave never calls back.
 *
 * <p>Threads: any number of threads may call at the same time. The enclave serialises calls where
 * it must (a worker enclave for each realm, a key-manager enclave for each realm), so calls for
 * different realms run in parallel and a caller may not rely on any order between calls it has not
 * waited for. A call blocks until the answer is there; it is meant for virtual threads.
 *
 * <p>An enclave that does not like a request answers with a {@code Failure} message; {@link #call}
 * throws only when no answer will come.
 */
public interface EnclaveChannel extends AutoCloseable {
  /**
   * Sends a request and waits for the answer.
   *
   * @throws EnigmaException {@link ErrorCode#ENCLAVE_STOPPED} when the enclave ended before it
   *     answered or the channel is closed. Whether the request took effect is then unknown, as
   *     after a power failure.
   */
  byte[] call(byte[] request);

  /**
   * Counts the lives of the enclave behind the channel, from 1. An enclave that ended is started
   * again by the next call; it then knows nothing and answers {@link ErrorCode#NOT_CONFIGURED}
   * until its host configures it with its sealed state and headers. A host compares this number to
   * notice.
   */
  default long incarnation() {
    return 1;
  }

  /**
   * Ends the enclave. Calls that wait get {@link ErrorCode#ENCLAVE_STOPPED}. Closing twice does
   * nothing more.
   */
  @Override
  void close();
}

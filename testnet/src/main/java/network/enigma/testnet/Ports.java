package network.enigma.testnet;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * Finds ports for one network: the wanted one, or the next that is free; never the same twice.
 *
 * <p>Parts of a network come to listen seconds after their ports were chosen, and again when they
 * are restarted. Until it is closed it holds the UDP port of the same number, which nothing here
 * uses, so that no other network that starts meanwhile on this machine chooses the port as well.
 */
final class Ports implements AutoCloseable {
  private static final int TRIES = 200;
  private static final int LOWEST = 20_000;

  /** From here on Linux gives ports to outgoing connections. */
  private static final int EPHEMERAL = 32_768;

  private final Map<Integer, DatagramSocket> given = new HashMap<>();

  /**
   * @param wanted first choice; 0 for any
   * @throws EnigmaException PORT_IN_USE when none of the next 200 is free
   */
  synchronized int next(int wanted) {
    if (wanted == 0) {
      return any();
    }
    for (int port = wanted; port < Math.min(wanted + TRIES, 65_536); port++) {
      if (isFree(port) && reserve(port)) {
        return port;
      }
    }
    throw new EnigmaException(
        ErrorCode.PORT_IN_USE,
        "ports %d to %d are all taken".formatted(wanted, wanted + TRIES - 1));
  }

  /** Not one that the system gives out: that might be a connection's by the time it is used. */
  private int any() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, EPHEMERAL);
      if (isFree(port) && reserve(port)) {
        return port;
      }
    }
    throw new EnigmaException(ErrorCode.PORT_IN_USE, "no free port");
  }

  private boolean reserve(int port) {
    if (given.containsKey(port)) {
      return false;
    }
    try {
      given.put(port, new DatagramSocket(port, InetAddress.getLoopbackAddress()));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public synchronized void close() {
    given.values().forEach(DatagramSocket::close);
    given.clear();
  }
}

package network.enigma.testnet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** Finds ports for one network: the wanted one, or the next that is free; never the same twice. */
final class Ports {
  private static final int TRIES = 200;

  private final Set<Integer> given = new HashSet<>();

  /**
   * @param wanted first choice; 0 for any
   * @throws EnigmaException PORT_IN_USE when none of the next 200 is free
   */
  synchronized int next(int wanted) {
    if (wanted == 0) {
      return any();
    }
    for (int port = wanted; port < Math.min(wanted + TRIES, 65_536); port++) {
      if (!given.contains(port) && isFree(port)) {
        given.add(port);
        return port;
      }
    }
    throw new EnigmaException(
        ErrorCode.PORT_IN_USE,
        "ports %d to %d are all taken".formatted(wanted, wanted + TRIES - 1));
  }

  private int any() {
    for (int i = 0; i < TRIES; i++) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        if (given.add(socket.getLocalPort())) {
          return socket.getLocalPort();
        }
      } catch (IOException e) {
        throw new EnigmaException(ErrorCode.PORT_IN_USE, "no free port: " + e.getMessage());
      }
    }
    throw new EnigmaException(ErrorCode.PORT_IN_USE, "no free port");
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
}

package network.enigma.node.peer;

/**
 * Sees what a host sends to others, as it is inside TLS. Operators can look at that on their own
 * machines at any time; for tests of what they would see.
 */
@FunctionalInterface
public interface PeerTraffic {
  /** Shown to nobody. */
  PeerTraffic UNSEEN = (service, message) -> {};

  /**
   * Called before a message is sent, on any thread.
   *
   * @param message a request or the answer to one, not to be changed
   */
  void sent(PeerService service, byte[] message);
}

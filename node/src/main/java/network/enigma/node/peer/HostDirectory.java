package network.enigma.node.peer;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumAccount;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the hosts of the network are reached, as the registry has it. What a host says of itself
 * there is no proof: who answers at an address must show a certificate of the operator registered.
 * May be used by many threads.
 */
public final class HostDirectory {
  private static final Logger log = LoggerFactory.getLogger(HostDirectory.class);

  /** Blocks that are read again, since they may have been replaced. */
  private static final long READ_AGAIN = 64;

  private final EnigmaContract contract;
  private final Set<Address> enclaves = new LinkedHashSet<>();
  private long readTo = -1;

  public HostDirectory(EnigmaContract contract) {
    this.contract = contract;
  }

  /**
   * Says where the host of an enclave is reached, unless the registry has it already. A host that
   * cannot say so serves all the same.
   */
  public static void publish(
      EnigmaContract contract, EthereumAccount operator, Address enclave, String url, String peer) {
    try {
      Enigma.Endpoint known = contract.endpoint(enclave);
      if (!known.url().equals(url) || !known.peer().equals(peer)) {
        operator.execute(contract.setEndpoint(enclave, url, peer));
        log.info("the registry names {} as this host", peer);
      }
    } catch (EnigmaException e) {
      log.warn("the registry does not name this host: {}", e.getMessage());
    }
  }

  private synchronized List<Address> enclaves() {
    long newest = contract.rpc().blockNumber();
    enclaves.addAll(contract.enclavesWithEndpoints(Math.max(0, readTo - READ_AGAIN), newest));
    readTo = newest;
    return List.copyOf(enclaves);
  }

  /** The listed key managers that say where they are reached. */
  public List<PeerEndpoint> keyManagers() {
    List<PeerEndpoint> found = new ArrayList<>();
    for (Address enclave : enclaves()) {
      Enigma.KeyManagerView view = contract.keyManager(enclave);
      String peer = contract.endpoint(enclave).peer();
      if (view.listed() && !peer.isEmpty()) {
        found.add(new PeerEndpoint(peer, Address.of(view.operator())));
      }
    }
    return found;
  }

  /** The registered workers that say where they are reached. */
  public List<PeerEndpoint> workers() {
    List<PeerEndpoint> found = new ArrayList<>();
    for (Address enclave : enclaves()) {
      long worker = contract.workerOf(enclave);
      String peer = contract.endpoint(enclave).peer();
      if (worker != 0 && !peer.isEmpty()) {
        found.add(new PeerEndpoint(peer, Address.of(contract.worker(worker).operator())));
      }
    }
    return found;
  }
}

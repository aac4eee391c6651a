package network.enigma.client;

import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.client.store.ClientStore;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Eip712Domain;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.crypto.SigningKey;

/**
 * A network as one process reaches it: its contract, its nodes, and what is learnt of both. Shared
 * by a client and those of its session keys.
 *
 * @param rpc the user's own Ethereum endpoint
 * @param threads follow tasks and store them
 */
record Connection(
    EthereumRpc rpc,
    Ledger ledger,
    Nodes nodes,
    ExecutorService threads,
    Eip712Domain domain,
    Bytes32 networkHash,
    Enigma.Parameters parameters,
    ClientStore store,
    Settings settings,
    RealmKeys realmKeys,
    TaskVerifier verifier,
    Commits commits)
    implements AutoCloseable {

  /**
   * Connects and checks the network.
   *
   * @param key of the account that pays for transactions
   * @throws EnigmaException SIMULATED_NETWORK unless allowed, WRONG_ADDRESS_BOOK, NETWORK_MISMATCH,
   *     CHAIN_UNREACHABLE
   */
  static Connection open(
      URI ethereum,
      List<URI> urls,
      Address enigma,
      SigningKey key,
      ClientStore store,
      Settings settings) {
    EthereumRpc rpc = new EthereumRpc(ethereum);
    try {
      Ledger ledger = new Ledger(rpc, new EthereumAccount(rpc, key), enigma);
      Eip712Domain domain = new Eip712Domain(rpc.chainId(), ledger.enigma());
      Bytes32 networkHash = ledger.networkHash();
      Enigma.Parameters parameters = ledger.parameters();
      boolean simulated = isSimulated(parameters);
      if (simulated && !settings.allowSimulated()) {
        throw new EnigmaException(
            ErrorCode.SIMULATED_NETWORK,
            "the network at %s runs simulated enclaves; call allowSimulated() to use it all the same"
                .formatted(ledger.enigma().hex()));
      }
      if (networkHash.isZero()) {
        throw new EnigmaException(
            ErrorCode.NETWORK_MISMATCH, "the Enigma contract has no network hash yet");
      }
      ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
      return new Connection(
          rpc,
          ledger,
          new Nodes(urls, settings.nodeTimeout(), ledger::nodeUrls),
          threads,
          domain,
          networkHash,
          parameters,
          store,
          settings,
          new RealmKeys(ledger, settings.keyPatience(), settings.listener()),
          new TaskVerifier(ledger, domain),
          new Commits(ledger, threads, !simulated));
    } catch (RuntimeException e) {
      rpc.close();
      throw e;
    }
  }

  private static boolean isSimulated(Enigma.Parameters parameters) {
    return parameters.mode() == 0;
  }

  /** Whether the network's enclaves are simulated, by its contract's word. */
  boolean isSimulated() {
    return isSimulated(parameters);
  }

  void tell(ClientEvent event) {
    settings.listener().accept(event);
  }

  /** Ends the threads that wait; tasks go on. */
  @Override
  public void close() {
    threads.shutdownNow();
    nodes.close();
    rpc.close();
  }
}

package network.enigma.node;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import network.enigma.chain.BlockTag;
import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumLog;
import network.enigma.chain.EthereumRpc;
import network.enigma.chain.ProofSource;
import network.enigma.contracts.Enigma;
import network.enigma.node.commit.Committer;
import network.enigma.node.enclave.WorkerEnclave;
import network.enigma.node.follow.ChainState;
import network.enigma.node.follow.ChainWatch;
import network.enigma.node.follow.ContractCodes;
import network.enigma.node.follow.PostedEnvelope;
import network.enigma.node.follow.ProofCache;
import network.enigma.node.keymanager.KnownKeyManagers;
import network.enigma.node.lease.KeyManagerQuorum;
import network.enigma.node.lease.LeaseTaker;
import network.enigma.node.peer.HostDirectory;
import network.enigma.node.peer.PeerEndpoint;
import network.enigma.node.peer.PeerIdentity;
import network.enigma.node.peer.PeerServer;
import network.enigma.node.peer.PeerService;
import network.enigma.node.peer.WorkerPeers;
import network.enigma.node.register.WorkerRegistration;
import network.enigma.node.replicate.BackupChoice;
import network.enigma.node.replicate.BackupDesk;
import network.enigma.node.replicate.KeptOrders;
import network.enigma.node.rpc.EvidenceDesk;
import network.enigma.node.rpc.MetricsServer;
import network.enigma.node.rpc.NodeMethods;
import network.enigma.node.rpc.NodeMetrics;
import network.enigma.node.rpc.PeerDesk;
import network.enigma.node.rpc.RpcServer;
import network.enigma.node.rpc.TaskDesk;
import network.enigma.node.rpc.TaskJournal;
import network.enigma.node.rpc.TaskReports;
import network.enigma.node.rpc.TaskSubscriptions;
import network.enigma.node.schedule.Realms;
import network.enigma.node.schedule.TaskBoard;
import network.enigma.node.schedule.WorkerParts;
import network.enigma.node.storage.NodeStore;
import network.enigma.platform.EnclaveChannel;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.NetworkConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's host. {@link #start} wires the rooms in the order in which a task passes them,
 * registers the worker if it is not registered, and takes up what an earlier life left.
 */
public final class WorkerNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerNode.class);
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration CLEAN_END = Duration.ofSeconds(15);

  private final Resources resources = new Resources();
  private final WorkerParts parts;
  private final Realms realms;
  private final RpcServer rpc;
  private final PeerServer peerServer;
  private final int metricsPort;
  private final Address operator;
  private final AtomicBoolean moved = new AtomicBoolean();

  private WorkerNode(WorkerNodeConfig config, EnclaveChannel channel) {
    try {
      resources.own(channel);
      NetworkConfig network = config.network();
      this.operator = config.operator().address();
      NodeStore store =
          resources.own(NodeStore.open(config.directory(), network, "worker", config.disk()));
      WorkerEnclave enclave = new WorkerEnclave(channel, network, store);
      EthereumRpc ethereum = resources.own(new EthereumRpc(config.ethereum()));
      EnigmaContract contract = new EnigmaContract(ethereum, network.enigma());
      EthereumAccount account = new EthereumAccount(ethereum, config.operator());
      PeerIdentity identity =
          PeerIdentity.create(config.operator(), network.hash()).seenBy(config.traffic());
      HostDirectory directory = new HostDirectory(contract);
      KnownKeyManagers keyManagers = resources.own(new KnownKeyManagers(identity));
      keyManagers.reachAt(directory.keyManagers());

      WorkerRegistration registration =
          new WorkerRegistration(
              contract,
              account,
              channel,
              enclave.enclave(),
              keyManagers::all,
              network,
              config.completion(),
              store);
      long worker =
          registration.ensure(
              config.seats(), ethereum.header(BlockTag.LATEST).orElseThrow().timestamp());

      ChainState state = new ChainState(contract);
      ProofCache proofs = new ProofCache(new ProofSource(ethereum), enclave);
      KeyManagerQuorum quorum = new KeyManagerQuorum(keyManagers::all);
      NodeMetrics metrics = new NodeMetrics();
      TaskBoard board = new TaskBoard();
      TaskJournal journal =
          new TaskJournal(
              InstantSource.system(), (realm, taskId) -> store.result(realm, taskId).isPresent());
      board.listen(journal);
      WorkerPeers peers = resources.own(new WorkerPeers(identity));
      AtomicReference<Optional<Realms>> realmsLater = new AtomicReference<>(Optional.empty());
      Committer committer =
          resources.own(
              new Committer(
                  contract,
                  account,
                  (realm, endSequence, reason) ->
                      realmsLater
                          .get()
                          .ifPresent(each -> each.refused(realm, endSequence, reason))));
      this.parts =
          new WorkerParts(
              worker,
              account,
              contract,
              enclave,
              state,
              proofs,
              new ContractCodes(ethereum),
              quorum,
              new LeaseTaker(enclave, state, proofs, quorum, account),
              store,
              new KeptOrders(store, network),
              new BackupChoice(worker, network.parameters().minBackups(), state, peers),
              board,
              peers,
              committer,
              metrics);
      this.realms =
          resources.own(new Realms(parts, new PostedEnvelope(ethereum), config.renewals()));
      realmsLater.set(Optional.of(realms));
      ChainWatch watch =
          resources.own(
              ChainWatch.start(
                  ethereum,
                  contract,
                  state,
                  enclave,
                  0,
                  LOOK,
                  observer(registration, directory, keyManagers)));
      watch.awaitBlock(ethereum.blockNumber(), Duration.ofSeconds(60));
      look(directory, keyManagers);
      realms.resume();

      TaskReports reports =
          new TaskReports(
              store,
              realms::finalNumber,
              enclave::heldTip,
              network.parameters().maxBatchAge(),
              this::workerOf);
      TaskDesk tasks = new TaskDesk(parts, realms, reports, journal);
      BackupDesk backups = new BackupDesk(enclave, state, proofs, store, realms::holds);
      EvidenceDesk evidence = new EvidenceDesk(parts);
      this.peerServer =
          resources.own(
              PeerServer.start(
                  LOOPBACK,
                  config.peerPort(),
                  identity,
                  state::isOperator,
                  Map.of(PeerService.PEER, new PeerDesk(state, tasks, backups, evidence))));
      NodeMethods methods = new NodeMethods(parts, realms, tasks, watch::outage, evidence);
      this.rpc =
          resources.own(
              RpcServer.start(
                  new RpcServer.Settings(LOOPBACK, config.rpcPort(), Set.of("*"), 20_000),
                  methods.byName(),
                  new TaskSubscriptions(tasks, board),
                  watch::outage));
      this.metricsPort = startMetrics(config.metricsPort(), metrics);
      HostDirectory.publish(
          contract, account, enclave.enclave(), rpcUrl().toString(), peerServer.address());
      log.info("worker {} serves {}", worker, rpcUrl());
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  /**
   * Starts a worker; returns when it serves.
   *
   * @param channel its enclave; owned by the node from now on
   */
  public static WorkerNode start(WorkerNodeConfig config, EnclaveChannel channel) {
    return new WorkerNode(config, channel);
  }

  /** Meets the hosts that the registry names now. */
  private void look(HostDirectory directory, KnownKeyManagers keyManagers) {
    try {
      keyManagers.reachAt(directory.keyManagers());
      directory.workers().forEach(parts.peers()::meet);
    } catch (EnigmaException e) {
      log.warn("the registry of hosts cannot be read: {}", e.getMessage());
    }
  }

  private ChainWatch.Observer observer(
      WorkerRegistration registration, HostDirectory directory, KnownKeyManagers keyManagers) {
    return new ChainWatch.Observer() {
      @Override
      public void event(Enigma.Event event, EthereumLog where) {
        realms.event(event, where);
        switch (event) {
          case Enigma.Event.EndpointSet _,
              Enigma.Event.KeyManagerAdded _,
              Enigma.Event.KeyManagerRemoved _ ->
              moved.set(true);
          default -> {}
        }
      }

      @Override
      public void rolledBack(long toNumber) {
        realms.rolledBack(toNumber);
      }

      @Override
      public void caughtUp(long blockNumber, long finalNumber) {
        realms.caughtUp(blockNumber, finalNumber);
        if (moved.getAndSet(false)) {
          Thread.ofVirtual().name("registry").start(() -> look(directory, keyManagers));
        }
        Thread.ofVirtual()
            .name("renewal")
            .start(() -> {
              try {
                registration.renewIfDue(parts.enclave().tip().timestamp());
              } catch (EnigmaException e) {
                log.warn("the admission is not renewed: {}", e.getMessage());
              }
            });
      }
    };
  }

  private long workerOf(Address enclave) {
    return parts.state().workers().stream()
        .filter(each -> each.enclave().equals(enclave))
        .mapToLong(ChainState.WorkerFacts::number)
        .findFirst()
        .orElse(0);
  }

  private int startMetrics(int port, NodeMetrics metrics) {
    return port < 0 ? -1 : resources.own(MetricsServer.start(LOOPBACK, port, metrics)).port();
  }

  /** URL of the JSON-RPC over HTTP; the same with {@code ws} for WebSocket. */
  public URI rpcUrl() {
    return URI.create("http://" + rpc.authority());
  }

  /** Where other workers reach it. */
  public PeerEndpoint endpoint() {
    return new PeerEndpoint(peerServer.address(), operator);
  }

  /** Number of the worker in the registry. */
  public long worker() {
    return parts.worker();
  }

  /** Account of the enclave. */
  public Address enclave() {
    return parts.enclave().enclave();
  }

  /** Port of the metrics, −1 for none. */
  public int metricsPort() {
    return metricsPort;
  }

  /** Where it keeps its files. */
  public Path directory() {
    return parts.store().path();
  }

  /** Operators of the other workers whose hosts it can reach by now. */
  public Set<Address> peers() {
    return Set.copyOf(parts.peers().operators());
  }

  /**
   * Ends cleanly: what was accepted is anchored and committed first, as far as the others answer.
   */
  @Override
  public void close() {
    if (!realms.settle(CLEAN_END)) {
      log.warn("not everything is committed; the next start takes it up");
    }
    resources.close();
  }

  /** Ends at once, as a power failure would: nothing is finished or committed. */
  public void kill() {
    resources.close();
  }
}

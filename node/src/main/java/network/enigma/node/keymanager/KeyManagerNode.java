package network.enigma.node.keymanager;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.ethereum.BlockHeader;
import network.enigma.node.peer.HostDirectory;
import network.enigma.node.peer.PeerClient;
import network.enigma.node.peer.PeerEndpoint;
import network.enigma.node.peer.PeerIdentity;
import network.enigma.node.peer.PeerServer;
import network.enigma.node.peer.PeerService;
import network.enigma.platform.EnclaveChannel;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A key manager's host: serves workers and other key managers, and looks after its duties with
 * every block. Owns its connections; the enclave channel it was given is closed with it.
 */
public final class KeyManagerNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KeyManagerNode.class);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Blocks between two looks for key managers that moved or are new. */
  private static final long LOOK_AT_REGISTRY = 5;

  private static final String LOOPBACK = "127.0.0.1";

  private final KeyManagerNodeConfig config;
  private final EnclaveChannel channel;
  private final EthereumRpc ethereum;
  private final KeyManagerHost host;
  private final PeerIdentity identity;
  private final PeerServer server;
  private final SeedDuty seeds;
  private final HeadsDuty heads;
  private final KnownKeyManagers known;
  private final HostDirectory directory;
  private final EthereumAccount account;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile Group group = new Group(List.of(), List.of(), List.of(), 0);
  private long lookAtRegistry;
  private Optional<Thread> duties = Optional.empty();

  /**
   * The key managers as they are known now.
   *
   * @param endpoints of all, in an order all agree on
   * @param others all but this one
   * @param all this one among them
   * @param own position of this one
   */
  private record Group(
      List<PeerEndpoint> endpoints,
      List<KeyManagerClient> others,
      List<KeyManagerClient> all,
      int own) {}

  private KeyManagerNode(KeyManagerNodeConfig config, EnclaveChannel channel) {
    this.config = config;
    this.channel = channel;
    this.ethereum = new EthereumRpc(config.ethereum());
    KeptFile sealedState = KeptFile.sealedState(config.directory());
    boolean fresh = sealedState.read().isEmpty();
    this.host =
        new KeyManagerHost(
            config.network(),
            channel,
            ethereum,
            sealedState,
            KeptFile.evidence(config.directory()),
            config.completion());
    this.account = new EthereumAccount(ethereum, config.operator());
    this.directory = new HostDirectory(host.contract());
    this.seeds = new SeedDuty(host, account, config.network().parameters().epochBlocks());
    this.heads = new HeadsDuty(host, account, config.network().parameters().nonceWait(), fresh);
    this.identity =
        PeerIdentity.create(config.operator(), config.network().hash()).seenBy(config.traffic());
    this.known = new KnownKeyManagers(identity);
    // Anybody may ask, workers that want to be admitted among them; the enclave decides.
    this.server =
        PeerServer.start(
            LOOPBACK,
            config.peerPort(),
            identity,
            operator -> true,
            Map.of(PeerService.KEY_MANAGER, (caller, request) -> host.handle(request)));
  }

  /**
   * Starts a key manager that serves, but has no duties before {@link #connect}.
   *
   * @param channel its enclave; owned by the node from now on
   */
  public static KeyManagerNode start(KeyManagerNodeConfig config, EnclaveChannel channel) {
    try {
      return new KeyManagerNode(config, channel);
    } catch (RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether it counts in quorums: not while a restarted one looks for the heads (rule S3). */
  public boolean counts() {
    return heads.counting();
  }

  public Address enclave() {
    return host.enclave();
  }

  public PeerEndpoint endpoint() {
    return new PeerEndpoint(server.address(), config.operator().address());
  }

  /**
   * Evidence of the enclave to be listed with, bound to the operator and the nonce. The host keeps
   * it and shows it to anybody from now on.
   *
   * @throws EnigmaException {@code COLLATERAL_UNAVAILABLE} where the machine's evidence comes
   *     without and none is to be had
   */
  public EnclaveEvidence evidence(Bytes32 nonce) {
    return host.evidence(config.operator().address(), nonce);
  }

  /**
   * Makes the master secret of a generation: for its first member.
   *
   * @return the check hash for the generation record
   */
  public Bytes32 generateMaster(long generation) {
    return host.generateMaster(generation);
  }

  /** Fetches the master secret of a generation, once the record is on chain. */
  public void fetchMaster(long generation, PeerEndpoint from) {
    try (PeerClient connection = connection(from)) {
      host.fetchMaster(generation, client(connection));
    }
  }

  /** Says in the registry where this key manager is reached, which must be listed there. */
  public void publish() {
    HostDirectory.publish(host.contract(), account, enclave(), "", server.address());
  }

  /** Begins the duties, with the key managers that the registry names, now and later. */
  public void connect() {
    meet(directory.keyManagers());
    duties = Optional.of(Thread.ofVirtual().name("key-manager-duties").start(this::performDuties));
  }

  private void meet(List<PeerEndpoint> keyManagers) {
    List<PeerEndpoint> ordered =
        keyManagers.stream().sorted(Comparator.comparing(PeerEndpoint::operator)).toList();
    if (ordered.equals(group.endpoints)) {
      return;
    }
    known.reachAt(ordered.stream().filter(each -> !each.equals(endpoint())).toList());
    List<KeyManagerClient> others = known.all();
    List<KeyManagerClient> all = new ArrayList<>(others);
    int own = ordered.indexOf(endpoint());
    if (own >= 0) {
      all.add(own, new KeyManagerClient(host::handle));
    }
    group = new Group(ordered, others, List.copyOf(all), Math.max(0, own));
  }

  private PeerClient connection(PeerEndpoint to) {
    return PeerClient.to(to.address(), identity, to.operator()::equals);
  }

  private static KeyManagerClient client(PeerClient connection) {
    return new KeyManagerClient(
        request -> connection.call(PeerService.KEY_MANAGER, request, PATIENCE));
  }

  private void performDuties() {
    long done = -1;
    boolean seedTried = false;
    try {
      do {
        try {
          if (host.reconfigureIfRestarted()) {
            heads.restarted();
          }
          BlockHeader tip = host.advanceHeaders();
          if (tip.number() != done) {
            if (tip.number() >= lookAtRegistry) {
              lookAtRegistry = tip.number() + LOOK_AT_REGISTRY;
              meet(directory.keyManagers());
            }
            heads.perform(group.others, tip.number());
            done = tip.number();
            seedTried = group.all.isEmpty();
          }
          if (!seedTried) {
            seedTried = seeds.perform(group.all, group.own, tip.number());
          }
        } catch (EnigmaException e) {
          LOG.warn("a duty waits: {}", e.getMessage());
        } catch (RuntimeException e) {
          LOG.error("a duty failed", e);
        }
      } while (!stopped.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stopped.countDown();
    try {
      if (duties.isPresent()) {
        duties.get().join(PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.close();
    known.close();
    channel.close();
    ethereum.close();
  }
}

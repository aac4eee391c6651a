package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumRpc;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.TaskStage;
import network.enigma.node.peer.HostDirectory;
import network.enigma.node.peer.PeerClient;
import network.enigma.node.peer.PeerEndpoint;
import network.enigma.node.peer.PeerIdentity;
import network.enigma.node.peer.PeerService;
import network.enigma.node.replicate.PeerCall;
import network.enigma.node.storage.LogEntry;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Head;
import network.enigma.protocol.Realms;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.crypto.SigningKey;
import network.enigma.protocol.wire.WireReader;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The operator of a registered worker tries to spoil what another worker keeps of a realm, so that
 * nobody could go on with it when its holder is lost (Rule S5).
 */
@ExtendWith(SharedNetwork.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostilePeerTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Hosts take no call that may last longer than two minutes. */
  private static final Duration ANSWER = Duration.ofSeconds(60);

  private static final int ACCOUNT = 6;

  private final Network network;
  private final EnigmaClient client;
  private final Bytes32 networkHash;
  private final List<PeerEndpoint> workers;
  private SecretContract token;
  private Bytes32 realm;

  /** The hostile operator's key, its worker's enclave, and its connection to the victim. */
  private SigningKey hostile;

  private Address hostileEnclave;
  private PeerClient victim;
  private List<LogEntry> before;

  HostilePeerTest(Network network) {
    this.network = network;
    this.client = network.client(ACCOUNT);
    this.networkHash = Bytes32.fromHex(status(0, "network"));
    try (EthereumRpc ethereum = new EthereumRpc(network.testnet().ethereumUrl())) {
      workers =
          new HostDirectory(new EnigmaContract(ethereum, network.testnet().enigma())).workers();
    }
  }

  private String status(int node, String field) {
    URI url = network.testnet().nodeUrls().get(node);
    return EnigmaClient.nodeStatus(url).path(field).asText();
  }

  @BeforeAll
  void fillTheLogOfABackup() {
    token = Network.deployToken(client, 1_000);
    realm = token.realm();
    transfer();
    List<Integer> backups = new ArrayList<>(List.of(0, 1, 2));
    backups.remove(Integer.valueOf(network.holder(client, token)));
    // Who acknowledged the batch has it; that may be one only.
    for (int keeper : backups) {
      int other = backups.get(0) + backups.get(1) - keeper;
      PeerClient connection = connect(network.testnet().workerOperator(other), keeper);
      if (kept(connection).isEmpty()) {
        connection.close();
        continue;
      }
      hostile = network.testnet().workerOperator(other);
      hostileEnclave = Address.fromHex(status(other, "enclave"));
      victim = connection;
      return;
    }
    throw new AssertionError("no backup keeps the realm's log");
  }

  private PeerClient connect(SigningKey operator, int worker) {
    Address wanted = network.testnet().workerOperator(worker).address();
    String address =
        workers.stream()
            .filter(each -> each.operator().equals(wanted))
            .map(PeerEndpoint::address)
            .findFirst()
            .orElseThrow();
    return PeerClient.to(address, PeerIdentity.create(operator, networkHash), wanted::equals);
  }

  private List<LogEntry> log(PeerClient keeper) {
    return PeerCall.readEntries(
        new WireReader(
            keeper.call(PeerService.PEER, new PeerCall.FetchLog(realm).encode(), ANSWER)));
  }

  /** What a backup acknowledged; what it was sent after that, it may still be looking at. */
  private List<LogEntry> kept(PeerClient keeper) {
    return log(keeper).stream().takeWhile(each -> each.batch().isPresent()).toList();
  }

  @BeforeEach
  void remember() {
    before = kept(victim);
  }

  @AfterAll
  void disconnect() {
    victim.close();
  }

  private void transfer() {
    token.call("transfer", Address.zero(), 1).await(TaskStage.COMMITTED, PATIENCE).orThrow();
  }

  private static ErrorCode refusal(ThrowingCallable call) {
    return catchThrowableOfType(EnigmaException.class, call).code();
  }

  private ErrorCode refusalOf(PeerCall call) {
    return refusal(() -> victim.call(PeerService.PEER, call.encode(), ANSWER));
  }

  /** What the victim kept is there byte by byte; meanwhile it may get more and learn of blocks. */
  private void assertNothingIsLost() {
    List<LogEntry> after = log(victim);
    assertThat(withoutPlaces(after)).startsWith(withoutPlaces(before).toArray(LogEntry[]::new));
    for (int i = 0; i < before.size(); i++) {
      if (before.get(i).committed().isPresent()) {
        assertThat(after.get(i)).isEqualTo(before.get(i));
      }
    }
    transfer();
  }

  /** The steps as they are before a host notes in which block they were committed. */
  private static List<LogEntry> withoutPlaces(List<LogEntry> log) {
    return log.stream().map(each -> each.committedAt(Optional.empty())).toList();
  }

  private static LogEntry with(LogEntry entry, long endSequence, Address enclave, Signature head) {
    return new LogEntry(
        entry.realm(),
        endSequence,
        entry.snapshot(),
        entry.lease(),
        enclave,
        entry.stateHash(),
        Bytes.of(new byte[4_096]),
        head,
        entry.batch(),
        entry.committed());
  }

  private PeerCall.Hold hold(Address enclave, List<LogEntry> entries) {
    long lease = entries.getLast().lease();
    return new PeerCall.Hold(
        realm,
        entries.getLast().batch().orElseThrow().tenure(),
        lease,
        enclave,
        List.of(),
        Optional.of(new WorkerRequest.Start(0, Realms.genesisStateHash(realm))),
        entries,
        1);
  }

  @Test
  void stepsThatNoQuorumVouchesForReplaceNothing() {
    List<LogEntry> spoilt =
        before.stream()
            .map(each -> with(each, each.endSequence(), each.enclave(), each.headSignature()))
            .toList();
    assertThat(refusalOf(hold(hostileEnclave, spoilt))).isEqualTo(ErrorCode.QUORUM_NOT_REACHED);
    assertThat(refusalOf(hold(before.getLast().enclave(), spoilt)))
        .isEqualTo(ErrorCode.NOT_PERMITTED);
    assertNothingIsLost();
  }

  @Test
  void aStepThatIsNotWhatItsBatchSaysReplacesNothing() {
    LogEntry last = before.getLast();
    LogEntry moved = with(last, last.endSequence() + 1, last.enclave(), last.headSignature());
    assertThat(refusalOf(hold(hostileEnclave, List.of(moved))))
        .isEqualTo(ErrorCode.MALFORMED_MESSAGE);
    assertNothingIsLost();
  }

  @Test
  void aStepThatTheCallersEnclaveDidNotMakeIsNotKept() {
    LogEntry last = before.getLast();
    long next = last.endSequence() + 1;
    Signature forged =
        hostile.sign(
            new Head(realm, last.lease(), next, last.stateHash()).digest(network.domain()));
    assertThat(refusalOf(new PeerCall.Keep(with(last, next, hostileEnclave, forged).asMade())))
        .isEqualTo(ErrorCode.BAD_SIGNATURE);
    assertThat(refusalOf(new PeerCall.Keep(with(last, next, last.enclave(), forged).asMade())))
        .isEqualTo(ErrorCode.NOT_PERMITTED);
    assertNothingIsLost();
  }

  @Test
  void aStrangerIsNotEvenConnected() {
    try (PeerClient stranger = connect(SigningKey.generate(), 0)) {
      assertThat(refusal(() -> log(stranger))).isEqualTo(ErrorCode.HOLDER_UNREACHABLE);
    }
  }
}

package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.Decision;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.Verdict;
import network.enigma.attestation.simulation.SimulatedMachine;
import network.enigma.attestation.simulation.SimulatedPart;
import network.enigma.attestation.simulation.Validity;
import network.enigma.chain.BlockTag;
import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumLog;
import network.enigma.chain.EthereumRpc;
import network.enigma.cli.EnigmaCommand;
import network.enigma.client.Attestation;
import network.enigma.client.EnigmaClient;
import network.enigma.client.KeyManagerAttestations;
import network.enigma.client.SecretContract;
import network.enigma.contracts.Enigma;
import network.enigma.platform.EnclaveChannel;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.protocol.channel.WorkerResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Evidence from a worker's enclave to a user's eyes, good and bad. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init")
class EvidenceTest {
  private static final int BAD = 2;

  /** The worker whose first admission is short. */
  private static final int BRIEF = 0;

  private static final long BRIEF_SECONDS = 60;

  private final AtomicBoolean revoked = new AtomicBoolean();
  private final AtomicBoolean brief = new AtomicBoolean(true);
  private SimulatedVendor vendor;
  private Network network;

  @BeforeAll
  void start() throws IOException {
    vendor = new SimulatedVendor();
    network =
        Network.start(options -> options.channels(this::between).collateral(vendor.options()));
  }

  @AfterAll
  void close() throws IOException {
    network.close();
    vendor.close();
  }

  /**
   * Machines as there are: some give evidence without collateral, one has its certificate revoked
   * at some time, and the collateral of one ends soon.
   */
  private EnclaveChannel between(Role role, int index, EnclaveChannel channel) {
    return new EnclaveChannel() {
      @Override
      public byte[] call(byte[] request) {
        byte[] answer = channel.call(request);
        if (answer.length < 2_000
            || !(decoded(role, answer) instanceof SharedResponse.Evidence given)) {
          return answer;
        }
        Bytes evidence = given.evidence();
        if (role == Role.WORKER && index == BAD && revoked.get()) {
          evidence = ofRevokedMachine(evidence);
        } else if (role == Role.WORKER && index == BRIEF && brief.getAndSet(false)) {
          evidence = endingSoon(evidence);
        } else if (index != BRIEF) {
          evidence = withoutCollateral(evidence);
        }
        return new SharedResponse.Evidence(evidence).encode();
      }

      @Override
      public long incarnation() {
        return channel.incarnation();
      }

      @Override
      public void close() {
        channel.close();
      }
    };
  }

  private static Object decoded(Role role, byte[] answer) {
    return switch (role) {
      case WORKER -> WorkerResponse.decode(answer);
      case KEY_MANAGER -> KeyManagerResponse.decode(answer);
    };
  }

  private static Bytes withoutCollateral(Bytes evidence) {
    return new EvidenceBundle(EvidenceBundle.decode(evidence).evidence(), new Collateral.None())
        .encode();
  }

  private static Bytes endingSoon(Bytes evidence) {
    Instant now = Instant.now();
    return of(
        evidence,
        SimulatedMachine.builder(
            new Validity(now.minusSeconds(3_600), now.plusSeconds(BRIEF_SECONDS))));
  }

  private static Bytes ofRevokedMachine(Bytes evidence) {
    return of(
        evidence,
        SimulatedMachine.builder(SimulatedMachine.around(Instant.now()))
            .revoked(SimulatedPart.PCK));
  }

  private static Bytes of(Bytes evidence, SimulatedMachine.Builder machine) {
    try {
      EvidenceBundle bundle = EvidenceBundle.decode(evidence);
      return machine
          .build()
          .bundle(bundle.read().measurement(), bundle.read().reportData())
          .encode();
    } catch (Refusal e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anybodyCanJudgeAWorkersEvidenceAgainAskingAnyNode() {
    EnigmaClient client = network.client(1);
    for (long worker = 1; worker <= 3; worker++) {
      Attestation attestation = client.attestation(worker);
      assertThat(attestation.decision())
          .as("%s", attestation)
          .isInstanceOf(Decision.Accepted.class);
      assertThat(attestation.orThrow().verdict()).isInstanceOf(Verdict.Simulated.class);
      assertThat(attestation.isHardware()).isFalse();
    }
  }

  @Test
  void exportedEvidenceIsJudgedWithoutAnyNetwork() {
    EnclaveEvidence evidence = network.client(1).attestation(1).evidence();
    Attestation attestation =
        Attestation.judge(EnclaveEvidence.decode(evidence.encode()), Instant.now());
    assertThat(attestation.decision()).isInstanceOf(Decision.Accepted.class);
    Attestation later = Attestation.judge(evidence, Instant.now().plusSeconds(200L * 24 * 3_600));
    assertThat(later.decision()).isInstanceOf(Decision.Refused.class);
  }

  @Test
  void anybodyCanJudgeTheKeyManagersToo() {
    KeyManagerAttestations found = network.client(1).keyManagerAttestations(1);
    assertThat(found.members()).isEqualTo(3);
    assertThat(found.silent()).isZero();
    assertThat(found.isAccepted()).as("%s", found).isTrue();
    assertThat(found.attestations())
        .extracting(attestation -> attestation.evidence().role())
        .containsOnly(Role.KEY_MANAGER);
    assertThat(found.attestations())
        .extracting(attestation -> attestation.evidence().enclave())
        .doesNotHaveDuplicates();
  }

  /**
   * Two of three machines gave no collateral: their hosts fetched what the evidence is judged by.
   */
  @Test
  void hostsCompleteTheEvidenceOfTheirMachines() {
    assertThat(vendor.answers()).isPositive();
    EvidenceBundle bundle = network.client(1).attestation(number(BAD)).evidence().bundle();
    assertThat(bundle.collateral()).isInstanceOf(Collateral.Intel.class);
  }

  /** Evidence is found at the block that the node names, and checked there. */
  @Test
  void nobodySearchesTheWholeChainForEvidence() throws IOException {
    try (RecordingProxy endpoint =
            RecordingProxy.refusing(
                network.testnet().ethereumUrl(), EvidenceTest::searchesSeveralBlocks);
        EnigmaClient client =
            EnigmaClient.builder()
                .ethereum(endpoint.url())
                .nodes(network.testnet().nodeUrls())
                .enigma(network.testnet().enigma())
                .account(network.key(1))
                .home(Network.home())
                .allowSimulated()
                .build()) {
      assertThat(client.attestation(1).decision()).isInstanceOf(Decision.Accepted.class);
      assertThat(client.keyManagerAttestations(1).isAccepted()).isTrue();
    }
  }

  private static boolean searchesSeveralBlocks(String request) {
    Matcher range =
        Pattern.compile("\"fromBlock\":\"(0x[0-9a-f]+)\",\"toBlock\":\"(0x[0-9a-f]+)\"")
            .matcher(request);
    return range.find() && !range.group(1).equals(range.group(2));
  }

  /** At half its life: the first admission of one worker ends a minute after it began. */
  @Test
  void anAdmissionIsRenewedBeforeItEnds() {
    try (EthereumRpc rpc = new EthereumRpc(network.testnet().ethereumUrl())) {
      EnigmaContract contract = new EnigmaContract(rpc, network.testnet().enigma());
      long worker = number(BRIEF);
      Instant deadline = Instant.now().plusSeconds(2 * BRIEF_SECONDS);
      List<EthereumLog> registrations = registrations(rpc, worker);
      while (registrations.size() < 2) {
        assertThat(Instant.now()).isBefore(deadline);
        // Whoever judges the worker finds it well at each moment, also while it is renewed.
        assertThat(network.client(1).attestation(worker).decision())
            .isInstanceOf(Decision.Accepted.class);
        LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
        registrations = registrations(rpc, worker);
      }
      Ended renewed = enigma("verify", Long.toString(worker));
      assertThat(renewed.exit()).as(renewed.err()).isZero();
      long first = notAfter(contract, registrations.getFirst());
      long began = time(rpc, registrations.getFirst());
      assertThat(first - began).isLessThanOrEqualTo(BRIEF_SECONDS);
      // By the clock of its host, which the time of early blocks is ahead of; whole seconds.
      assertThat(time(rpc, registrations.get(1))).isBetween(first - BRIEF_SECONDS / 2 - 2, first);
      assertThat(notAfter(contract, registrations.get(1))).isGreaterThan(first);
    }
  }

  private long number(int index) {
    return Long.decode(
        EnigmaClient.nodeStatus(network.testnet().nodeUrls().get(index)).path("worker").asText());
  }

  private List<EthereumLog> registrations(EthereumRpc rpc, long worker) {
    return rpc.logs(
        network.testnet().enigma(),
        List.of(Bytes32.fromHex(Enigma.Event.WorkerRegistered.TOPIC), Bytes32.ofUnsigned(worker)),
        0,
        rpc.blockNumber());
  }

  private static long notAfter(EnigmaContract contract, EthereumLog registration) {
    return ((Enigma.Event.WorkerRegistered) contract.event(registration).orElseThrow()).notAfter();
  }

  private static long time(EthereumRpc rpc, EthereumLog log) {
    return rpc.header(BlockTag.of(log.blockNumber())).orElseThrow().timestamp();
  }

  private record Ended(int exit, String out, String err) {}

  private Ended enigma(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        EnigmaCommand.run(
            Map.of("ENIGMA_HOME", network.userDirectory().toString()),
            false,
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            arguments);
    return new Ended(exit, out.toString(), err.toString());
  }

  @Test
  void theCommandsSayAllThis(@TempDir Path directory) throws IOException {
    Ended worker = enigma("verify", "2");
    assertThat(worker.exit()).as(worker.err()).isZero();
    assertThat(worker.out()).contains("SIMULATED", "when key managers admitted the enclave");

    Path archive = directory.resolve("worker.zip");
    Path file = directory.resolve("worker.evidence");
    Ended exported =
        enigma("evidence", "export", "2", "-o", file.toString(), "--archive", archive.toString());
    assertThat(exported.exit()).as(exported.err()).isZero();
    for (Path each : List.of(archive, file)) {
      Ended offline = enigma("verify", each.toString());
      assertThat(offline.exit()).as(offline.err()).isZero();
      assertThat(offline.out())
          .contains("SIMULATED", "bound to this network", "a file does not know the chain");
    }

    Path bare = directory.resolve("bare.evidence");
    EnclaveEvidence evidence = network.client(1).attestation(2).evidence();
    Files.write(bare, evidence.bundle().evidence().toByteArray());
    Path whole = directory.resolve("whole.zip");
    Ended completed =
        enigma(
            "evidence",
            "complete",
            bare.toString(),
            "-o",
            whole.toString(),
            "--collateral",
            vendor.words());
    assertThat(completed.exit()).as(completed.err()).isZero();
    // Its collateral is there; that it is simulated keeps evidence without a binding from passing.
    Ended bound = enigma("verify", whole.toString());
    assertThat(bound.exit()).isNotZero();
    assertThat(bound.out()).contains("ROOT_NOT_TRUSTED").doesNotContain("COLLATERAL_MISSING");

    SecretContract token = Network.deployToken(network.client(2), 10);
    Ended realm = enigma("verify", token.realm().hex(), "--json");
    assertThat(realm.exit()).as(realm.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(realm.out());
    assertThat(json.path("role").asText()).isEqualTo("WORKER");
    assertThat(json.path("keyManagers").findValuesAsText("role"))
        .containsExactly("KEY_MANAGER", "KEY_MANAGER", "KEY_MANAGER");
    assertThat(json.path("keyManagersWithoutEvidence").asInt()).isZero();

    Path source = Network.home().resolve("contracts/samples/SecretToken.sol");
    Ended deployed = enigma("deploy", source.toString(), "10");
    assertThat(deployed.exit()).as(deployed.err()).isZero();
    Ended byName = enigma("verify", "SecretToken");
    assertThat(byName.exit()).as(byName.err()).isZero();
    assertThat(byName.out()).contains("Key manager 3 of 3");
    Ended unknown = enigma("verify", "Nobody");
    assertThat(unknown.exit()).isNotZero();
    assertThat(unknown.err()).contains("NO_SUCH_CONTRACT", "SecretToken");
  }

  /** The last one: it leaves the network with a worker less. */
  @Test
  @Order(Integer.MAX_VALUE)
  void aWorkerWithBadEvidenceIsRefusedWithTheReasonAndTheOthersGoOn() throws IOException {
    network.testnet().killWorker(BAD);
    // A new enclave, which must be admitted before it gets anything.
    delete(network.testnet().state().resolve("worker-" + (BAD + 1)));
    vendor.leave();
    assertThatThrownBy(() -> network.testnet().restartWorker(BAD))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.COLLATERAL_UNAVAILABLE);
              assertThat(e).hasMessageContaining("vendor has no collateral");
            });
    vendor.comeBack();
    revoked.set(true);
    assertThatThrownBy(() -> network.testnet().restartWorker(BAD))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.QUORUM_NOT_REACHED);
              assertThat(e)
                  .hasMessageContaining("CERTIFICATE_REVOKED")
                  .hasMessageContaining("the machine's certificate has been revoked");
            });
    EnigmaClient client = network.client(2);
    assertThat(client.network().workerCount()).isEqualTo(3);
    deploysAndTransfers(client);
  }

  private void deploysAndTransfers(EnigmaClient client) {
    assertThat(
            Network.deployToken(client, 10)
                .call("transfer", network.client(1).address(), 1)
                .await()
                .value(Boolean.class))
        .isTrue();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

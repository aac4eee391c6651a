package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import network.enigma.attestation.Decision;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.Verdict;
import network.enigma.attestation.simulation.SimulatedMachine;
import network.enigma.attestation.simulation.SimulatedPart;
import network.enigma.client.Attestation;
import network.enigma.client.DeployOptions;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.platform.EnclaveChannel;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.protocol.channel.WorkerResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Evidence from a worker's enclave to a user's eyes, good and bad. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EvidenceTest {
  private static final int BAD = 2;

  private final AtomicBoolean revoked = new AtomicBoolean();
  private Network network;

  @BeforeAll
  void start() {
    network = Network.start(options -> options.channels(this::between));
  }

  @AfterAll
  void close() throws IOException {
    network.close();
  }

  /** One worker's machine gets its certificate revoked at some time. */
  private EnclaveChannel between(Role role, int index, EnclaveChannel channel) {
    if (role != Role.WORKER || index != BAD) {
      return channel;
    }
    return new EnclaveChannel() {
      @Override
      public byte[] call(byte[] request) {
        byte[] answer = channel.call(request);
        return revoked.get()
                && WorkerResponse.decode(answer) instanceof SharedResponse.Evidence evidence
            ? new SharedResponse.Evidence(ofRevokedMachine(evidence.evidence())).encode()
            : answer;
      }

      @Override
      public void close() {
        channel.close();
      }
    };
  }

  private static Bytes ofRevokedMachine(Bytes evidence) {
    try {
      EvidenceBundle bundle = EvidenceBundle.decode(evidence);
      return SimulatedMachine.builder(SimulatedMachine.around(Instant.now()))
          .revoked(SimulatedPart.PCK)
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

  /** The last one: it leaves the network with a worker less. */
  @Test
  @Order(Integer.MAX_VALUE)
  void aWorkerWithBadEvidenceIsRefusedWithTheReasonAndTheOthersGoOn() throws IOException {
    network.testnet().killWorker(BAD);
    // A new enclave, which must be admitted before it gets anything.
    delete(network.testnet().state().resolve("worker-" + (BAD + 1)));
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
    SecretContract token =
        client
            .deploy(
                client.compiler().compileSample("samples/SecretToken.sol"),
                List.of(BigInteger.valueOf(10)),
                DeployOptions.DEFAULT)
            .await();
    assertThat(token.call("transfer", network.client(1).address(), 1).await().value(Boolean.class))
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

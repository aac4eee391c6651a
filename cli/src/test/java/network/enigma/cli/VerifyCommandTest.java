package network.enigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Verifier;
import network.enigma.attestation.simulation.SimulatedMachine;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.ReportData;
import network.enigma.protocol.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code enigma verify} of files, which needs no network. */
class VerifyCommandTest {
  private static final Instant TIME = Instant.parse("2026-06-01T12:00:00Z");
  private static final Bytes32 NETWORK = Keccak.hashText("a network");
  private static final Bytes32 NONCE = Keccak.hashText("a nonce");
  private static final Address ENCLAVE = Address.lastBytesOf(Keccak.hashText("an enclave"));
  private static final Address OPERATOR = Address.lastBytesOf(Keccak.hashText("an operator"));

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path directory;

  private int run(String... arguments) {
    return EnigmaCommand.run(
        Map.of(), false, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  private Path file(Mode claimed) throws IOException {
    Bytes32 hash = ReportData.hash(NETWORK, Role.WORKER, ENCLAVE, OPERATOR, NONCE);
    EvidenceBundle bundle =
        SimulatedMachine.builder(SimulatedMachine.around(TIME))
            .build()
            .bundle(Keccak.hashText("a program"), Verifier.reportData(Mode.SIMULATION, hash));
    Path file = directory.resolve("worker-1.evidence");
    Files.write(
        file,
        new EnclaveEvidence(NETWORK, claimed, Role.WORKER, ENCLAVE, OPERATOR, NONCE, bundle)
            .encode()
            .toByteArray());
    return file;
  }

  @Test
  void simulatedEvidenceIsSaidToProveNothing() throws IOException {
    assertThat(run("verify", file(Mode.SIMULATION).toString(), "--at", TIME.toString()))
        .isEqualTo(ExitCode.OK);
    assertThat(out.toString())
        .contains("SIMULATED")
        .contains("No hardware is behind it")
        .contains("whoever owns the machine can read everything")
        .contains("2026-07-31T12:00:00Z")
        .contains("a file does not know the chain");
  }

  @Test
  void theSameIsThereForPrograms() throws IOException {
    assertThat(run("verify", file(Mode.SIMULATION).toString(), "--at", TIME.toString(), "--json"))
        .isEqualTo(ExitCode.OK);
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.path("accepted").asBoolean()).isTrue();
    assertThat(json.path("security").asText()).isEqualTo("none");
    assertThat(json.path("measurement").asText()).isEqualTo(Keccak.hashText("a program").hex());
    assertThat(json.path("until").asText()).isEqualTo("2026-07-31T12:00:00Z");
  }

  @Test
  void expiredEvidenceIsRefusedWithEveryReason() throws IOException {
    assertThat(run("verify", file(Mode.SIMULATION).toString(), "--at", "2027-01-01T00:00:00Z"))
        .isEqualTo(ExitCode.ENCLAVE);
    assertThat(out.toString())
        .contains("REFUSED")
        .contains("TCB_INFO_EXPIRED")
        .contains("PCK_CRL_EXPIRED");
  }

  @Test
  void simulatedEvidenceThatClaimsHardwareIsRefused() throws IOException {
    assertThat(run("verify", file(Mode.HARDWARE).toString(), "--at", TIME.toString(), "--json"))
        .isEqualTo(ExitCode.ENCLAVE);
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.path("accepted").asBoolean()).isFalse();
    assertThat(json.path("reasons").findValuesAsText("code"))
        .contains("VENDOR_UNKNOWN", "ROOT_NOT_TRUSTED", "BINDING_MISMATCH");
  }

  @Test
  void whatIsNoWorkerRealmOrFileIsSaidToBeNone() {
    assertThat(run("verify", "nonsense")).isEqualTo(ExitCode.USER);
    assertThat(err.toString()).contains("no worker's number");
  }
}

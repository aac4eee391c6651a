package network.enigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Verifier;
import network.enigma.attestation.simulation.SimulatedMachine;
import network.enigma.platform.collateral.EvidenceArchive;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.ReportData;
import network.enigma.protocol.Role;
import org.junit.jupiter.api.Assumptions;
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

  private Path write(String name, Bytes content) throws IOException {
    return Files.write(directory.resolve(name), content.toByteArray());
  }

  private static Bytes read(Path file) {
    try {
      return Bytes.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theArchiveOfAnExportIsJudgedAsTheFileIs() throws IOException {
    EnclaveEvidence evidence = EnclaveEvidence.decode(read(file(Mode.SIMULATION)));
    Path archive = write("worker-1.zip", EvidenceArchive.of(evidence).write());
    assertThat(run("verify", archive.toString(), "--at", TIME.toString(), "--json"))
        .isEqualTo(ExitCode.OK);
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.path("enclave").asText()).isEqualTo(ENCLAVE.checksummed());
    assertThat(json.path("operator").asText()).isEqualTo(OPERATOR.checksummed());
    assertThat(json.path("network").asText()).isEqualTo(NETWORK.hex());
    assertThat(json.path("nonce").asText()).isEqualTo(NONCE.hex());
    assertThat(json.path("security").asText()).isEqualTo("none");
  }

  /** Nobody says that it is simulated: then it has to be hardware. */
  @Test
  void anArchiveThatDoesNotSayWhatItIsBoundToIsJudgedAsHardware() throws IOException {
    EnclaveEvidence evidence = EnclaveEvidence.decode(read(file(Mode.SIMULATION)));
    Path archive =
        write("bare.zip", new EvidenceArchive(evidence.bundle(), Optional.empty()).write());
    assertThat(run("verify", archive.toString(), "--at", TIME.toString()))
        .isEqualTo(ExitCode.ENCLAVE);
    assertThat(out.toString())
        .contains("REFUSED", "ROOT_NOT_TRUSTED", "report data", "What the evidence is about");
  }

  private static Path samples() {
    String named = System.getenv("ENIGMA_ATTESTATION_SAMPLES");
    Optional<Path> folder = Optional.ofNullable(named).map(Path::of).filter(Files::isDirectory);
    for (Path at = Path.of("").toAbsolutePath();
        named == null && folder.isEmpty() && at != null;
        at = at.getParent()) {
      folder = Optional.of(at.resolve("shared/attestation-samples")).filter(Files::isDirectory);
    }
    Assumptions.assumeTrue(
        folder.isPresent(),
        "no attestation samples: set ENIGMA_ATTESTATION_SAMPLES to their folder to run this test");
    return folder.orElseThrow();
  }

  @Test
  void genuineEvidenceOfATrustDomainIsProvenOffline() throws IOException {
    Path sample = samples().resolve("intel/tdx5-90C06F000000-uptodate-alibaba");
    Assumptions.assumeTrue(Files.isDirectory(sample), "another set of samples");
    Path archive = write("tdx.zip", new EvidenceArchive(intel(sample), Optional.empty()).write());
    String time = inside(sample);
    run("verify", archive.toString(), "--at", time, "--json");
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.path("kind").asText() + json.path("reasons"))
        .as("proven, or refused by the policy for what this machine is and nothing else")
        .doesNotContain("SIGNATURE", "CHAIN", "EXPIRED", "MALFORMED", "BINDING");
  }

  private static String inside(Path sample) throws IOException {
    for (JsonNode expected :
        new ObjectMapper().readTree(sample.resolve("meta.json").toFile()).path("expected")) {
      if (expected.path("case").asText().equals("inside-window")) {
        return expected.path("at").asText();
      }
    }
    throw new AssertionError("no date");
  }

  private static EvidenceBundle intel(Path sample) throws IOException {
    return new EvidenceBundle(
        read(sample.resolve("quote.bin")),
        new Collateral.Intel(
            read(sample.resolve("tcb_info.json")),
            signature(sample.resolve("tcb_info.sig.hex")),
            read(sample.resolve("tcb_signing_chain.pem")),
            read(sample.resolve("qe_identity.json")),
            signature(sample.resolve("qe_identity.sig.hex")),
            read(sample.resolve("qe_identity_chain.pem")),
            read(sample.resolve("root_ca_crl.der")),
            read(sample.resolve("pck_crl.der")),
            Bytes.empty()));
  }

  private static Bytes signature(Path file) throws IOException {
    return Bytes.fromHex("0x" + Files.readString(file).strip());
  }

  /** Genuine, and still of a machine whose keys can be extracted: the policy says so. */
  @Test
  void genuineEvidenceOfAnSnpMachineIsJudgedOffline() throws IOException {
    Path snp = samples().resolve("snp");
    Path sample = snp.resolve("samples/snp-milan-v2-virtee");
    Assumptions.assumeTrue(Files.isDirectory(sample), "another set of samples");
    Bytes none = Bytes.empty();
    EvidenceBundle bundle =
        new EvidenceBundle(
            read(sample.resolve("report.bin")),
            new Collateral.Amd(
                read(sample.resolve("vek.der")),
                read(snp.resolve("roots/SEV-Milan.der")),
                read(snp.resolve("roots/ARK-Milan.der")),
                none));
    Path archive = write("snp.zip", new EvidenceArchive(bundle, Optional.empty()).write());
    assertThat(run("verify", archive.toString(), "--at", "2025-06-01T00:00:00Z", "--json"))
        .isEqualTo(ExitCode.ENCLAVE);
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.path("reasons").findValuesAsText("code"))
        .contains("PLATFORM_REFUSED", "TRAIT_REFUSED")
        .doesNotContain("SIGNATURE_INVALID", "CHAIN_INVALID", "CERTIFICATE_EXPIRED");
    assertThat(json.path("reportData").asText()).hasSize(130);
  }

  @Test
  void hostileFilesAreRefusedInWordsThatATerminalCanShow() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("enigma-evidence"));
      zip.write("1\n".getBytes(StandardCharsets.US_ASCII));
      zip.putNextEntry(new ZipEntry("evidence.bin"));
      zip.putNextEntry(new ZipEntry("\u001b[2Jgone"));
    }
    assertThat(run("verify", write("escape.zip", Bytes.of(bytes.toByteArray())).toString()))
        .isNotEqualTo(ExitCode.OK);
    assertThat(run("verify", directory.resolve("\u001b[31mred").toString()))
        .isEqualTo(ExitCode.USER);
    assertThat(err.toString()).doesNotContain("\u001b").contains("?[31mred");
  }

  @Test
  void aSmallArchiveThatUnfoldsToMuchIsRefusedBeforeItDoes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("enigma-evidence"));
      zip.write("1\n".getBytes(StandardCharsets.US_ASCII));
      zip.putNextEntry(new ZipEntry("evidence.bin"));
      byte[] megabyte = new byte[1 << 20];
      for (int i = 0; i < 300; i++) {
        zip.write(megabyte);
      }
    }
    assertThat(bytes.size()).isLessThan(1 << 20);
    assertThat(run("verify", write("bomb.zip", Bytes.of(bytes.toByteArray())).toString()))
        .isNotEqualTo(ExitCode.OK);
    assertThat(err.toString()).contains("it is too large");
  }

  @Test
  void filesCutOrChangedAnywhereAreRefusedAndNothingElseHappens() throws IOException {
    EnclaveEvidence evidence = EnclaveEvidence.decode(read(file(Mode.SIMULATION)));
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(4);
    for (Bytes whole : List.of(evidence.encode(), EvidenceArchive.of(evidence).write())) {
      for (int i = 0; i < 40; i++) {
        byte[] changed = whole.toByteArray();
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        Bytes cut =
            Bytes.of(changed)
                .slice(0, i % 2 == 0 ? changed.length : random.nextInt(changed.length));
        int exit = run("verify", write("hostile", cut).toString(), "--at", TIME.toString());
        assertThat(exit).isIn(ExitCode.OK, ExitCode.ENCLAVE, ExitCode.USER, ExitCode.NETWORK);
      }
    }
    assertThat(err.toString()).doesNotContain("INTERNAL");
  }

  @Test
  void whatIsNoWorkerRealmOrFileIsSaidToBeNone() {
    assertThat(run("verify", "nonsense.evidence")).isEqualTo(ExitCode.USER);
    assertThat(err.toString()).contains("no worker's number");
  }
}

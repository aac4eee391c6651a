package network.enigma.platform.collateral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.Evidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.SevSnpReport;
import network.enigma.attestation.Verdict;
import network.enigma.attestation.Verifier;
import network.enigma.attestation.dcap.QuoteParser;
import network.enigma.attestation.snp.SnpVerifier;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig.Mode;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Genuine evidence without collateral gets it from a server, and is then judged as it should be.
 */
class CompletionTest {
  private static final String VARIABLE = "ENIGMA_ATTESTATION_SAMPLES";
  @TempDir Path directory;

  private static Path samples() {
    String named = System.getenv(VARIABLE);
    Optional<Path> folder = Optional.ofNullable(named).map(Path::of).filter(Files::isDirectory);
    for (Path at = Path.of("").toAbsolutePath();
        named == null && folder.isEmpty() && at != null;
        at = at.getParent()) {
      folder =
          Optional.of(at.resolve("shared").resolve("attestation-samples"))
              .filter(Files::isDirectory);
    }
    Assumptions.assumeTrue(
        folder.isPresent(),
        "no attestation samples: set " + VARIABLE + " to their folder to run this test");
    return folder.orElseThrow();
  }

  private static List<Path> folders(Path parent) {
    try (Stream<Path> all = Files.list(parent)) {
      return all.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Bytes read(Path file) {
    try {
      return Bytes.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    return new String(read(file).toByteArray(), StandardCharsets.UTF_8);
  }

  private static JsonObject meta(Path sample) {
    return JsonParser.parseString(text(sample.resolve("meta.json"))).getAsJsonObject();
  }

  private static Bytes signed(String member, Path value, Path signature) {
    return Bytes.ofText(
        "{\""
            + member
            + "\":"
            + text(value)
            + ",\"signature\":\""
            + text(signature).strip()
            + "\"}");
  }

  private static void serveIntel(LocalVendor vendor, Path sample, JsonObject meta, String tee) {
    JsonObject pck = meta.getAsJsonObject("pck");
    String family = pck.get("fmspc").getAsString().toUpperCase(Locale.ROOT);
    String authority = pck.get("ca").getAsString().contains("Platform") ? "platform" : "processor";
    vendor.serve(
        "/" + tee + "/certification/v4/tcb?fmspc=" + family,
        signed("tcbInfo", sample.resolve("tcb_info.json"), sample.resolve("tcb_info.sig.hex")),
        "TCB-Info-Issuer-Chain",
        text(sample.resolve("tcb_signing_chain.pem")));
    vendor.serve(
        "/" + tee + "/certification/v4/qe/identity",
        signed(
            "enclaveIdentity",
            sample.resolve("qe_identity.json"),
            sample.resolve("qe_identity.sig.hex")),
        "SGX-Enclave-Identity-Issuer-Chain",
        text(sample.resolve("qe_identity_chain.pem")));
    vendor.serve(
        "/sgx/certification/v4/pckcrl?ca=" + authority + "&encoding=der",
        read(sample.resolve("pck_crl.der")));
    vendor.serve("/root.crl", read(sample.resolve("root_ca_crl.der")));
  }

  @TestFactory
  Stream<DynamicTest> quotesOfIntel() {
    return folders(samples().resolve("intel")).stream()
        .map(sample ->
            DynamicTest.dynamicTest(sample.getFileName().toString(), () -> quote(sample)));
  }

  private void quote(Path sample) throws Exception {
    JsonObject meta = meta(sample);
    Bytes quote = read(sample.resolve("quote.bin"));
    Evidence evidence = QuoteParser.parse(quote);
    JsonObject inside = new JsonObject();
    for (JsonElement expected : meta.getAsJsonArray("expected")) {
      if (expected.getAsJsonObject().get("case").getAsString().equals("inside-window")) {
        inside = expected.getAsJsonObject();
      }
    }
    Instant time = Instant.parse(inside.get("at").getAsString());
    try (LocalVendor vendor = new LocalVendor();
        CollateralFetcher fetcher =
            CollateralFetcher.of(
                vendor.services(),
                directory.resolve(sample.getFileName().toString()),
                Clock.fixed(time, ZoneOffset.UTC))) {
      serveIntel(vendor, sample, meta, evidence.kind().name().toLowerCase(Locale.ROOT));

      EvidenceBundle complete =
          Completion.of(new EvidenceBundle(quote, new Collateral.None()), fetcher);
      // By way of the archive, as an auditor gets it.
      Verdict verdict =
          Verifier.of(Mode.HARDWARE)
              .verify(
                  EvidenceArchive.read(new EvidenceArchive(complete, Optional.empty()).write())
                      .bundle(),
                  evidence.reportData(),
                  time);

      String wanted = inside.get("verdict").getAsString();
      if (wanted.equals("REJECT")) {
        assertThat(verdict).isInstanceOf(Verdict.Refused.class);
      } else {
        assertThat(verdict)
            .isInstanceOfSatisfying(
                Verdict.Hardware.class,
                hardware -> assertThat(hardware.facts().status().label()).isEqualTo(wanted));
      }
      assertThat(Completion.of(complete, fetcher)).isEqualTo(complete);
    }
  }

  /** No public sample has AMD's list of revocations, so the verdict ends at it. */
  @TestFactory
  Stream<DynamicTest> reportsOfAmd() {
    Path snp = samples().resolve("snp");
    return folders(snp.resolve("samples")).stream()
        .map(sample ->
            DynamicTest.dynamicTest(
                sample.getFileName().toString(), () -> report(sample, snp.resolve("roots"))));
  }

  private void report(Path sample, Path roots) {
    JsonObject vek = meta(sample).getAsJsonObject("vek");
    SevSnpReport report = SevSnpReport.parse(read(sample.resolve("report.bin")));
    Bytes endorsement = read(sample.resolve("vek.der"));
    String issuer = vek.get("issuer").getAsString();
    boolean lent = issuer.contains("VLEK");
    String line = issuer.replaceAll("^SEV-(VLEK-)?", "");
    Instant start =
        Instant.parse(vek.get("not_before").getAsString().replace(" ", "T").replace("+00:00", "Z"));
    Instant time = start.plusSeconds(86_400);
    String base = "/" + (lent ? "vlek" : "vcek") + "/v1/" + line;
    try (LocalVendor vendor = new LocalVendor();
        CollateralFetcher fetcher =
            CollateralFetcher.of(
                vendor.services(),
                directory.resolve(sample.getFileName().toString()),
                Clock.fixed(time, ZoneOffset.UTC),
                pause -> {})) {
      JsonObject spl = vek.getAsJsonObject("spl");
      if (!lent) {
        vendor.serve(
            base
                + "/"
                + vek.get("hwid").getAsString()
                + "?blSPL=%s&teeSPL=%s&snpSPL=%s&ucodeSPL=%s"
                    .formatted(spl.get("bl"), spl.get("tee"), spl.get("snp"), spl.get("ucode")),
            endorsement);
      }
      vendor.serve(
          base + "/cert_chain",
          LocalVendor.pem(
              read(roots.resolve(issuer + ".der")),
              read(roots.resolve(vek.get("ark").getAsString() + ".der"))));
      vendor.serve(base + "/crl", LocalVendor.crl(time.minusSeconds(9), time.plusSeconds(9)));

      Collateral.Amd collateral =
          (Collateral.Amd)
              Completion.of(
                      new EvidenceBundle(
                          report.core(),
                          lent
                              ? new Collateral.Amd(
                                  endorsement, Bytes.empty(), Bytes.empty(), Bytes.empty())
                              : new Collateral.None()),
                      fetcher)
                  .collateral();

      assertThat(collateral.endorsement()).isEqualTo(endorsement);
      assertThat(
              SnpVerifier.amd()
                  .verify(
                      new EvidenceBundle(
                          report.core(),
                          new Collateral.Amd(
                              endorsement,
                              collateral.intermediate(),
                              collateral.root(),
                              Bytes.empty())),
                      report.reportData(),
                      time))
          .isInstanceOf(Verdict.Hardware.class);
      assertThat(
              SnpVerifier.amd()
                  .verify(new EvidenceBundle(report.core(), collateral), report.reportData(), time))
          .isInstanceOf(Verdict.Refused.class);
    }
  }

  @Test
  void bytesThatAreNoEvidenceAreSaidToBeNone() {
    try (LocalVendor vendor = new LocalVendor();
        CollateralFetcher fetcher =
            CollateralFetcher.of(vendor.services(), directory, Clock.systemUTC())) {
      for (int length : new int[] {0, 10, SevSnpReport.LENGTH, 5_000}) {
        assertThatThrownBy(() ->
                Completion.of(
                    new EvidenceBundle(Bytes.of(new byte[length]), new Collateral.None()), fetcher))
            .isInstanceOfSatisfying(
                EnigmaException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_MESSAGE));
      }
      assertThat(vendor.requests()).isEmpty();
    }
  }
}

package network.enigma.attestation.dcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.QuoteHeader;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Reason.Code;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.Samples;
import network.enigma.attestation.TcbStatus;
import network.enigma.attestation.TrustDomainReport;
import network.enigma.attestation.Verdict;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.NetworkConfig.Mode;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Published evidence that must be refused, each for its reason. */
class NegativeSamplesTest {
  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");
  private static final String HEAD = "-----BEGIN CERTIFICATE-----";

  private static Path sample(String name) {
    Path folder = Samples.in("negative").resolve(name);
    Assumptions.assumeTrue(Files.isDirectory(folder), "no sample " + folder);
    return folder;
  }

  private static String text(Path file) {
    return new String(Samples.read(file).toByteArray(), StandardCharsets.UTF_8);
  }

  private static List<Code> codes(Verdict verdict) {
    assertThat(verdict).as("%s", verdict).isInstanceOf(Verdict.Refused.class);
    return ((Verdict.Refused) verdict).reasons().stream().map(Reason::code).toList();
  }

  @TestFactory
  Stream<DynamicTest> nothingOfItIsProvenByIntelsRoot() {
    return Samples.each("negative").stream()
        .flatMap(folder -> Stream.of("quote.bin", "quote.dat").map(folder::resolve))
        .filter(Files::exists)
        .map(file ->
            DynamicTest.dynamicTest(
                file.toString(),
                () ->
                    assertThat(
                            IntelSample.verify(
                                new EvidenceBundle(Samples.read(file), new Collateral.None()),
                                TIME))
                        .isInstanceOf(Verdict.Refused.class)));
  }

  @Test
  void zerosAfterAQuoteAreNoPartOfItAndNothingElseMayFollow() throws Refusal {
    Bytes padded = Samples.read(sample("tdx4-trailing-zeros").resolve("quote.bin"));
    // Header, body, the signature's length, the signature, which ends with a zero of its own.
    int at = QuoteHeader.LENGTH + TrustDomainReport.LENGTH_1_0;
    int length = at + 4 + ((padded.get(at) & 0xff) | (padded.get(at + 1) & 0xff) << 8);
    assertThat(padded.length()).isGreaterThan(length);
    Bytes trimmed = padded.slice(0, length);
    assertThat(QuoteParser.parse(padded).core()).isEqualTo(QuoteParser.parse(trimmed).core());
    byte[] other = padded.toByteArray();
    other[other.length - 1] = 1;
    assertThatThrownBy(() -> QuoteParser.parse(Bytes.of(other)))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.reason().code()).isEqualTo(Code.MALFORMED_EVIDENCE));
  }

  @Test
  void aQuoteWithoutTheMachinesCertificateIsRefused() {
    Bytes quote = Samples.read(sample("oasis-sgx3-ppid-certtype3").resolve("quote.bin"));
    IntelSample other =
        IntelSample.all().stream()
            .filter(each -> each.name().startsWith("sgx"))
            .findFirst()
            .orElseThrow();
    assertThat(codes(IntelSample.verify(new EvidenceBundle(quote, other.collateral()), TIME)))
        .contains(Code.COLLATERAL_MISSING);
  }

  /** Intel's own test data, under the root that comes with it and under Intel's. */
  private static Verdict judge(Path folder, boolean ownRoot, Instant time) throws Refusal {
    String root = blocks(text(folder.resolve("trustedRootCaCert.pem"))).getFirst();
    Collateral.Intel collateral =
        new Collateral.Intel(
            signed(folder.resolve("tcbInfo.json"), "tcbInfo"),
            signature(folder.resolve("tcbInfo.json")),
            chain(root, text(folder.resolve("tcbSignChain.pem"))),
            signed(folder.resolve("qeIdentity.json"), "enclaveIdentity"),
            signature(folder.resolve("qeIdentity.json")),
            chain(root, text(folder.resolve("tcbSignChain.pem"))),
            Samples.read(folder.resolve("rootCaCrl.der")),
            Samples.read(folder.resolve("intermediateCaCrl.der")),
            chain(
                root,
                text(folder.resolve("pckCert.pem")) + text(folder.resolve("pckSignChain.pem"))));
    TrustAnchors intel = TrustAnchors.intel();
    TrustAnchors anchors =
        ownRoot
            ? new TrustAnchors(
                Mode.HARDWARE,
                Chain.point(Chain.read("the root", Bytes.ofText(root), 1).leaf().getPublicKey()),
                intel.vendorId(),
                intel.rootName(),
                intel.authorityNames(),
                intel.leafName(),
                intel.signerName(),
                Set.of())
            : intel;
    Bytes quote = Samples.read(folder.resolve("quote.dat"));
    return new DcapVerifier(anchors)
        .verify(new EvidenceBundle(quote, collateral), QuoteParser.parse(quote).reportData(), time);
  }

  private static List<String> blocks(String pem) {
    List<String> blocks = new ArrayList<>();
    for (String block : pem.split(HEAD, -1)) {
      if (!block.isBlank()) {
        blocks.add(HEAD + block);
      }
    }
    return blocks;
  }

  /** Certificates with the root last. */
  private static Bytes chain(String root, String pem) {
    List<String> blocks = blocks(pem);
    blocks.removeIf(root::equals);
    return Bytes.ofText(String.join("", blocks) + root);
  }

  private static Bytes signed(Path file, String name) {
    String json = text(file);
    String head = "{\"" + name + "\":";
    return Bytes.ofText(json.substring(head.length(), json.lastIndexOf(",\"signature\"")));
  }

  private static Bytes signature(Path file) throws Refusal {
    return Json.parse(Samples.read(file)).hex("signature", 64);
  }

  @Test
  void intelsTestQuoteIsProvenByItsOwnRootOnly() throws Refusal {
    Path folder = sample("intel-qvl-sgx-testroot");
    for (String time : List.of("2023-01-01T00:00:00Z", "2026-01-01T00:00:00Z")) {
      Verdict verdict = judge(folder, true, Instant.parse(time));
      assertThat(verdict).as("%s", verdict).isInstanceOf(Verdict.Hardware.class);
      assertThat(((Verdict.Hardware) verdict).facts().status()).isEqualTo(TcbStatus.UP_TO_DATE);
    }
    assertThat(codes(judge(folder, false, TIME))).contains(Code.ROOT_NOT_TRUSTED);
  }

  @Test
  void intelsTestTrustDomainHasAStrangersQuotingEnclave() throws Refusal {
    Path folder = sample("intel-qvl-tdx-testroot");
    assertThat(codes(judge(folder, true, TIME))).contains(Code.QE_UNKNOWN);
    assertThat(codes(judge(folder, false, TIME))).contains(Code.ROOT_NOT_TRUSTED);
  }

  @Test
  void aMockRootIsNotIntels() throws Refusal {
    Path folder = sample("flashbots-mock-root");
    Chain chain = Chain.read("a chain", Samples.read(folder.resolve("mock-pck-chain.pem")), 1);
    List<Reason> reasons = new ArrayList<>();
    chain.verifyInto(reasons, TrustAnchors.intel(), TIME);
    assertThat(reasons).extracting(Reason::code).containsExactly(Code.ROOT_NOT_TRUSTED);
  }
}

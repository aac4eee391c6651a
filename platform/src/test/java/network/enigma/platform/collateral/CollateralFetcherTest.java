package network.enigma.platform.collateral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.TeeKind;
import network.enigma.attestation.snp.EndorsementKind;
import network.enigma.attestation.snp.SnpProduct;
import network.enigma.attestation.snp.TcbVersion;
import network.enigma.platform.collateral.CollateralRequest.PckAuthority;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fetching, keeping, refreshing and giving up, against a server on this machine. */
class CollateralFetcherTest {
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final Instant END = START.plus(Duration.ofDays(30));
  private static final String INFO = "/sgx/certification/v4/tcb?fmspc=00A067110000";
  private static final String IDENTITY = "/sgx/certification/v4/qe/identity";
  private static final String PCK_CRL = "/sgx/certification/v4/pckcrl?ca=platform&encoding=der";
  private static final String ROOT_CRL = "/root.crl";
  private static final CollateralRequest SGX =
      new CollateralRequest.Intel(TeeKind.SGX, "00a067110000", PckAuthority.PLATFORM);
  private static final Bytes CHIP = Bytes.fromHex("0x" + "ab".repeat(64));

  private final LocalVendor vendor = new LocalVendor();
  private final List<Duration> pauses = new ArrayList<>();
  private final SetClock clock = new SetClock(START.plus(Duration.ofDays(1)));
  @TempDir Path directory;

  /** A clock that a test sets. */
  private static final class SetClock extends Clock {
    private Instant now;

    SetClock(Instant now) {
      this.now = now;
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  private CollateralFetcher fetcher() {
    return CollateralFetcher.of(vendor.services(), directory, clock, pauses::add);
  }

  @BeforeEach
  void serveIntel() {
    serveIntel(START, END);
  }

  private void serveIntel(Instant from, Instant until) {
    vendor.serve(
        INFO, LocalVendor.json("tcbInfo", from, until), "TCB-Info-Issuer-Chain", "chain of info\n");
    vendor.serve(
        IDENTITY,
        LocalVendor.json("enclaveIdentity", from, until),
        "SGX-Enclave-Identity-Issuer-Chain",
        "chain of identity+/=\n");
    vendor.serve(PCK_CRL, LocalVendor.crl(from, until));
    vendor.serve(ROOT_CRL, LocalVendor.crl(from, until));
  }

  @AfterEach
  void close() {
    vendor.close();
  }

  private static void assertUnavailable(Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.COLLATERAL_UNAVAILABLE));
  }

  @Test
  void intelsPartsAreCutOutAsTheyWereSigned() {
    try (CollateralFetcher fetcher = fetcher()) {
      Collateral.Intel collateral = (Collateral.Intel) fetcher.collateral(SGX);

      assertThat(collateral.tcbInfo()).isEqualTo(Bytes.ofText(LocalVendor.value(START, END)));
      assertThat(collateral.tcbInfoSignature()).isEqualTo(Bytes.fromHex("0x" + "11".repeat(64)));
      assertThat(collateral.tcbInfoChain()).isEqualTo(Bytes.ofText("chain of info\n"));
      assertThat(collateral.qeIdentityChain()).isEqualTo(Bytes.ofText("chain of identity+/=\n"));
      assertThat(vendor.requests()).containsExactly(INFO, IDENTITY, PCK_CRL, ROOT_CRL);
    }
  }

  @Test
  void tdxIsAskedForInItsOwnPlace() {
    vendor.serve(
        "/tdx/certification/v4/tcb?fmspc=00A067110000",
        LocalVendor.json("tcbInfo", START, END),
        "TCB-Info-Issuer-Chain",
        "tdx");
    vendor.serve(
        "/tdx/certification/v4/qe/identity",
        LocalVendor.json("enclaveIdentity", START, END),
        "SGX-Enclave-Identity-Issuer-Chain",
        "tdx");
    vendor.serve(
        "/sgx/certification/v4/pckcrl?ca=processor&encoding=der", LocalVendor.crl(START, END));
    try (CollateralFetcher fetcher = fetcher()) {
      Collateral.Intel collateral =
          (Collateral.Intel)
              fetcher.collateral(
                  new CollateralRequest.Intel(TeeKind.TDX, "00a067110000", PckAuthority.PROCESSOR));

      assertThat(collateral.qeIdentityChain()).isEqualTo(Bytes.ofText("tdx"));
    }
  }

  @Test
  void listsInHexadecimalAreTakenAsCachesSendThem() {
    Bytes list = LocalVendor.crl(START, END);
    vendor.serve(ROOT_CRL, Bytes.ofText(list.hex().substring(2) + "\n"));
    try (CollateralFetcher fetcher = fetcher()) {
      assertThat(((Collateral.Intel) fetcher.collateral(SGX)).rootCrl()).isEqualTo(list);
    }
  }

  @Test
  void whatIsKeptIsNotAskedForAgainEvenAfterARestart() {
    try (CollateralFetcher fetcher = fetcher()) {
      Collateral first = fetcher.collateral(SGX);
      assertThat(fetcher.collateral(SGX)).isEqualTo(first);
      assertThat(vendor.requests()).hasSize(4);
      try (CollateralFetcher restarted = fetcher()) {
        assertThat(restarted.collateral(SGX)).isEqualTo(first);
      }
    }
    assertThat(vendor.requests()).hasSize(4);
  }

  @Test
  void theLastQuarterOfItsTimeRefreshesIt() {
    try (CollateralFetcher fetcher = fetcher()) {
      fetcher.collateral(SGX);
      serveIntel(START.plus(Duration.ofDays(20)), END.plus(Duration.ofDays(20)));

      clock.now = END.minus(Duration.ofDays(7)).minusSeconds(1);
      fetcher.collateral(SGX);
      assertThat(vendor.requests()).hasSize(4);
      clock.now = END.minus(Duration.ofDays(7)).plusSeconds(1);
      Collateral.Intel fresh = (Collateral.Intel) fetcher.collateral(SGX);

      assertThat(vendor.requests()).hasSize(8);
      assertThat(fresh.tcbInfo())
          .isEqualTo(
              Bytes.ofText(
                  LocalVendor.value(
                      START.plus(Duration.ofDays(20)), END.plus(Duration.ofDays(20)))));
    }
  }

  @Test
  void aFailedRefreshLeavesThePresentOneUntilItEnds() {
    try (CollateralFetcher fetcher = fetcher()) {
      Collateral first = fetcher.collateral(SGX);
      for (String address : List.of(INFO, IDENTITY, PCK_CRL, ROOT_CRL)) {
        vendor.withdraw(address);
      }

      clock.now = END.minusSeconds(60);
      assertThat(fetcher.collateral(SGX)).isEqualTo(first);
      int asked = vendor.requests().size();
      assertThat(fetcher.collateral(SGX)).isEqualTo(first);
      assertThat(vendor.requests()).hasSize(asked);
      clock.now = END.plusSeconds(1);
      assertUnavailable(() -> fetcher.collateral(SGX));
    }
  }

  @Test
  void anOlderDocumentDoesNotReplaceANewerOne() {
    try (CollateralFetcher fetcher = fetcher()) {
      Collateral first = fetcher.collateral(SGX);
      serveIntel(START.minus(Duration.ofDays(2)), END.minusSeconds(30));

      clock.now = END.minusSeconds(60);

      assertThat(fetcher.collateral(SGX)).isEqualTo(first);
    }
  }

  @Test
  void aServiceThatSendsExpiredDocumentsIsOfNoUse() {
    clock.now = END.plusSeconds(1);
    try (CollateralFetcher fetcher = fetcher()) {
      assertUnavailable(() -> fetcher.collateral(SGX));
    }
  }

  @Test
  void aBusyServiceIsTriedAgainAsItAsks() {
    vendor.first(INFO, 429, "Retry-After", "7");
    vendor.first(INFO, 503);
    vendor.first(INFO, 500, "Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT");
    try (CollateralFetcher fetcher = fetcher()) {
      fetcher.collateral(SGX);

      assertThat(pauses)
          .containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(1), Duration.ofSeconds(2));
    }
  }

  @Test
  void afterTheLastTryItGivesUp() {
    for (int i = 0; i < 9; i++) {
      vendor.first(INFO, 503, "Retry-After", "999999999");
    }
    try (CollateralFetcher fetcher = fetcher()) {
      assertUnavailable(() -> fetcher.collateral(SGX));
      assertThat(vendor.requests()).hasSize(DocumentService.ATTEMPTS);
      assertThat(pauses).containsOnly(DocumentService.LONGEST_WAIT);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 302, 204})
  void whatNoSecondTryMendsIsNotTriedAgain(int status) {
    vendor.first(INFO, status, "Location", "/elsewhere");
    try (CollateralFetcher fetcher = fetcher()) {
      assertUnavailable(() -> fetcher.collateral(SGX));
      assertThat(vendor.requests()).containsExactly(INFO);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"tcbInfo\":{}}",
        "{\"tcbInfo\":{\"issueDate\":\"2026-03-01T00:00:00Z\",\"signature\":\"00\"}",
        "{\"tcbInfo\":[],\"signature\":\"S\"}",
        "{\"tcbInfo\":{\"nextUpdate\":\"x\",\"issueDate\":\"y\"},\"signature\":\"S\"}",
        "{\"tcbInfo\":{\"issueDate\":\"2026-03-01T00:00:00Z\"},\"signature\":\"S\"}",
        "{\"tcbInfo\":{\"a\":\"}",
        "{\"tcbInfo\":{},\"signature\":\"S\",\"more\":1}"
      })
  void answersInAnotherFormAreNoAnswers(String body) {
    vendor.serve(
        INFO,
        Bytes.ofText(body.replace("\"S\"", "\"" + "00".repeat(64) + "\"")),
        "TCB-Info-Issuer-Chain",
        "chain");
    try (CollateralFetcher fetcher = fetcher()) {
      assertUnavailable(() -> fetcher.collateral(SGX));
    }
  }

  @Test
  void anAnswerWithoutItsChainOrTooLongIsNoAnswer() {
    vendor.serve(INFO, LocalVendor.json("tcbInfo", START, END));
    try (CollateralFetcher fetcher = fetcher()) {
      assertUnavailable(() -> fetcher.collateral(SGX));
    }
    serveIntel();
    vendor.serve(ROOT_CRL, Bytes.of(new byte[DocumentService.MAXIMUM_BODY + 1]));
    try (CollateralFetcher fetcher = fetcher()) {
      assertUnavailable(() -> fetcher.collateral(SGX));
    }
    vendor.serve(ROOT_CRL, Bytes.ofText("<html>"));
    try (CollateralFetcher fetcher = fetcher()) {
      assertUnavailable(() -> fetcher.collateral(SGX));
    }
  }

  @Test
  void aServiceThatIsNotThereIsUnavailable() {
    vendor.close();
    try (CollateralFetcher fetcher = fetcher()) {
      assertUnavailable(() -> fetcher.collateral(SGX));
    }
  }

  @Test
  void damagedFilesInTheDirectoryAreFetchedAgain() throws IOException {
    try (CollateralFetcher fetcher = fetcher()) {
      fetcher.collateral(SGX);
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.writeString(file, "damaged", StandardCharsets.UTF_8);
      }
    }
    try (CollateralFetcher restarted = fetcher()) {
      restarted.collateral(SGX);
    }
    assertThat(vendor.requests()).hasSize(8);
  }

  private void serveAmd(String line, String address) {
    vendor.serve(address, LocalVendor.certificate("SEV-VCEK", START, END));
    vendor.serve(
        "/vcek/v1/" + line + "/cert_chain",
        LocalVendor.pem(
            LocalVendor.certificate("SEV-" + line, START, END),
            LocalVendor.certificate("ARK-" + line, START, END)));
    vendor.serve("/vcek/v1/" + line + "/crl", LocalVendor.crl(START, END));
  }

  private Collateral.Amd genoa() {
    serveAmd(
        "Genoa", "/vcek/v1/Genoa/" + "ab".repeat(64) + "?blSPL=5&teeSPL=1&snpSPL=20&ucodeSPL=80");
    try (CollateralFetcher fetcher = fetcher()) {
      return (Collateral.Amd)
          fetcher.collateral(
              new CollateralRequest.Amd(
                  SnpProduct.GENOA, EndorsementKind.VCEK, CHIP, new TcbVersion(0, 5, 1, 20, 80)));
    }
  }

  @Test
  void amdIsAskedForTheReportedTcb() {
    Collateral.Amd collateral = genoa();

    assertThat(collateral.endorsement().isEmpty()).isFalse();
    assertThat(collateral.intermediate()).isNotEqualTo(collateral.root());
    assertThat(collateral.crl().isEmpty()).isFalse();
    // Three requests, and the second and third wait for their turn.
    assertThat(pauses).hasSize(2).allMatch(pause -> pause.compareTo(Duration.ZERO) > 0);
  }

  @Test
  void noFileNamesTheChip() throws IOException {
    genoa();
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .hasSizeGreaterThan(2)
          .noneMatch(name -> name.contains("abab"));
    }
  }

  @Test
  void turinIsAskedForWithItsShortNameAndFirstComponent() {
    serveAmd(
        "Turin", "/vcek/v1/Turin/abababababababab?fmcSPL=2&blSPL=3&teeSPL=1&snpSPL=4&ucodeSPL=70");
    try (CollateralFetcher fetcher = fetcher()) {
      assertThat(
              fetcher.collateral(
                  new CollateralRequest.Amd(
                      SnpProduct.TURIN,
                      EndorsementKind.VCEK,
                      CHIP,
                      new TcbVersion(2, 3, 1, 4, 70))))
          .isInstanceOf(Collateral.Amd.class);
    }
  }

  @Test
  void aChipThatAmdDoesNotKnowOrThatHidesIsUnavailable() {
    TcbVersion tcb = new TcbVersion(0, 1, 1, 1, 1);
    try (CollateralFetcher fetcher = fetcher()) {
      assertUnavailable(() ->
          fetcher.collateral(
              new CollateralRequest.Amd(SnpProduct.MILAN, EndorsementKind.VCEK, CHIP, tcb)));
      assertUnavailable(() ->
          fetcher.collateral(
              new CollateralRequest.Amd(
                  SnpProduct.MILAN, EndorsementKind.VCEK, Bytes.of(new byte[64]), tcb)));
      assertUnavailable(() ->
          fetcher.collateral(
              new CollateralRequest.Amd(SnpProduct.MILAN, EndorsementKind.VLEK, CHIP, tcb)));
      assertThat(vendor.requests()).hasSize(1);
    }
  }

  @Test
  void lentKeysBringTheirCertificate() {
    vendor.serve(
        "/vlek/v1/Milan/cert_chain",
        LocalVendor.pem(
            LocalVendor.certificate("SEV-VLEK-Milan", START, END),
            LocalVendor.certificate("ARK-Milan", START, END)));
    vendor.serve("/vlek/v1/Milan/crl", LocalVendor.crl(START, END));
    try (CollateralFetcher fetcher = fetcher()) {
      assertThat(fetcher.collateral(SnpProduct.MILAN, EndorsementKind.VLEK, CHIP).endorsement())
          .isEqualTo(CHIP);
      assertUnavailable(() -> fetcher.collateral(SnpProduct.GENOA, EndorsementKind.VLEK, CHIP));
      vendor.serve("/vlek/v1/Turin/crl", LocalVendor.crl(START, END));
      vendor.serve(
          "/vlek/v1/Turin/cert_chain",
          LocalVendor.pem(LocalVendor.certificate("alone", START, END)));
      assertUnavailable(() -> fetcher.collateral(SnpProduct.TURIN, EndorsementKind.VLEK, CHIP));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://pccs.example:8081",
        "http://127.0.0.1.example",
        "ftp://127.0.0.1",
        "https://user:secret@pccs.example",
        "https:nowhere"
      })
  void servicesElsewhereAreReachedByTlsOnly(String address) {
    assertThatThrownBy(() -> CollateralServices.vendors().withPccs(URI.create(address)))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION));
  }

  @Test
  void aCacheOnThisMachineMayUsePlainHttp() {
    CollateralServices services =
        CollateralServices.vendors().withPccs(URI.create("http://localhost:8081/"));

    assertThat(services.intelRootCrl())
        .isEqualTo(URI.create("http://localhost:8081/sgx/certification/v4/rootcacrl"));
    assertThat(services.amd()).isEqualTo(CollateralServices.vendors().amd());
  }
}

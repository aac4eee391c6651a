package network.enigma.platform.collateral;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.TeeKind;
import network.enigma.attestation.snp.EndorsementKind;
import network.enigma.attestation.snp.SnpProduct;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;

/**
 * Fetches collateral and keeps it until it ends. What has used up three quarters of its time is
 * fetched again; while that fails, the present one serves, as long as it is valid.
 */
public final class CollateralFetcher implements CollateralSource, AutoCloseable {
  /** How long before its end a document is fetched again at the earliest. */
  static final Duration EARLIEST_REFRESH = Duration.ofDays(7);

  /** How long a failed refresh of a document that is still valid is not tried again. */
  static final Duration REFRESH_REST = Duration.ofMinutes(5);

  private static final String QUOTING = "/certification/v4/";

  private final CollateralServices services;
  private final DocumentCache cache;
  private final DocumentService intel;
  private final DocumentService amd;
  private final Clock clock;
  private final ConcurrentMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Instant> rests = new ConcurrentHashMap<>();

  private CollateralFetcher(CollateralServices services, Path directory, Clock clock, Pause pause) {
    this.services = services;
    this.cache = new DocumentCache(directory);
    this.clock = clock;
    this.intel = new DocumentService(Duration.ZERO, Duration.ofMillis(500), pause);
    // AMD answers a burst with 429, and asks for about ten seconds.
    this.amd = new DocumentService(Duration.ofSeconds(1), Duration.ofSeconds(10), pause);
  }

  /**
   * A fetcher; its owner closes it.
   *
   * @param directory where documents are kept
   * @throws EnigmaException {@link ErrorCode#STATE_DIRECTORY_UNUSABLE}
   */
  public static CollateralFetcher of(CollateralServices services, Path directory, Clock clock) {
    return of(services, directory, clock, Pause.parking());
  }

  static CollateralFetcher of(
      CollateralServices services, Path directory, Clock clock, Pause pause) {
    return new CollateralFetcher(services, directory, clock, pause);
  }

  @Override
  public Collateral collateral(CollateralRequest request) {
    try {
      return switch (request) {
        case CollateralRequest.Intel wanted -> intel(wanted);
        case CollateralRequest.Amd wanted -> amd(wanted, endorsement(wanted));
      };
    } catch (DocumentService.AbsentException e) {
      throw new EnigmaException(
          ErrorCode.COLLATERAL_UNAVAILABLE,
          "the vendor has no collateral for this machine and security version");
    }
  }

  /**
   * Collateral for a report that came with the certificate of its key, as those of lent keys do.
   *
   * @param endorsement certificate of the key, DER
   */
  public Collateral.Amd collateral(SnpProduct product, EndorsementKind kind, Bytes endorsement) {
    try {
      return amd(product, kind, endorsement);
    } catch (DocumentService.AbsentException e) {
      throw new EnigmaException(
          ErrorCode.COLLATERAL_UNAVAILABLE, "the vendor has no certificates of this product");
    }
  }

  private Collateral.Intel intel(CollateralRequest.Intel wanted)
      throws DocumentService.AbsentException {
    String tee = wanted.kind() == TeeKind.TDX ? "tdx" : "sgx";
    Document info =
        document(
            tee + "-tcb-" + wanted.fmspc(),
            Document.Form.TCB_INFO,
            intel,
            CollateralServices.below(
                services.intel(),
                "/" + tee + QUOTING + "tcb?fmspc=" + wanted.fmspc().toUpperCase(Locale.ROOT)),
            "TCB-Info-Issuer-Chain");
    Document identity =
        document(
            tee + "-qe-identity",
            Document.Form.QE_IDENTITY,
            intel,
            CollateralServices.below(services.intel(), "/" + tee + QUOTING + "qe/identity"),
            "SGX-Enclave-Identity-Issuer-Chain");
    String authority = wanted.authority().parameter();
    Document pckCrl =
        document(
            "pck-crl-" + authority,
            Document.Form.REVOCATION_LIST,
            intel,
            CollateralServices.below(
                services.intel(), "/sgx" + QUOTING + "pckcrl?ca=" + authority + "&encoding=der"),
            "");
    Document rootCrl =
        document(
            "intel-root-crl", Document.Form.REVOCATION_LIST, intel, services.intelRootCrl(), "");
    SignedJson tcb = SignedJson.read(info.body(), Document.Form.TCB_INFO.member());
    SignedJson qe = SignedJson.read(identity.body(), Document.Form.QE_IDENTITY.member());
    return new Collateral.Intel(
        tcb.value(),
        tcb.signature(),
        info.chain(),
        qe.value(),
        qe.signature(),
        identity.chain(),
        rootCrl.body(),
        pckCrl.body(),
        Bytes.empty());
  }

  private Bytes endorsement(CollateralRequest.Amd wanted) throws DocumentService.AbsentException {
    if (wanted.kind() == EndorsementKind.VLEK) {
      throw new EnigmaException(
          ErrorCode.COLLATERAL_UNAVAILABLE,
          "AMD gives the certificate of a lent key to its cloud provider only: it has to come with"
              + " the report");
    }
    String chip = wanted.chip();
    if (chip.matches("0*")) {
      throw new EnigmaException(
          ErrorCode.COLLATERAL_UNAVAILABLE,
          "the report hides its chip: the certificate of its key has to come with it");
    }
    String tcb =
        (wanted.product() == SnpProduct.TURIN ? "fmcSPL=" + wanted.reported().fmc() + "&" : "")
            + "blSPL="
            + wanted.reported().bootloader()
            + "&teeSPL="
            + wanted.reported().tee()
            + "&snpSPL="
            + wanted.reported().snp()
            + "&ucodeSPL="
            + wanted.reported().microcode();
    String address = "/vcek/v1/" + wanted.product().line() + "/" + chip + "?" + tcb;
    // The name in the directory tells nobody which chip it is.
    return document(
            "vcek-" + Keccak.hashText(address).hex().substring(2, 34),
            Document.Form.CERTIFICATES,
            amd,
            CollateralServices.below(services.amd(), address),
            "")
        .body();
  }

  private Collateral.Amd amd(CollateralRequest.Amd wanted, Bytes endorsement)
      throws DocumentService.AbsentException {
    return amd(wanted.product(), wanted.kind(), endorsement);
  }

  private Collateral.Amd amd(SnpProduct product, EndorsementKind kind, Bytes endorsement)
      throws DocumentService.AbsentException {
    String key = kind.name().toLowerCase(Locale.ROOT);
    String base = "/" + key + "/v1/" + product.line();
    String suffix = key + "-" + product.line().toLowerCase(Locale.ROOT);
    Document chain =
        document(
            "chain-" + suffix,
            Document.Form.CERTIFICATES,
            amd,
            CollateralServices.below(services.amd(), base + "/cert_chain"),
            "");
    Document crl =
        document(
            "crl-" + suffix,
            Document.Form.REVOCATION_LIST,
            amd,
            CollateralServices.below(services.amd(), base + "/crl"),
            "");
    List<Bytes> certificates = certificates(chain.body());
    if (certificates.size() != 2) {
      throw new EnigmaException(
          ErrorCode.COLLATERAL_UNAVAILABLE, "AMD's chain does not have two certificates");
    }
    return new Collateral.Amd(endorsement, certificates.get(0), certificates.get(1), crl.body());
  }

  private static List<Bytes> certificates(Bytes pem) {
    try {
      List<Bytes> all = new ArrayList<>();
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem.toByteArray()))) {
        all.add(Bytes.of(certificate.getEncoded()));
      }
      return all;
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    } catch (CertificateException e) {
      throw new EnigmaException(ErrorCode.COLLATERAL_UNAVAILABLE, "AMD's chain is not readable", e);
    }
  }

  /** One document; two threads that want the same fetch it once. */
  private Document document(
      String name, Document.Form form, DocumentService service, URI address, String chainHeader)
      throws DocumentService.AbsentException {
    ReentrantLock lock = locks.computeIfAbsent(name, absent -> new ReentrantLock());
    lock.lock();
    try {
      Instant now = clock.instant();
      Optional<Document> kept = cache.get(name, form).filter(document -> document.isValidAt(now));
      if (kept.isPresent() && !isDue(kept.get(), now, name)) {
        return kept.get();
      }
      try {
        DocumentService.Answer answer = service.get(address, chainHeader);
        Document fetched = Document.read(form, answer.body(), answer.chain());
        if (!fetched.isValidAt(now)) {
          throw new EnigmaException(
              ErrorCode.COLLATERAL_UNAVAILABLE,
              "the service at " + address.getHost() + " sent a " + form + " that is not valid now");
        }
        if (kept.isPresent() && fetched.from().isBefore(kept.get().from())) {
          // An older one than we have: a stale cache, or somebody who wants us to forget.
          rests.put(name, now.plus(REFRESH_REST));
          return kept.get();
        }
        cache.put(name, fetched);
        rests.remove(name);
        return fetched;
      } catch (EnigmaException | DocumentService.AbsentException e) {
        if (kept.isEmpty()) {
          throw e;
        }
        rests.put(name, now.plus(REFRESH_REST));
        return kept.get();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isDue(Document document, Instant now, String name) {
    Duration quarter = Duration.between(document.from(), document.until()).dividedBy(4);
    Duration ahead = quarter.compareTo(EARLIEST_REFRESH) < 0 ? quarter : EARLIEST_REFRESH;
    Instant rest = rests.get(name);
    return now.isAfter(document.until().minus(ahead)) && (rest == null || !now.isBefore(rest));
  }

  @Override
  public void close() {
    intel.close();
    amd.close();
  }
}

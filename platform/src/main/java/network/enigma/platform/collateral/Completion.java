package network.enigma.platform.collateral;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.Evidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.SevSnpReport;
import network.enigma.attestation.SgxQuote;
import network.enigma.attestation.TdxQuote;
import network.enigma.attestation.dcap.QuoteParser;
import network.enigma.attestation.dcap.QuotedMachine;
import network.enigma.attestation.snp.EndorsementKind;
import network.enigma.attestation.snp.SnpProduct;
import network.enigma.platform.collateral.CollateralRequest.PckAuthority;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** Puts collateral beside evidence that came from a machine without it. */
public final class Completion {
  private Completion() {}

  /**
   * The evidence with all it needs to be judged. Certificates that the machine gave stay.
   *
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} if the evidence cannot be read,
   *     {@link ErrorCode#COLLATERAL_UNAVAILABLE}
   */
  public static EvidenceBundle of(EvidenceBundle bundle, CollateralFetcher fetcher) {
    if (bundle.collateral() instanceof Collateral.Intel) {
      return bundle;
    }
    try {
      Collateral collateral =
          switch (read(bundle.evidence())) {
            case SgxQuote sgx -> fetcher.collateral(request(sgx));
            case TdxQuote tdx -> fetcher.collateral(request(tdx));
            case SevSnpReport snp -> amd(snp, bundle.collateral(), fetcher);
          };
      return new EvidenceBundle(bundle.evidence(), collateral);
    } catch (Refusal e) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, e.reason().toString(), e);
    }
  }

  private static Evidence read(Bytes evidence) throws Refusal {
    return evidence.length() == SevSnpReport.LENGTH
        ? SevSnpReport.parse(evidence)
        : QuoteParser.parse(evidence);
  }

  private static CollateralRequest.Intel request(Evidence quote) throws Refusal {
    QuotedMachine machine = QuotedMachine.of(quote);
    return new CollateralRequest.Intel(
        quote.kind(),
        machine.family(),
        machine.platformAuthority() ? PckAuthority.PLATFORM : PckAuthority.PROCESSOR);
  }

  private static Collateral amd(SevSnpReport report, Collateral given, CollateralFetcher fetcher) {
    List<CollateralRequest.Amd> requests = CollateralRequest.of(report);
    if (given instanceof Collateral.Amd amd && !amd.endorsement().isEmpty()) {
      EndorsementKind kind = requests.getFirst().kind();
      SnpProduct product =
          issuer(amd.endorsement(), kind).orElseGet(() -> requests.getFirst().product());
      return fetcher.collateral(product, kind, amd.endorsement());
    }
    // A report that does not name its product may be of any of these; AMD knows the chip or not.
    for (CollateralRequest.Amd request : requests.subList(0, requests.size() - 1)) {
      try {
        return fetcher.collateral(request);
      } catch (EnigmaException e) {
        if (e.code() != ErrorCode.COLLATERAL_UNAVAILABLE) {
          throw e;
        }
      }
    }
    return fetcher.collateral(requests.getLast());
  }

  /** The product whose authority issued the certificate, by its name alone. */
  private static Optional<SnpProduct> issuer(Bytes certificate, EndorsementKind kind) {
    try {
      String name =
          ((X509Certificate)
                  CertificateFactory.getInstance("X.509")
                      .generateCertificate(new ByteArrayInputStream(certificate.toByteArray())))
              .getIssuerX500Principal()
              .getName();
      return Arrays.stream(SnpProduct.values())
          .filter(
              product -> List.of(name.split(",", -1)).contains("CN=" + kind.issuerName(product)))
          .findFirst();
    } catch (CertificateException e) {
      return Optional.empty();
    }
  }
}

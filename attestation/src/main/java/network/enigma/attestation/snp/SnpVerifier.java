package network.enigma.attestation.snp;

import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Facts;
import network.enigma.attestation.Reason;
import network.enigma.attestation.SevSnpReport;
import network.enigma.attestation.TcbStatus;
import network.enigma.attestation.Trait;
import network.enigma.attestation.Verdict;
import network.enigma.attestation.Verifier;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Preimage;

/**
 * Judges SEV-SNP reports: pinned root, chain of certificates, revocation list, signature, and that
 * the endorsed key is that of the report's chip and <em>reported</em> TCB. Fails closed: what it
 * does not know it refuses.
 */
public final class SnpVerifier implements Verifier {
  private final SnpRoots roots;

  private SnpVerifier(SnpRoots roots) {
    this.roots = roots;
  }

  /** Trusts AMD's roots. */
  public static SnpVerifier amd() {
    return new SnpVerifier(SnpRoots.amd());
  }

  /** Trusts other roots: for tests of what no public evidence covers. */
  static SnpVerifier trusting(SnpRoots roots) {
    return new SnpVerifier(roots);
  }

  @Override
  public Verdict verify(EvidenceBundle bundle, Bytes reportData, Instant time) {
    return bundle.collateral() instanceof Collateral.Amd collateral
        ? verify(bundle.evidence(), collateral, reportData, time)
        : refused(
            new Reason(
                Reason.Code.COLLATERAL_MISSING,
                "an SEV-SNP report is judged by certificates of AMD, and there are none"));
  }

  /**
   * The verdict on a report. Never throws on bad evidence or collateral.
   *
   * @param bytes the report, from anybody
   * @param collateral certificates and revocation list, from anybody; without a revocation list the
   *     facts carry {@link Trait#REVOCATION_UNCHECKED}
   * @param reportData the 64 bytes it must be bound to
   * @param time at which everything it rests on must be valid
   */
  public Verdict verify(Bytes bytes, Collateral.Amd collateral, Bytes reportData, Instant time) {
    SevSnpReport report;
    try {
      report = SevSnpReport.parse(bytes);
    } catch (EnigmaException e) {
      return refused(new Reason(Reason.Code.MALFORMED_EVIDENCE, String.valueOf(e.getMessage())));
    }
    try {
      Facts facts = judge(report, collateral, time);
      if (!report.reportData().equals(reportData)) {
        return refused(
            new Reason(Reason.Code.BINDING_MISMATCH, "the report is bound to other report data"));
      }
      return new Verdict.Hardware(facts);
    } catch (RefusedException e) {
      return refused(e.reason());
    }
  }

  private Facts judge(SevSnpReport report, Collateral.Amd collateral, Instant time)
      throws RefusedException {
    EndorsementKind signer = signer(report);
    X509Certificate leaf = certificate(collateral.endorsement(), "certificate of the signing key");
    X509Certificate intermediate =
        certificate(collateral.intermediate(), "certificate of its issuer");
    X509Certificate root = certificate(collateral.root(), "root certificate");
    EndorsementCertificate endorsement = EndorsementCertificate.read(leaf);
    if (endorsement.kind() != signer) {
      throw new RefusedException(
          Reason.Code.CHAIN_INVALID,
          "the report is signed by a " + signer + " and the certificate is of another key");
    }
    SnpProduct product = endorsement.product();
    requireProcessor(report, product);
    requireRoot(collateral.root(), product);
    if (!Certificates.commonName(intermediate.getSubjectX500Principal())
        .equals(signer.issuerName(product))) {
      throw new RefusedException(
          Reason.Code.CHAIN_INVALID, "the issuer is not " + signer.issuerName(product));
    }
    Certificates.requireIssued(root, root, "the root certificate");
    Certificates.requireIssued(intermediate, root, "the issuer's certificate");
    Certificates.requireIssued(leaf, intermediate, "the signing key's certificate");
    Validity validity = new Validity(time);
    validity.require(root, "the root certificate");
    validity.require(intermediate, "the issuer's certificate");
    validity.require(leaf, "the signing key's certificate");
    boolean revocationChecked = !collateral.crl().isEmpty();
    if (revocationChecked) {
      validity.require(requireNotRevoked(collateral.crl(), root, intermediate, leaf, time));
    }
    requireSigned(report, Certificates.p384Key(leaf));
    TcbVersion reported = tcb(report.reportedTcb(), product);
    TcbVersion committed = tcb(report.committedTcb(), product);
    TcbVersion launch = tcb(report.launchTcb(), product);
    tcb(report.currentTcb(), product);
    if (!reported.equals(endorsement.tcb())) {
      throw new RefusedException(
          Reason.Code.CHIP_MISMATCH,
          "the key is endorsed for " + endorsement.tcb() + " and the report states " + reported);
    }
    if (!endorsement.endorsesChipOf(report)) {
      throw new RefusedException(Reason.Code.CHIP_MISMATCH, "the key is endorsed for another chip");
    }
    return new Facts(
        report,
        platformHash(report, endorsement),
        product.line(),
        TcbStatus.NOT_RATED,
        TcbStatus.NOT_RATED,
        Optional.empty(),
        Optional.empty(),
        new TreeSet<>(),
        reported.lowest(committed).lowest(launch).number(),
        Instant.EPOCH,
        report.guestSvn(),
        traits(report, endorsement, revocationChecked),
        validity.from(),
        validity.until());
  }

  private static EndorsementKind signer(SevSnpReport report) throws RefusedException {
    if (report.chipKeyMasked()) {
      throw new RefusedException(
          Reason.Code.SIGNATURE_INVALID, "the platform masks its key and signs no reports");
    }
    return EndorsementKind.ofNumber(report.signingKey())
        .orElseThrow(() ->
            new RefusedException(
                Reason.Code.SIGNATURE_INVALID,
                "the report names no key, or an unknown one, that signed it"));
  }

  private static X509Certificate certificate(Bytes der, String what) throws RefusedException {
    if (der.isEmpty()) {
      throw new RefusedException(
          Reason.Code.COLLATERAL_MISSING, "the " + what + " is not in the collateral");
    }
    return Certificates.certificate(der, what);
  }

  /** From version 3 on a report names its processor; before, the certificate alone does. */
  private static void requireProcessor(SevSnpReport report, SnpProduct product)
      throws RefusedException {
    if (report.processor().isEmpty()) {
      return;
    }
    SevSnpReport.Processor processor = report.processor().get();
    Optional<SnpProduct> named = SnpProduct.ofProcessor(processor.family(), processor.model());
    if (named.isEmpty()) {
      throw new RefusedException(
          Reason.Code.UNSUPPORTED_EVIDENCE,
          "the report is of an unknown processor, family "
              + processor.family()
              + " model "
              + processor.model());
    }
    if (named.get() != product) {
      throw new RefusedException(
          Reason.Code.CHIP_MISMATCH,
          "the report is of a "
              + named.get().line()
              + " and the certificate of a "
              + product.line());
    }
  }

  private void requireRoot(Bytes root, SnpProduct product) throws RefusedException {
    Bytes32 pin = roots.pins().get(product);
    if (pin == null || !pin.equals(Certificates.sha256(root))) {
      throw new RefusedException(
          Reason.Code.ROOT_NOT_TRUSTED,
          "the root certificate is not the pinned one of " + product.line());
    }
  }

  private static X509CRL requireNotRevoked(
      Bytes crl,
      X509Certificate root,
      X509Certificate intermediate,
      X509Certificate leaf,
      Instant time)
      throws RefusedException {
    X509CRL list = Certificates.revocationList(crl);
    Certificates.requireCurrent(list, root, time);
    if (list.isRevoked(root) || list.isRevoked(intermediate) || list.isRevoked(leaf)) {
      throw new RefusedException(
          Reason.Code.CERTIFICATE_REVOKED, "a certificate of the chain is revoked");
    }
    return list;
  }

  private static void requireSigned(SevSnpReport report, ECPublicKey key) throws RefusedException {
    boolean valid;
    try {
      Signature signature = Signature.getInstance("SHA384withECDSAinP1363Format");
      signature.initVerify(key);
      signature.update(report.signedBytes().asByteBuffer());
      valid =
          signature.verify(Bytes.concat(report.signatureR(), report.signatureS()).toByteArray());
    } catch (GeneralSecurityException | RuntimeException e) {
      valid = false;
    }
    if (!valid) {
      throw new RefusedException(
          Reason.Code.SIGNATURE_INVALID, "the report is not signed by the endorsed key");
    }
  }

  private static TcbVersion tcb(Bytes bytes, SnpProduct product) throws RefusedException {
    try {
      return TcbVersion.parse(bytes, product);
    } catch (EnigmaException e) {
      throw new RefusedException(Reason.Code.MALFORMED_EVIDENCE, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The chip where the evidence names one. Machines behind a lent key that hide their chip all
   * count as one machine of their provider.
   */
  private static Bytes32 platformHash(SevSnpReport report, EndorsementCertificate endorsement) {
    if (endorsement.hardwareId().isPresent()) {
      byte[] chip = new byte[SevSnpReport.CHIP_ID_LENGTH];
      endorsement.hardwareId().get().copyTo(chip, 0);
      return platformHash(Bytes.of(chip));
    }
    return platformHash(
        report.chipIdMasked() ? Bytes.ofText(endorsement.provider().orElse("")) : report.chipId());
  }

  private static Bytes32 platformHash(Bytes identifier) {
    return Preimage.hash("AMD_PLATFORM", "bytes", identifier);
  }

  private static Set<Trait> traits(
      SevSnpReport report, EndorsementCertificate endorsement, boolean revocationChecked) {
    Set<Trait> traits = EnumSet.noneOf(Trait.class);
    add(traits, Trait.DEBUG, report.policy().debugAllowed());
    add(traits, Trait.MIGRATABLE, report.policy().migrationAgentAllowed());
    add(
        traits,
        Trait.MULTITHREADING,
        report.policy().smtAllowed() && report.platformInfo().smtEnabled());
    add(traits, Trait.LESSER_PRIVILEGE, report.vmpl() != 0);
    add(traits, Trait.OPERATOR_KEY, endorsement.kind() == EndorsementKind.VLEK);
    add(traits, Trait.CHIP_HIDDEN, report.chipIdMasked());
    add(traits, Trait.ALIASES_UNCHECKED, !report.platformInfo().aliasCheckComplete());
    add(traits, Trait.CIPHERTEXT_VISIBLE, !report.platformInfo().ciphertextHidingEnabled());
    add(traits, Trait.REVOCATION_UNCHECKED, !revocationChecked);
    return traits;
  }

  private static void add(Set<Trait> traits, Trait trait, boolean present) {
    if (present) {
      traits.add(trait);
    }
  }

  private static Verdict refused(Reason reason) {
    return new Verdict.Refused(List.of(reason));
  }

  /** The time in which all that was required is valid. */
  private static final class Validity {
    private final Instant time;
    private Instant from = Instant.MIN;
    private Instant until = Instant.MAX;

    Validity(Instant time) {
      this.time = time;
    }

    void require(X509Certificate certificate, String what) throws RefusedException {
      Certificates.requireValid(certificate, time, what);
      narrow(certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
    }

    void require(X509CRL current) {
      narrow(current.getThisUpdate().toInstant(), current.getNextUpdate().toInstant());
    }

    private void narrow(Instant start, Instant end) {
      from = start.isAfter(from) ? start : from;
      until = end.isBefore(until) ? end : until;
    }

    Instant from() {
      return from;
    }

    Instant until() {
      return until;
    }
  }
}

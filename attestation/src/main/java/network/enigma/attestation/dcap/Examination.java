package network.enigma.attestation.dcap;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EnclaveReport;
import network.enigma.attestation.Evidence;
import network.enigma.attestation.Facts;
import network.enigma.attestation.QuoteHeader;
import network.enigma.attestation.QuoteSignature;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.SevSnpReport;
import network.enigma.attestation.SgxQuote;
import network.enigma.attestation.TdxQuote;
import network.enigma.attestation.Trait;
import network.enigma.attestation.TrustDomainReport;
import network.enigma.attestation.Verdict;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Preimage;
import org.jspecify.annotations.Nullable;

/** One quote under examination: what was found wrong so far, and the time that all of it allows. */
final class Examination {
  private static final Bytes ZEROS = Bytes.of(new byte[32]);

  private final TrustAnchors anchors;
  private final Evidence evidence;
  private final QuoteHeader header;
  private final Bytes signed;
  private final QuoteSignature signature;
  private final Collateral.Intel collateral;
  private final Instant time;
  private final List<Reason> reasons = new ArrayList<>();
  private Instant from = Instant.MIN;
  private Instant until = Instant.MAX;

  Examination(TrustAnchors anchors, Evidence evidence, Collateral.Intel collateral, Instant time)
      throws Refusal {
    this.anchors = anchors;
    this.evidence = evidence;
    this.collateral = collateral;
    this.time = time;
    switch (evidence) {
      case SgxQuote sgx -> {
        header = sgx.header();
        signed = sgx.signed();
        signature = sgx.signature();
      }
      case TdxQuote tdx -> {
        header = tdx.header();
        signed = tdx.signed();
        signature = tdx.signature();
      }
      case SevSnpReport snp ->
          throw new Refusal(Reason.Code.UNSUPPORTED_EVIDENCE, "AMD's evidence is no quote");
    }
  }

  Verdict verdict(Bytes reportData) {
    if (!header.vendorId().equals(anchors.vendorId())) {
      refuse(Reason.Code.VENDOR_UNKNOWN, "the quoting enclave is of another vendor");
    }
    if (!evidence.reportData().equals(reportData)) {
      refuse(Reason.Code.BINDING_MISMATCH, "the evidence is bound to something else");
    }
    Chain pckChain = attempt(this::pckChain);
    Chain tcbInfoChain =
        attempt(() -> signerChain("the chain of the TCB info", collateral.tcbInfoChain()));
    Chain qeIdentityChain =
        attempt(
            () -> signerChain("the chain of the enclave identity", collateral.qeIdentityChain()));
    check(() -> rootRevocations(pckChain, tcbInfoChain, qeIdentityChain));
    check(() -> pckRevocations(pckChain));
    TcbInfo info = attempt(() -> tcbInfo(tcbInfoChain));
    QeIdentity identity = attempt(() -> qeIdentity(qeIdentityChain));
    signatures(pckChain);
    PckFacts pck = pckChain == null ? null : attempt(() -> PckFacts.of(pckChain.leaf()));
    if (info != null && pck != null) {
      check(() -> requireSamePlatform(info, pck));
    }
    TcbLevel.Rating quoter =
        identity == null ? null : attempt(() -> identity.rate(signature.qeReport()));
    TcbRating rating =
        info == null || pck == null || quoter == null
            ? null
            : attempt(() -> TcbRating.of(evidence, pck, info, quoter));
    if (info == null || identity == null || pck == null || rating == null || !reasons.isEmpty()) {
      return new Verdict.Refused(reasons);
    }
    Facts facts =
        new Facts(
            evidence,
            platformHash(pck),
            hex(pck.fmspc()),
            rating.status(),
            rating.platform().status(),
            Optional.of(rating.quoter().status()),
            rating.module().map(TcbLevel.Rating::status),
            rating.advisories(),
            Math.min(info.evaluationNumber(), identity.evaluationNumber()),
            rating.platform().date(),
            securityVersion(),
            traits(pck),
            from,
            until);
    return switch (anchors.mode()) {
      case HARDWARE -> new Verdict.Hardware(facts);
      case SIMULATION -> new Verdict.Simulated(facts);
    };
  }

  private Chain pckChain() throws Refusal {
    boolean inside = signature.certificationType() == QuoteSignature.PCK_CHAIN;
    Bytes pem = inside ? signature.certificationData() : collateral.pckChain();
    if (pem.isEmpty()) {
      throw new Refusal(
          Reason.Code.COLLATERAL_MISSING,
          "the quote does not hold the machine's certificate, and neither does the collateral");
    }
    Chain chain = Chain.read("the machine's chain", pem, 2);
    note(chain);
    chain.verifyInto(reasons, anchors, time);
    if (!Chain.named(chain.leaf().getSubjectX500Principal(), anchors.leafName())
        || chain.intermediate().isEmpty()
        || anchors.authorityNames().stream()
            .noneMatch(name -> Chain.named(chain.path().get(1).getSubjectX500Principal(), name))) {
      refuse(Reason.Code.CHAIN_INVALID, "the machine's chain: a certificate of another kind");
    }
    return chain;
  }

  private Chain signerChain(String what, Bytes pem) throws Refusal {
    if (pem.isEmpty()) {
      throw new Refusal(Reason.Code.COLLATERAL_MISSING, what + " is missing");
    }
    Chain chain = Chain.read(what, pem, 1);
    note(chain);
    chain.verifyInto(reasons, anchors, time);
    if (!Chain.named(chain.leaf().getSubjectX500Principal(), anchors.signerName())) {
      refuse(Reason.Code.CHAIN_INVALID, what + ": a certificate of another kind");
    }
    return chain;
  }

  private void rootRevocations(
      @Nullable Chain pckChain, @Nullable Chain tcbInfoChain, @Nullable Chain qeIdentityChain)
      throws Refusal {
    RevocationList list = RevocationList.read("the root's revocation list", collateral.rootCrl());
    within(list.thisUpdate(), list.nextUpdate());
    check(() -> list.requireCurrent(time, Reason.Code.ROOT_CRL_EXPIRED));
    if (pckChain != null) {
      X509Certificate authority = pckChain.path().get(1);
      list.verify(authority.getIssuerX500Principal(), anchors.rootKey());
      list.requireUnrevoked(authority, "the authority that certified the machine");
    }
    if (tcbInfoChain != null) {
      list.verify(tcbInfoChain.leaf().getIssuerX500Principal(), anchors.rootKey());
      list.requireUnrevoked(tcbInfoChain.leaf(), "the signer of the TCB info");
    }
    if (qeIdentityChain != null) {
      list.requireUnrevoked(qeIdentityChain.leaf(), "the signer of the enclave identity");
    }
  }

  private void pckRevocations(@Nullable Chain pckChain) throws Refusal {
    RevocationList list = RevocationList.read("the machine's revocation list", collateral.pckCrl());
    within(list.thisUpdate(), list.nextUpdate());
    check(() -> list.requireCurrent(time, Reason.Code.PCK_CRL_EXPIRED));
    if (pckChain != null) {
      X509Certificate authority = pckChain.path().get(1);
      list.verify(authority.getSubjectX500Principal(), authority.getPublicKey());
      list.requireUnrevoked(pckChain.leaf(), "the machine's certificate");
    }
  }

  private TcbInfo tcbInfo(@Nullable Chain chain) throws Refusal {
    if (chain != null
        && !P256.verifies(
            chain.leaf().getPublicKey(), collateral.tcbInfo(), collateral.tcbInfoSignature())) {
      throw new Refusal(Reason.Code.TCB_INFO_SIGNATURE, "the TCB info is not the vendor's");
    }
    TcbInfo info = TcbInfo.read(collateral.tcbInfo());
    within(info.issueDate(), info.nextUpdate());
    if (time.isBefore(info.issueDate()) || time.isAfter(info.nextUpdate())) {
      refuse(
          Reason.Code.TCB_INFO_EXPIRED,
          "the TCB info is valid from " + info.issueDate() + " to " + info.nextUpdate());
    }
    String wanted = isDomain() ? TcbInfo.TDX : TcbInfo.SGX;
    if (!info.id().equals(wanted)) {
      refuse(Reason.Code.TCB_INFO_MISMATCH, "the TCB info is not about " + wanted);
    }
    return info;
  }

  private QeIdentity qeIdentity(@Nullable Chain chain) throws Refusal {
    if (chain != null
        && !P256.verifies(
            chain.leaf().getPublicKey(),
            collateral.qeIdentity(),
            collateral.qeIdentitySignature())) {
      throw new Refusal(
          Reason.Code.QE_IDENTITY_SIGNATURE, "the quoting enclave's identity is not the vendor's");
    }
    QeIdentity identity = QeIdentity.read(collateral.qeIdentity());
    within(identity.issueDate(), identity.nextUpdate());
    if (time.isBefore(identity.issueDate()) || time.isAfter(identity.nextUpdate())) {
      refuse(
          Reason.Code.QE_IDENTITY_EXPIRED,
          "the quoting enclave's identity is valid from "
              + identity.issueDate()
              + " to "
              + identity.nextUpdate());
    }
    String wanted = isDomain() ? QeIdentity.TDX : QeIdentity.SGX;
    if (!identity.id().equals(wanted)) {
      refuse(Reason.Code.QE_IDENTITY_MISMATCH, "the enclave identity is not that of a " + wanted);
    }
    return identity;
  }

  private boolean isDomain() {
    return evidence instanceof TdxQuote;
  }

  private void requireSamePlatform(TcbInfo info, PckFacts pck) throws Refusal {
    if (!info.fmspc().equals(pck.fmspc()) || !info.pceId().equals(pck.pceId())) {
      throw new Refusal(
          Reason.Code.TCB_INFO_MISMATCH, "the TCB info is about another kind of platform");
    }
  }

  /** Machine's key signs quoting enclave, which names the key that signs the evidence. */
  private void signatures(@Nullable Chain pckChain) {
    EnclaveReport quoter = signature.qeReport();
    if (pckChain != null
        && !P256.verifies(
            pckChain.leaf().getPublicKey(), quoter.bytes(), signature.qeReportSignature())) {
      refuse(
          Reason.Code.QE_REPORT_SIGNATURE,
          "the quoting enclave's report is not signed by the machine's key");
    }
    Bytes key = sha256(Bytes.concat(signature.attestationKey(), signature.qeAuthentication()));
    if (!quoter.reportData().equals(Bytes.concat(key, ZEROS))) {
      refuse(
          Reason.Code.QE_REPORT_BINDING,
          "the quoting enclave does not name the key that signed the evidence");
    }
    Optional<PublicKey> attestationKey = P256.key(signature.attestationKey());
    if (attestationKey.isEmpty()
        || !P256.verifies(attestationKey.get(), signed, signature.signature())) {
      refuse(Reason.Code.SIGNATURE_INVALID, "the evidence's signature is wrong");
    }
  }

  private int securityVersion() {
    return evidence instanceof SgxQuote sgx ? sgx.report().securityVersion() : 0;
  }

  private EnumSet<Trait> traits(PckFacts pck) {
    EnumSet<Trait> traits = EnumSet.noneOf(Trait.class);
    traits.addAll(pck.traits());
    if (signature.qeReport().debug()) {
      traits.add(Trait.DEBUG);
    }
    if (evidence instanceof SgxQuote sgx) {
      add(traits, Trait.DEBUG, sgx.report().debug());
      add(traits, Trait.PROVISIONING_KEY, sgx.report().provisioningKey());
      add(traits, Trait.LAUNCH_KEY, sgx.report().launchKey());
    } else if (evidence instanceof TdxQuote tdx) {
      TrustDomainReport report = tdx.report();
      add(traits, Trait.DEBUG, report.debug());
      add(traits, Trait.RESERVED_ATTRIBUTES, report.reservedDebugAttributes());
      add(traits, Trait.PAGE_EXCEPTIONS, report.pageExceptions());
      add(traits, Trait.MIGRATABLE, report.migratable());
      add(traits, Trait.PERFORMANCE_COUNTERS, report.performanceCounters());
      add(
          traits,
          Trait.SERVICE_DOMAIN,
          report
              .mrServiceTd()
              .filter(service -> !service.equals(Bytes.of(new byte[48])))
              .isPresent());
    }
    return traits;
  }

  private static void add(EnumSet<Trait> traits, Trait trait, boolean there) {
    if (there) {
      traits.add(trait);
    }
  }

  private static Bytes32 platformHash(PckFacts pck) {
    return Preimage.hash("INTEL_PLATFORM", "bytes", pck.ppid());
  }

  private static String hex(Bytes bytes) {
    String hex = bytes.hex();
    return hex.startsWith("0x") ? hex.substring(2) : hex;
  }

  private void note(Chain chain) {
    for (X509Certificate certificate : chain.all()) {
      within(certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
    }
  }

  private void within(Instant start, Instant end) {
    from = from.isBefore(start) ? start : from;
    until = until.isAfter(end) ? end : until;
  }

  private void refuse(Reason.Code code, String detail) {
    reasons.add(new Reason(code, detail));
  }

  /** What a step gives, or nothing once it has left its reason. */
  private <T> @Nullable T attempt(Step<T> step) {
    try {
      return step.run();
    } catch (Refusal e) {
      reasons.add(e.reason());
      return null;
    }
  }

  private void check(Check check) {
    try {
      check.run();
    } catch (Refusal e) {
      reasons.add(e.reason());
    }
  }

  private interface Step<T> {
    T run() throws Refusal;
  }

  private interface Check {
    void run() throws Refusal;
  }

  private static Bytes sha256(Bytes bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes.asByteBuffer());
      return Bytes.of(digest.digest());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK knows SHA-256", e);
    }
  }
}

package network.enigma.attestation.dcap;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import network.enigma.attestation.Evidence;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.SevSnpReport;
import network.enigma.attestation.SgxQuote;
import network.enigma.attestation.TcbStatus;
import network.enigma.attestation.TdxQuote;
import network.enigma.attestation.TrustDomainReport;
import network.enigma.protocol.Bytes;

/**
 * How the vendor rates a machine as a whole: platform, TDX module and quoting enclave, converged as
 * Intel's library does.
 *
 * @param status of the whole
 * @param platform rating of processor and firmware
 * @param module rating of the TDX module, where it is rated apart
 * @param quoter rating of the quoting enclave
 */
record TcbRating(
    TcbStatus status,
    TcbLevel.Rating platform,
    Optional<TcbLevel.Rating> module,
    TcbLevel.Rating quoter) {

  static TcbRating of(Evidence evidence, PckFacts pck, TcbInfo info, TcbLevel.Rating quoter)
      throws Refusal {
    return switch (evidence) {
      case SgxQuote sgx -> {
        TcbLevel.Rating platform = platform(pck, info);
        yield new TcbRating(
            withQuoter(platform.status(), quoter.status()), platform, Optional.empty(), quoter);
      }
      case TdxQuote tdx -> ofDomain(tdx.report(), pck, info, quoter);
      case SevSnpReport snp ->
          throw new Refusal(Reason.Code.UNSUPPORTED_EVIDENCE, "AMD's evidence has no such rating");
    };
  }

  /** The advisories of all three. */
  TreeSet<String> advisories() {
    TreeSet<String> all = new TreeSet<>(platform.advisories());
    module.ifPresent(rating -> all.addAll(rating.advisories()));
    all.addAll(quoter.advisories());
    return all;
  }

  private static TcbLevel.Rating platform(PckFacts pck, TcbInfo info) throws Refusal {
    return info.levels().stream()
        .filter(level -> level.reachedBy(pck))
        .findFirst()
        .map(TcbLevel::rating)
        .orElseThrow(TcbRating::unrated);
  }

  private static Refusal unrated() {
    return new Refusal(
        Reason.Code.TCB_LEVEL_NOT_FOUND, "the machine is older than any version Intel rates");
  }

  private static TcbRating ofDomain(
      TrustDomainReport report, PckFacts pck, TcbInfo info, TcbLevel.Rating quoter) throws Refusal {
    Optional<TcbLevel.Rating> module = module(report, info);
    TcbLevel.Rating sgx = platform(pck, info);
    TcbLevel.Rating tdx =
        info.levels().stream()
            .filter(level -> level.reachedBy(pck) && level.reachedBy(report.teeTcbSvn()))
            .findFirst()
            .map(TcbLevel::rating)
            .orElseThrow(TcbRating::unrated);
    TcbStatus domain =
        module.isPresent() ? lowered(tdx.status(), module.get().status()) : tdx.status();
    if (report.teeTcbSvn2().isPresent() && module.isPresent()) {
      domain =
          relaunchable(
              report.teeTcbSvn2().get(),
              info,
              sgx.status(),
              domain,
              module.get().status(),
              quoter.status());
    }
    return new TcbRating(withQuoter(domain, quoter.status()), tdx, module, quoter);
  }

  /** The module is the vendor's; its rating, where it is rated apart. */
  private static Optional<TcbLevel.Rating> module(TrustDomainReport report, TcbInfo info)
      throws Refusal {
    int major = report.teeTcbSvn().get(1) & 0xff;
    TcbInfo.Module module =
        (major == 0 ? info.module() : info.module(major))
            .orElseThrow(() ->
                new Refusal(
                    Reason.Code.MODULE_UNKNOWN,
                    "the vendor knows no TDX module of major version " + major));
    if (!module.signer().equals(report.mrSignerSeam())) {
      throw new Refusal(Reason.Code.MODULE_UNKNOWN, "somebody else signed the TDX module");
    }
    Bytes attributes = QeIdentity.masked(report.seamAttributes(), module.mask());
    if (!attributes.equals(QeIdentity.masked(module.attributes(), module.mask()))
        || (major > 0 && !zero(report.seamAttributes()))) {
      throw new Refusal(Reason.Code.MODULE_UNKNOWN, "the TDX module has other attributes");
    }
    if (major == 0) {
      return Optional.empty();
    }
    return Optional.of(
        TcbLevel.Single.of(module.levels(), report.teeTcbSvn().get(0) & 0xff)
            .orElseThrow(() ->
                new Refusal(
                    Reason.Code.TCB_LEVEL_NOT_FOUND,
                    "the TDX module is older than any version Intel rates")));
  }

  private static boolean zero(Bytes bytes) {
    for (int i = 0; i < bytes.length(); i++) {
      if (bytes.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** A status of the whole, lowered by that of a part. */
  static TcbStatus lowered(TcbStatus whole, TcbStatus part) {
    if (part == TcbStatus.REVOKED) {
      return TcbStatus.REVOKED;
    }
    if (part != TcbStatus.OUT_OF_DATE) {
      return whole;
    }
    return switch (whole) {
      case UP_TO_DATE, SW_HARDENING_NEEDED -> TcbStatus.OUT_OF_DATE;
      case CONFIGURATION_NEEDED, CONFIGURATION_AND_SW_HARDENING_NEEDED ->
          TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED;
      case OUT_OF_DATE,
          OUT_OF_DATE_CONFIGURATION_NEEDED,
          TD_RELAUNCH_ADVISED,
          TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
          REVOKED,
          NOT_RATED ->
          whole;
    };
  }

  private static TcbStatus withQuoter(TcbStatus whole, TcbStatus quoter) {
    return lowered(whole, quoter);
  }

  /**
   * A trust domain that is out of date only because its module was when it was launched need only
   * be launched again.
   */
  private static TcbStatus relaunchable(
      Bytes now,
      TcbInfo info,
      TcbStatus sgx,
      TcbStatus domain,
      TcbStatus module,
      TcbStatus quoter) {
    boolean quoterCurrent = quoter != TcbStatus.OUT_OF_DATE && quoter != TcbStatus.REVOKED;
    boolean onlyModule =
        module == TcbStatus.OUT_OF_DATE
            && (domain == TcbStatus.OUT_OF_DATE
                || domain == TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED);
    boolean platformCurrent =
        sgx == TcbStatus.UP_TO_DATE
            || sgx == TcbStatus.SW_HARDENING_NEEDED
            || sgx == TcbStatus.CONFIGURATION_NEEDED
            || sgx == TcbStatus.CONFIGURATION_AND_SW_HARDENING_NEEDED;
    if (!quoterCurrent || !onlyModule || !platformCurrent || !current(now, info)) {
      return domain;
    }
    boolean configuration =
        sgx == TcbStatus.CONFIGURATION_NEEDED
            || sgx == TcbStatus.CONFIGURATION_AND_SW_HARDENING_NEEDED
            || domain == TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED;
    return configuration
        ? TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED
        : TcbStatus.TD_RELAUNCH_ADVISED;
  }

  /** The module and loader that run now are the newest that Intel rates. */
  private static boolean current(Bytes now, TcbInfo info) {
    Optional<Bytes> newest = info.levels().getFirst().tdxComponents();
    if (newest.isEmpty() || below(now, newest.get(), 2)) {
      return false;
    }
    int major = now.get(1) & 0xff;
    if (major == 0) {
      return !below(now, newest.get(), 0);
    }
    List<TcbLevel.Single> levels = info.module(major).map(TcbInfo.Module::levels).orElse(List.of());
    return !levels.isEmpty() && (now.get(0) & 0xff) >= levels.getFirst().securityVersion();
  }

  private static boolean below(Bytes versions, Bytes wanted, int index) {
    return (versions.get(index) & 0xff) < (wanted.get(index) & 0xff);
  }
}

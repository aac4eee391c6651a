package network.enigma.attestation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.NetworkConfig.Mode;

/**
 * What evidence must show to be accepted. The mode is not a minimum: a simulation policy refuses
 * hardware evidence as a hardware policy refuses simulated evidence, so that no network mixes the
 * two.
 *
 * @param mode the only mode accepted
 * @param measurements the programs accepted; absent where the caller checks the measurement itself,
 *     against the list on chain
 * @param statuses the vendor's ratings accepted; those that ask for hardened software are safe only
 *     because every advisory must be accepted too
 * @param advisories security advisories accepted; one that applies and is not among them is a
 *     reason to refuse, under whatever rating
 * @param minimumTcbNumber the least {@link Facts#tcbNumber()}
 * @param minimumTcbDate the least {@link Facts#tcbDate()}
 * @param minimumSecurityVersion the least {@link Facts#securityVersion()}
 * @param refusedTraits what machine and program must not be
 * @param serviceDomains values of MRSERVICETD accepted although a service domain is refused
 * @param allowedFamilies the kinds of machine accepted; absent for all
 * @param deniedFamilies kinds of machine refused
 * @param deniedPlatforms machines refused, by {@link Facts#platformHash()}
 */
public record Policy(
    Mode mode,
    Optional<Set<Bytes32>> measurements,
    Set<TcbStatus> statuses,
    Set<String> advisories,
    long minimumTcbNumber,
    Instant minimumTcbDate,
    long minimumSecurityVersion,
    Set<Trait> refusedTraits,
    Set<Bytes> serviceDomains,
    Optional<Set<String>> allowedFamilies,
    Set<String> deniedFamilies,
    Set<Bytes32> deniedPlatforms) {

  /** What no machine that keeps secrets may be. */
  public static final Set<Trait> UNSAFE =
      Collections.unmodifiableSet(
          EnumSet.of(
              Trait.DEBUG,
              Trait.PROVISIONING_KEY,
              Trait.LAUNCH_KEY,
              Trait.RESERVED_ATTRIBUTES,
              Trait.PAGE_EXCEPTIONS,
              Trait.SERVICE_DOMAIN,
              Trait.MIGRATABLE,
              Trait.PERFORMANCE_COUNTERS,
              Trait.LESSER_PRIVILEGE,
              Trait.REVOCATION_UNCHECKED));

  /**
   * Families whose signing keys a published attack extracts by software alone, so that their owner
   * can sign evidence of any program: EPYC 7003 (BadFuse, arXiv 2605.12990).
   */
  public static final Set<String> BROKEN_FAMILIES = Set.of("Milan");

  /** Advisories that software hardening answers and that many SGX machines cannot get rid of. */
  public static final Set<String> UNAVOIDABLE_ADVISORIES =
      Set.of("INTEL-SA-00289", "INTEL-SA-00615");

  public Policy {
    measurements = measurements.map(Set::copyOf);
    statuses = Set.copyOf(statuses);
    advisories = Set.copyOf(advisories);
    refusedTraits = Set.copyOf(refusedTraits);
    serviceDomains = Set.copyOf(serviceDomains);
    allowedFamilies = allowedFamilies.map(Set::copyOf);
    deniedFamilies = Set.copyOf(deniedFamilies);
    deniedPlatforms = Set.copyOf(deniedPlatforms);
  }

  /** Accepts simulated evidence of any program: development networks only. */
  public static Policy simulation() {
    return new Policy(
        Mode.SIMULATION,
        Optional.empty(),
        Set.of(TcbStatus.UP_TO_DATE),
        Set.of(),
        0,
        Instant.EPOCH,
        0,
        Set.of(),
        Set.of(),
        Optional.empty(),
        Set.of(),
        Set.of());
  }

  /** Accepts hardware evidence of current, safe machines, whatever the program. */
  public static Policy hardware() {
    return new Policy(
        Mode.HARDWARE,
        Optional.empty(),
        Set.of(
            TcbStatus.UP_TO_DATE,
            TcbStatus.NOT_RATED,
            TcbStatus.SW_HARDENING_NEEDED,
            TcbStatus.CONFIGURATION_AND_SW_HARDENING_NEEDED),
        UNAVOIDABLE_ADVISORIES,
        0,
        Instant.EPOCH,
        0,
        UNSAFE,
        Set.of(),
        Optional.empty(),
        BROKEN_FAMILIES,
        Set.of());
  }

  /** Accepts hardware evidence of these programs on current, safe machines. */
  public static Policy hardware(Set<Bytes32> measurements) {
    return hardware().requiring(measurements);
  }

  /** The same policy for these programs only. */
  public Policy requiring(Set<Bytes32> accepted) {
    return new Policy(
        mode,
        Optional.of(accepted),
        statuses,
        advisories,
        minimumTcbNumber,
        minimumTcbDate,
        minimumSecurityVersion,
        refusedTraits,
        serviceDomains,
        allowedFamilies,
        deniedFamilies,
        deniedPlatforms);
  }

  /** The same policy, but these service domains (MRSERVICETD) may be bound to a trust domain. */
  public Policy servedBy(Set<Bytes> accepted) {
    return new Policy(
        mode,
        measurements,
        statuses,
        advisories,
        minimumTcbNumber,
        minimumTcbDate,
        minimumSecurityVersion,
        refusedTraits,
        accepted,
        allowedFamilies,
        deniedFamilies,
        deniedPlatforms);
  }

  /** Accepts a verdict, or says every reason against it. */
  public Decision judge(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Refused refused -> new Decision.Refused(refused.reasons());
      case Verdict.Proven proven -> {
        List<Reason> reasons = objections(proven);
        yield reasons.isEmpty() ? new Decision.Accepted(proven) : new Decision.Refused(reasons);
      }
    };
  }

  private List<Reason> objections(Verdict.Proven proven) {
    Facts facts = proven.facts();
    List<Reason> reasons = new ArrayList<>();
    if (proven.mode() != mode) {
      reasons.add(
          new Reason(
              Reason.Code.MODE_REFUSED,
              "the evidence is " + proven.mode() + " and the policy wants " + mode));
    }
    if (measurements.isPresent() && !measurements.get().contains(facts.measurement())) {
      reasons.add(
          new Reason(
              Reason.Code.MEASUREMENT_REFUSED,
              "the program " + facts.measurement() + " is not one the policy accepts"));
    }
    if (facts.securityVersion() < minimumSecurityVersion) {
      reasons.add(
          new Reason(
              Reason.Code.VERSION_TOO_LOW,
              "the program has security version "
                  + facts.securityVersion()
                  + ", the policy wants "
                  + minimumSecurityVersion));
    }
    if (!statuses.contains(facts.status())) {
      reasons.add(
          new Reason(
              Reason.Code.STATUS_REFUSED,
              "the vendor rates the machine " + facts.status().label()));
    }
    for (String advisory : facts.advisories()) {
      if (!advisories.contains(advisory)) {
        reasons.add(
            new Reason(Reason.Code.ADVISORY_REFUSED, "security advisory " + advisory + " applies"));
      }
    }
    if (facts.tcbNumber() < minimumTcbNumber) {
      reasons.add(
          new Reason(
              Reason.Code.TCB_TOO_OLD,
              "TCB number " + facts.tcbNumber() + " is below " + minimumTcbNumber));
    }
    if (facts.tcbDate().isBefore(minimumTcbDate)) {
      reasons.add(
          new Reason(
              Reason.Code.TCB_TOO_OLD,
              "the TCB is of " + facts.tcbDate() + ", the policy wants " + minimumTcbDate));
    }
    for (Trait trait : facts.traits()) {
      if (refusedTraits.contains(trait) && !servedByListed(trait, facts)) {
        reasons.add(new Reason(Reason.Code.TRAIT_REFUSED, trait + ": " + trait.label()));
      }
    }
    boolean familyAllowed =
        allowedFamilies.isEmpty() || allowedFamilies.get().contains(facts.platformFamily());
    if (!familyAllowed || deniedFamilies.contains(facts.platformFamily())) {
      reasons.add(
          new Reason(
              Reason.Code.PLATFORM_REFUSED,
              "machines of family " + facts.platformFamily() + " are not accepted"));
    }
    if (deniedPlatforms.contains(facts.platformHash())) {
      reasons.add(new Reason(Reason.Code.PLATFORM_REFUSED, "this machine is not accepted"));
    }
    return reasons;
  }

  private boolean servedByListed(Trait trait, Facts facts) {
    Bytes service = facts.evidence().registers().get("mrservicetd");
    return trait == Trait.SERVICE_DOMAIN && service != null && serviceDomains.contains(service);
  }
}

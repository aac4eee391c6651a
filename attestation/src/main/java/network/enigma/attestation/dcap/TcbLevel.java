package network.enigma.attestation.dcap;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.TcbStatus;
import network.enigma.protocol.Bytes;

/**
 * A security version of a platform, and how Intel rates it.
 *
 * @param sgxComponents 16 security versions
 * @param pceSvn of the provisioning certification enclave
 * @param tdxComponents 16 security versions, absent from SGX's TCB info
 * @param rating of machines that reach all of them
 */
record TcbLevel(Bytes sgxComponents, int pceSvn, Optional<Bytes> tdxComponents, Rating rating) {
  private static final int COMPONENTS = 16;
  private static final int MAXIMUM_LEVELS = 256;

  /** Highest first, as Intel's library sorts them. */
  static final Comparator<TcbLevel> HIGHEST_FIRST =
      Comparator.comparing(TcbLevel::sgxComponents)
          .thenComparing(level -> level.tdxComponents.orElse(Bytes.empty()))
          .thenComparingInt(TcbLevel::pceSvn)
          .reversed();

  /**
   * How Intel rates a security version.
   *
   * @param status its word
   * @param date when Intel published the version
   * @param advisories that apply to it
   */
  record Rating(TcbStatus status, Instant date, List<String> advisories) {
    static Rating read(Json.Members json) throws Refusal {
      String word = json.text("tcbStatus");
      Optional<TcbStatus> status = TcbStatus.ofLabel(word).filter(TcbLevel::isIntels);
      if (status.isEmpty()) {
        throw new Refusal(
            Reason.Code.TCB_STATUS_UNKNOWN, "a rating that this release does not know");
      }
      return new Rating(status.get(), json.instant("tcbDate"), json.texts("advisoryIDs"));
    }
  }

  /**
   * How Intel rates a security version of a module or enclave.
   *
   * @param securityVersion the least that has this rating
   */
  record Single(long securityVersion, Rating rating) {
    /** The levels, highest first. */
    static List<Single> read(Json.Members json) throws Refusal {
      List<Single> levels = new ArrayList<>();
      for (Json.Members level : bounded(json)) {
        levels.add(new Single(level.members("tcb").whole("isvsvn", 0xffff), Rating.read(level)));
      }
      levels.sort(Comparator.comparingLong(Single::securityVersion).reversed());
      return levels;
    }

    /** The rating of a security version, empty if it is below all that are rated. */
    static Optional<Rating> of(List<Single> levels, long securityVersion) {
      return levels.stream()
          .filter(level -> level.securityVersion() <= securityVersion)
          .findFirst()
          .map(Single::rating);
    }
  }

  private static boolean isIntels(TcbStatus status) {
    return switch (status) {
      case UP_TO_DATE,
          SW_HARDENING_NEEDED,
          CONFIGURATION_NEEDED,
          CONFIGURATION_AND_SW_HARDENING_NEEDED,
          OUT_OF_DATE,
          OUT_OF_DATE_CONFIGURATION_NEEDED,
          REVOKED ->
          true;
      case TD_RELAUNCH_ADVISED, TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED, NOT_RATED -> false;
    };
  }

  private static List<Json.Members> bounded(Json.Members json) throws Refusal {
    List<Json.Members> levels = json.list("tcbLevels");
    if (levels.size() > MAXIMUM_LEVELS) {
      throw new Refusal(Reason.Code.MALFORMED_COLLATERAL, "more than 256 TCB levels");
    }
    return levels;
  }

  /** The levels of a TCB info, highest first. */
  static List<TcbLevel> read(Json.Members json, long version) throws Refusal {
    List<TcbLevel> levels = new ArrayList<>();
    for (Json.Members level : bounded(json)) {
      Json.Members tcb = level.members("tcb");
      levels.add(
          new TcbLevel(
              version == 2 ? numbered(tcb) : listed(tcb, "sgxtcbcomponents"),
              (int) tcb.whole("pcesvn", 0xffff),
              tcb.has("tdxtcbcomponents")
                  ? Optional.of(listed(tcb, "tdxtcbcomponents"))
                  : Optional.empty(),
              Rating.read(level)));
    }
    levels.sort(HIGHEST_FIRST);
    return levels;
  }

  private static Bytes listed(Json.Members tcb, String name) throws Refusal {
    List<Json.Members> components = tcb.list(name);
    if (components.size() != COMPONENTS) {
      throw new Refusal(Reason.Code.MALFORMED_COLLATERAL, "a TCB has 16 components");
    }
    byte[] versions = new byte[COMPONENTS];
    for (int i = 0; i < COMPONENTS; i++) {
      versions[i] = (byte) components.get(i).whole("svn", 0xff);
    }
    return Bytes.of(versions);
  }

  private static Bytes numbered(Json.Members tcb) throws Refusal {
    byte[] versions = new byte[COMPONENTS];
    for (int i = 0; i < COMPONENTS; i++) {
      versions[i] = (byte) tcb.whole(String.format(Locale.ROOT, "sgxtcbcomp%02dsvn", i + 1), 0xff);
    }
    return Bytes.of(versions);
  }

  /** The processor's and firmware's versions reach this level, each of them. */
  boolean reachedBy(PckFacts pck) {
    return reaches(pck.components(), sgxComponents, 0) && pck.pceSvn() >= pceSvn;
  }

  /**
   * The trust domain's versions reach this level. The first two components belong to the module,
   * which is rated apart where its major version says so.
   */
  boolean reachedBy(Bytes teeTcbSvn) {
    return tdxComponents.isPresent()
        && reaches(teeTcbSvn, tdxComponents.get(), teeTcbSvn.get(1) != 0 ? 2 : 0);
  }

  private static boolean reaches(Bytes versions, Bytes wanted, int from) {
    for (int i = from; i < COMPONENTS; i++) {
      if ((versions.get(i) & 0xff) < (wanted.get(i) & 0xff)) {
        return false;
      }
    }
    return true;
  }
}

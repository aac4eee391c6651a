package network.enigma.attestation;

import java.util.Optional;
import java.util.stream.Stream;

/** What the vendor says about the security version of a machine; names as in Intel's TCB info. */
public enum TcbStatus {
  UP_TO_DATE("UpToDate"),
  SW_HARDENING_NEEDED("SWHardeningNeeded"),
  CONFIGURATION_NEEDED("ConfigurationNeeded"),
  CONFIGURATION_AND_SW_HARDENING_NEEDED("ConfigurationAndSWHardeningNeeded"),
  OUT_OF_DATE("OutOfDate"),
  OUT_OF_DATE_CONFIGURATION_NEEDED("OutOfDateConfigurationNeeded"),
  /** The machine is current, the trust domain was started before it was. */
  TD_RELAUNCH_ADVISED("TDRelaunchAdvised"),
  TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED("TDRelaunchAdvisedConfigurationNeeded"),
  REVOKED("Revoked"),
  /** The vendor publishes no rating (AMD): the policy's minimum TCB number decides. */
  NOT_RATED("NotRated");

  private final String label;

  TcbStatus(String label) {
    this.label = label;
  }

  /** The vendor's word. */
  public String label() {
    return label;
  }

  /** The status of a vendor's word; empty for a word this release does not know. */
  public static Optional<TcbStatus> ofLabel(String label) {
    return Stream.of(values()).filter(status -> status.label.equals(label)).findFirst();
  }
}

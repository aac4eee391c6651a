package network.enigma.client;

/**
 * What is chosen when a realm is opened, for as long as it exists.
 *
 * @param resultsWaitForCommit whether nobody gets a result before its batch is on Ethereum (rule
 *     S3): slower by a commit, and no operator can learn from a batch that then never comes
 * @param ownerPaysRenewals whether renewal fees come from the owner's balance in Enigma, whoever
 *     renews (rule K3), at most one fee a tenure; otherwise who renews pays
 */
public record RealmOptions(boolean resultsWaitForCommit, boolean ownerPaysRenewals) {
  /** Results as soon as they are anchored; who renews pays. */
  public static final RealmOptions DEFAULT = new RealmOptions(false, false);

  /** As the contract takes them. */
  int bits() {
    return (resultsWaitForCommit ? 1 : 0) | (ownerPaysRenewals ? 2 : 0);
  }
}

package network.enigma.node.follow;

import java.util.List;
import network.enigma.chain.EnigmaContract;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Bytes32;

/**
 * A realm as the chain has it at its newest block, in protocol values.
 *
 * @param challengedAt block of its open challenge, 0 for none
 */
public record RealmFacts(Bytes32 realm, Enigma.RealmView view, long challengedAt) {
  /** Reads a realm and, if it has one, its challenge. */
  static RealmFacts read(EnigmaContract contract, Bytes32 realm) {
    Enigma.RealmView view = contract.realm(realm);
    // One that ended since the realm was read is none.
    long challengedAt =
        view.challenged()
            ? Enigma.Results.getChallenge(contract.read(Enigma.getChallenge(realm.toByteArray())))
                .challengedAt()
            : 0;
    return new RealmFacts(realm, view, challengedAt);
  }

  /** Whether a challenge of its holder is open. */
  public boolean challenged() {
    return challengedAt != 0;
  }

  /** Whether renewals are paid from the owner's balance (option bit 1, rule K3). */
  public boolean ownerPaysRenewals() {
    return (view.options() & 2) != 0;
  }

  public boolean exists() {
    for (byte each : view.owner()) {
      if (each != 0) {
        return true;
      }
    }
    return false;
  }

  /** Holder of the running tenure; 0 before the first key. */
  public long holder() {
    return view.worker();
  }

  public boolean pending() {
    return view.pending();
  }

  /** The tenure a lease would be for: the pending one while there is one. */
  public long leaseTenure() {
    return pending() ? view.tenure() + 1 : view.tenure();
  }

  /** Generation of that tenure's secret. */
  public long leaseGeneration() {
    return pending() ? view.nextGeneration() : view.generation();
  }

  /** Worker numbers of the ranks, without gaps. */
  public List<Long> ranks() {
    return view.ranks().stream().filter(rank -> rank != 0).toList();
  }

  /** Who holds or will hold the realm: first of the drawn while the draw is pending. */
  public long expectedHolder() {
    if (pending()) {
      return ranks().isEmpty() ? 0 : ranks().getFirst();
    }
    return holder();
  }

  public long sequence() {
    return view.sequence();
  }

  public Bytes32 stateHash() {
    return Bytes32.of(view.stateHash());
  }
}

package network.enigma.tee.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.tee.PartialSecret;
import network.enigma.tee.RealmSecret;
import network.enigma.tee.Roster;

/**
 * What a quorum of grants gives the worker enclave (rules S2, K5).
 *
 * @param lease the number
 * @param current secret of the tenure
 * @param previous secret of the tenure before, if it was given
 * @param head the highest head of the quorum above the committed one: what must be loaded before
 *     anything runs; absent if nobody knows one
 */
public record LeaseQuorum(
    long lease, RealmSecret current, Optional<RealmSecret> previous, Optional<KnownHead> head) {

  /**
   * Checks the grants and combines them.
   *
   * @param request what this enclave asked for, and the grants answer
   * @param committed the sequence on chain. Heads up to it are the chain's to tell and outrank no
   *     head beyond it, whatever their lease
   * @throws EnigmaException {@link ErrorCode#QUORUM_NOT_REACHED}, {@link ErrorCode#NOT_LISTED},
   *     {@link ErrorCode#QUORUM_STALE} (a key manager was restarted since, too), or {@link
   *     ErrorCode#LEASE_REFUSED} when a grant is of another realm, tenure or number
   */
  public static LeaseQuorum of(
      List<Verified<LeaseGrant>> grants,
      Verified<LeaseRequest> request,
      Bytes32 networkHash,
      Roster roster,
      long maxHeaderLag,
      long committed) {
    roster.requireQuorum(grants.stream().map(Verified::sender).toList());
    LeaseRequest asked = request.body();
    List<TenureSecret> current = new ArrayList<>();
    List<TenureSecret> previous = new ArrayList<>();
    Optional<KnownHead> head = Optional.empty();
    for (Verified<LeaseGrant> each : grants) {
      LeaseGrant grant = each.body();
      if (!grant.request().equals(request.digest())
          || !grant.realm().equals(asked.realm())
          || grant.tenure() != asked.tenure()
          || grant.lease() != asked.lease()
          || grant.current().tenure() != asked.tenure()) {
        throw new EnigmaException(
            ErrorCode.LEASE_REFUSED,
            "the grant of key manager " + each.sender() + " answers another request");
      }
      current.add(grant.current());
      grant
          .previous()
          .filter(secret -> secret.tenure() == asked.tenure() - 1)
          .ifPresent(previous::add);
      Optional<KnownHead> beyond =
          grant.head().filter(known -> Long.compareUnsigned(known.endSequence(), committed) > 0);
      if (beyond.isPresent() && (head.isEmpty() || beyond.get().compareTo(head.get()) > 0)) {
        head = beyond;
      }
    }
    Incarnations.requireLatest(
        grants.stream()
            .collect(Collectors.toMap(Verified::sender, each -> each.body().incarnations())),
        roster);
    HeaderLag.require(
        grants.stream().map(each -> each.body().headerNumber()).toList(), maxHeaderLag);
    return new LeaseQuorum(
        asked.lease(),
        combine(networkHash, asked.realm(), current),
        previous.size() == grants.size()
            ? Optional.of(combine(networkHash, asked.realm(), previous))
            : Optional.empty(),
        head);
  }

  private static RealmSecret combine(
      Bytes32 networkHash, Bytes32 realm, List<TenureSecret> secrets) {
    long generation = secrets.getFirst().generation();
    List<PartialSecret> parts = new ArrayList<>();
    for (TenureSecret secret : secrets) {
      if (secret.generation() != generation) {
        throw new EnigmaException(
            ErrorCode.QUORUM_NOT_REACHED, "the key managers disagree about the generation");
      }
      parts.addAll(secret.parts());
    }
    return RealmSecret.combine(networkHash, realm, generation, secrets.getFirst().tenure(), parts);
  }
}

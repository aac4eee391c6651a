package network.enigma.tee.message;

import java.util.List;
import java.util.stream.Collectors;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.tee.Roster;

/** When acknowledgements make a head anchored (rule S3). */
public final class AckQuorum {
  private AckQuorum() {}

  /**
   * Checks that a quorum of distinct listed key managers has acknowledged the head, within {@code
   * maxHeaderLag} blocks of each other, and that each speaks in its latest life.
   *
   * @throws EnigmaException {@link ErrorCode#NOT_ANCHORED} when an acknowledgement is of another
   *     head, {@link ErrorCode#QUORUM_NOT_REACHED}, {@link ErrorCode#NOT_LISTED}, or {@link
   *     ErrorCode#QUORUM_STALE}
   */
  public static void require(
      List<Verified<HeadAcknowledgement>> acknowledgements,
      Bytes32 realm,
      KnownHead head,
      Roster roster,
      long maxHeaderLag) {
    roster.requireQuorum(acknowledgements.stream().map(Verified::sender).toList());
    for (Verified<HeadAcknowledgement> each : acknowledgements) {
      if (!each.body().realm().equals(realm) || !each.body().head().equals(head)) {
        throw new EnigmaException(
            ErrorCode.NOT_ANCHORED, "key manager " + each.sender() + " acknowledged another head");
      }
    }
    HeaderLag.require(
        acknowledgements.stream().map(each -> each.body().headerNumber()).toList(), maxHeaderLag);
    Incarnations.requireLatest(
        acknowledgements.stream()
            .collect(Collectors.toMap(Verified::sender, each -> each.body().incarnations())),
        roster);
  }
}

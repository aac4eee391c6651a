package network.enigma.enclave;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.tee.ChainView;
import network.enigma.tee.Roster;

/**
 * Which key managers were proved to decide, and when. A proof counts for {@code maxHeaderLag}
 * blocks, so that not every release needs one.
 */
final class Rosters {
  private final ChainView chain;
  private final long maxHeaderLag;
  private Optional<Known> known = Optional.empty();

  private record Known(
      long generation, int quorum, Map<Address, Member> members, long headerNumber) {}

  private record Member(long recordedLives, long provedAt) {}

  Rosters(ChainView chain, long maxHeaderLag) {
    this.chain = chain;
    this.maxHeaderLag = maxHeaderLag;
  }

  /**
   * The key managers among the candidates, and how many decide.
   *
   * @param facts a proof at hand
   * @throws EnigmaException {@link ErrorCode#BAD_STATE_PROOF} if neither the proof nor what is
   *     known covers them
   */
  synchronized Roster of(Collection<Address> candidates, Optional<EnigmaFacts> facts) {
    if (facts.isPresent()) {
      Roster roster = Roster.prove(facts.get(), candidates);
      learn(roster, facts.get().header().number());
      return roster;
    }
    long tip = chain.tip().number();
    Known here =
        known
            .filter(each -> tip - each.headerNumber <= maxHeaderLag)
            .orElseThrow(() -> unproved("the generation of key managers"));
    Map<Address, Long> members = new HashMap<>();
    for (Address candidate : candidates) {
      Member member = here.members.get(candidate);
      if (member == null || tip - member.provedAt > maxHeaderLag) {
        throw unproved("key manager " + candidate);
      }
      members.put(candidate, member.recordedLives);
    }
    return new Roster(here.generation, here.quorum, members);
  }

  private void learn(Roster roster, long headerNumber) {
    if (known.isPresent() && known.get().headerNumber > headerNumber) {
      return;
    }
    Map<Address, Member> members =
        new HashMap<>(
            known
                .filter(each -> each.generation == roster.generation())
                .map(Known::members)
                .orElse(Map.of()));
    roster
        .members()
        .forEach((member, lives) -> members.put(member, new Member(lives, headerNumber)));
    known = Optional.of(new Known(roster.generation(), roster.quorum(), members, headerNumber));
  }

  private static EnigmaException unproved(String what) {
    return new EnigmaException(
        ErrorCode.BAD_STATE_PROOF, "nothing proves " + what + " within maxHeaderLag blocks");
  }
}

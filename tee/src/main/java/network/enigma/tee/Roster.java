package network.enigma.tee;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.ethereum.storage.Generation;
import network.enigma.ethereum.storage.KeyManager;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * The key managers of a generation, as proved on chain, and how many of them decide (rule K5).
 *
 * @param generation uint32
 * @param quorum signatures that decide
 * @param members those of them that were proved, the others do not count; with each how many of its
 *     lives were recorded on chain (rule S3)
 */
public record Roster(long generation, int quorum, Map<Address, Long> members) {
  public Roster {
    members = Map.copyOf(members);
    if (quorum < 1) {
      throw new IllegalArgumentException("a quorum has a member");
    }
  }

  /**
   * Proves which of the candidates decide now: the listed members of the generation the chain names
   * (the contract counts the same signatures).
   *
   * @param facts must cover the counters, the record of their generation and of each candidate the
   *     key manager and its incarnation
   * @throws EnigmaException {@link ErrorCode#NOT_LISTED} if there is no generation yet; {@link
   *     ErrorCode#BAD_STATE_PROOF}
   */
  public static Roster prove(EnigmaFacts facts, Collection<Address> candidates) {
    int generation = facts.counters().generation();
    Generation record = facts.generation(generation);
    if (!record.exists()) {
      throw new EnigmaException(
          ErrorCode.NOT_LISTED, "there is no generation " + generation + " of key managers");
    }
    Map<Address, Long> members = new HashMap<>();
    for (Address candidate : candidates) {
      KeyManager keyManager = facts.keyManager(candidate);
      if (keyManager.listed() && keyManager.generation() == generation) {
        members.put(candidate, facts.incarnation(candidate).number());
      }
    }
    return new Roster(generation, Math.max(1, record.quorum()), members);
  }

  /** Whether it decides. */
  public boolean has(Address keyManager) {
    return members.containsKey(keyManager);
  }

  /**
   * How many of its lives were recorded on chain: what it says in an earlier one does not count.
   *
   * @throws EnigmaException {@link ErrorCode#NOT_LISTED} if it is no member
   */
  public long recordedLives(Address keyManager) {
    Long number = members.get(keyManager);
    if (number == null) {
      throw new EnigmaException(
          ErrorCode.NOT_LISTED, keyManager + " is no key manager of generation " + generation);
    }
    return number;
  }

  /**
   * Checks that the senders are enough distinct members.
   *
   * @throws EnigmaException {@link ErrorCode#NOT_LISTED} if one of them is no member, {@link
   *     ErrorCode#QUORUM_NOT_REACHED} if they are too few or one appears twice
   */
  public void requireQuorum(Collection<Address> senders) {
    Set<Address> distinct = new HashSet<>();
    for (Address sender : senders) {
      if (!has(sender)) {
        throw new EnigmaException(
            ErrorCode.NOT_LISTED, sender + " is no key manager of generation " + generation);
      }
      if (!distinct.add(sender)) {
        throw new EnigmaException(
            ErrorCode.QUORUM_NOT_REACHED, "key manager " + sender + " appears twice");
      }
    }
    if (distinct.size() < quorum) {
      throw new EnigmaException(
          ErrorCode.QUORUM_NOT_REACHED,
          distinct.size() + " key managers where " + quorum + " are needed");
    }
  }
}

package network.enigma.node.replicate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import network.enigma.node.follow.ChainState;
import network.enigma.node.follow.RealmFacts;
import network.enigma.node.peer.WorkerPeers;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * Which workers back a realm up: its other ranks first, then any (Rule C8).
 *
 * @param worker this worker's number
 * @param minimum the network's {@code minBackups}
 */
public record BackupChoice(long worker, int minimum, ChainState state, WorkerPeers peers) {
  /** How many more than needed are asked, should some not answer. */
  private static final int SPARE = 2;

  /** The workers to ask, the best first. */
  public List<ChainState.WorkerFacts> of(Bytes32 realm) {
    Set<Long> ordered = new LinkedHashSet<>();
    state.realm(realm).map(RealmFacts::ranks).ifPresent(ordered::addAll);
    state.workers().forEach(each -> ordered.add(each.number()));
    ordered.remove(worker);
    List<Address> known = peers.operators();
    return ordered.stream()
        .flatMap(number -> state.worker(number).stream())
        .filter(each -> each.active() && known.contains(each.operator()))
        .limit(minimum + SPARE)
        .toList();
  }
}

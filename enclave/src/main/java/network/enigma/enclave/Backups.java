package network.enigma.enclave;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import network.enigma.ethereum.StateProof;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.ethereum.storage.RealmHot;
import network.enigma.protocol.Address;
import network.enigma.protocol.Backup;
import network.enigma.protocol.Batch;
import network.enigma.protocol.BatchKind;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Grant;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Realms;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;
import network.enigma.protocol.crypto.Signature;

/**
 * Acknowledges for other workers that this machine holds their deltas (Rule C8). The deltas stay
 * closed to this enclave: it checks that they are the ones the batches name, that the batches
 * continue one another from genesis or a committed snapshot on through the chain's state hash, and
 * that a quorum granted the lease.
 */
final class Backups {
  private static final int MOST_REALMS = 10_000;

  private final Network network;
  private final Rosters rosters;
  private final Map<Bytes32, History> histories =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes32, History> eldest) {
          return size() > MOST_REALMS;
        }
      };

  /** State hashes by sequence, from the committed one on; immutable. */
  private record History(TreeMap<Long, Bytes32> points) {
    static History from(long sequence, Bytes32 stateHash) {
      TreeMap<Long, Bytes32> points = new TreeMap<>();
      points.put(sequence, stateHash);
      return new History(points);
    }

    History copy() {
      return new History(new TreeMap<>(points));
    }

    long end() {
      return points.lastKey();
    }

    Bytes32 stateHash() {
      return points.lastEntry().getValue();
    }
  }

  Backups(Network network, Rosters rosters) {
    this.network = network;
    this.rosters = rosters;
  }

  WorkerResponse.Held hold(WorkerRequest.HoldDelta hold) {
    EnigmaFacts facts = network.chain().proveRecent(StateProof.decode(hold.proof()));
    RealmHot hot = facts.realmHot(hold.realm());
    requireGranted(hold, facts, hot);
    History history = start(hold);
    for (WorkerRequest.SealedBatch each : hold.batches()) {
      append(hold.realm(), history, each);
    }
    requireThroughChain(hold.realm(), history, facts, hot);
    history.points.headMap(hot.sequence(), false).clear();
    synchronized (histories) {
      histories.put(hold.realm(), history);
    }
    long end =
        hold.batches().isEmpty() ? history.end() : hold.batches().getLast().batch().endSequence();
    Bytes32 stateHash = history.points.get(end);
    if (stateHash == null) {
      throw new EnigmaException(
          ErrorCode.DELTA_REFUSED, "sequence " + end + " is committed already");
    }
    Backup message = new Backup(hold.realm(), hold.lease(), end, stateHash);
    return new WorkerResponse.Held(
        hold.lease(), end, stateHash, network.identity().sign(message.digest(network.domain())));
  }

  private void requireGranted(WorkerRequest.HoldDelta hold, EnigmaFacts facts, RealmHot hot) {
    if (hold.enclave().equals(network.identity().address())) {
      throw new EnigmaException(ErrorCode.DELTA_REFUSED, "a worker is no backup of its own realm");
    }
    if (hold.tenure() != hot.tenure() || Long.compareUnsigned(hold.lease(), hot.lease()) < 0) {
      throw new EnigmaException(
          ErrorCode.LEASE_FENCED,
          "the realm is at tenure " + hot.tenure() + " and has seen lease " + hot.lease());
    }
    Grant grant = new Grant(hold.realm(), hold.tenure(), hold.lease(), hold.enclave());
    Set<Address> signers = new HashSet<>();
    for (Signature signature : hold.grants()) {
      signers.add(grant.signer(network.domain(), signature));
    }
    rosters.of(signers, Optional.of(facts)).requireQuorum(signers);
  }

  private History start(WorkerRequest.HoldDelta hold) {
    if (hold.start().isPresent()) {
      WorkerRequest.Start start = hold.start().get();
      boolean genesis =
          start.sequence() == 0 && start.stateHash().equals(Realms.genesisStateHash(hold.realm()));
      boolean snapshot =
          !hold.batches().isEmpty()
              && hold.batches().getFirst().batch().kind() == BatchKind.SNAPSHOT;
      if (!genesis && !snapshot) {
        throw new EnigmaException(
            ErrorCode.DELTA_REFUSED, "what is held starts at genesis or with a snapshot");
      }
      return History.from(start.sequence(), start.stateHash());
    }
    History known;
    synchronized (histories) {
      known = histories.get(hold.realm());
    }
    if (known == null) {
      throw new EnigmaException(
          ErrorCode.DELTA_REFUSED,
          "this enclave has seen nothing of the realm yet; send everything from the last snapshot");
    }
    return known.copy();
  }

  private static void append(Bytes32 realm, History history, WorkerRequest.SealedBatch each) {
    Batch batch = each.batch();
    if (!batch.realm().equals(realm)) {
      throw new EnigmaException(ErrorCode.DELTA_REFUSED, "a batch of another realm");
    }
    if (!Keccak.hash(each.sealed().toByteArray()).equals(batch.deltaHash())) {
      throw new EnigmaException(
          ErrorCode.DELTA_REFUSED, "a sealed delta is not the one its batch names");
    }
    Bytes32 before = history.points.get(batch.firstSequence() - 1);
    if (batch.firstSequence() <= history.end() && before != null) {
      if (batch.stateHash(before).equals(history.points.get(batch.endSequence()))) {
        return;
      }
      // What lay beyond was never committed; a later lease went on from here.
      history.points.tailMap(batch.firstSequence(), true).clear();
    }
    if (batch.firstSequence() != history.end() + 1) {
      throw new EnigmaException(
          ErrorCode.DELTA_REFUSED,
          "the batch of sequence "
              + batch.firstSequence()
              + " does not continue sequence "
              + history.end());
    }
    history.points.put(batch.endSequence(), batch.stateHash(history.stateHash()));
  }

  private static void requireThroughChain(
      Bytes32 realm, History history, EnigmaFacts facts, RealmHot hot) {
    Bytes32 stored = facts.storedStateHash(realm);
    Bytes32 committed = stored.isZero() ? Realms.genesisStateHash(realm) : stored;
    if (!committed.equals(history.points.get(hot.sequence()))) {
      throw new EnigmaException(
          ErrorCode.HEAD_MISMATCH,
          "what is held does not lead through the chain's state hash at sequence "
              + hot.sequence());
    }
  }

  void drop(Bytes32 realm) {
    synchronized (histories) {
      histories.remove(realm);
    }
  }
}

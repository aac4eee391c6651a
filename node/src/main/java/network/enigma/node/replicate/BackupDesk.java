package network.enigma.node.replicate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.ethereum.storage.WorkerSlots;
import network.enigma.node.enclave.WorkerEnclave;
import network.enigma.node.follow.ChainState;
import network.enigma.node.follow.ProofCache;
import network.enigma.node.follow.RealmFacts;
import network.enigma.node.storage.Changes;
import network.enigma.node.storage.LogEntry;
import network.enigma.node.storage.NodeStore;
import network.enigma.protocol.Address;
import network.enigma.protocol.Batch;
import network.enigma.protocol.BatchKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Head;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireWriter;
import org.jspecify.annotations.Nullable;

/** Keeps what other workers send, and lets the enclave acknowledge it once it is on disk. */
public final class BackupDesk {
  private final WorkerEnclave enclave;
  private final ChainState state;
  private final ProofCache proofs;
  private final NodeStore store;
  private final Predicate<Bytes32> heldHere;

  /**
   * @param heldHere realms whose lease this worker holds: others have no say in their log
   */
  public BackupDesk(
      WorkerEnclave enclave,
      ChainState state,
      ProofCache proofs,
      NodeStore store,
      Predicate<Bytes32> heldHere) {
    this.enclave = enclave;
    this.state = state;
    this.proofs = proofs;
    this.store = store;
    this.heldHere = heldHere;
  }

  /**
   * Keeps a step that may or may not come to be anchored.
   *
   * @param caller the operator whose worker made it
   * @throws EnigmaException {@code NOT_PERMITTED} if that is no worker of the realm's, {@code
   *     BAD_SIGNATURE} if its enclave did not sign the step's head
   */
  public void keep(Address caller, LogEntry entry) {
    refuseHeld(entry.realm());
    store.room().requireForWork();
    RealmFacts facts = realm(entry.realm());
    long worker = workerOf(caller, entry.enclave());
    if (facts.holder() != worker && !facts.ranks().contains(worker)) {
      throw new EnigmaException(
          ErrorCode.NOT_PERMITTED, "worker " + worker + " is none of the realm's");
    }
    requireSigned(entry, entry.lease());
    // Nobody relies on it yet: the next sync does.
    store.changeEntries(() -> {
      boolean settled =
          entry.endSequence() <= facts.sequence()
              || store
                  .entry(entry.realm(), entry.endSequence())
                  .filter(known -> known.batch().isPresent() || isNewer(known, entry))
                  .isPresent();
      return settled ? new Changes() : NodeStore.putEntry(new Changes(), entry.asMade());
    });
  }

  private static boolean isNewer(LogEntry known, LogEntry entry) {
    return Long.compareUnsigned(known.lease(), entry.lease()) > 0;
  }

  /**
   * Has the enclave acknowledge the last of some anchored steps, and keeps all of them. They take
   * the place of what is kept only when the enclave has found that they lead through the chain's
   * state, under a lease that a quorum granted: else whoever may call could spoil a realm's log.
   *
   * @param caller the operator of the worker that made them
   * @return the signatures, when all is on disk
   */
  public byte[] hold(Address caller, PeerCall.Hold call) {
    refuseHeld(call.realm());
    store.room().requireForWork();
    workerOf(caller, call.enclave());
    RealmFacts facts = realm(call.realm());
    List<LogEntry> entries = call.entries();
    int before = entries.size() - call.acknowledge();
    if (call.acknowledge() < 1 || before < 0 || (before > 0 && call.start().isEmpty())) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "nothing to acknowledge");
    }
    Bytes32 previous = call.start().map(WorkerRequest.Start::stateHash).orElse(null);
    for (LogEntry entry : entries) {
      requireConsistent(call, entry, previous);
      previous = entry.stateHash();
      if (entry.endSequence() > facts.sequence()) {
        refuseOlder(entry);
      }
    }
    long generation = facts.view().generation();
    Set<Bytes32> slots =
        new LinkedHashSet<>(
            WorkerSlots.holdDelta(call.realm(), generation, state.keyManagerEnclaves()));
    slots.add(EnigmaStorage.counters());
    List<Signature> signatures =
        proofs.with(enclave.tip(), slots, true, proof -> acknowledge(call, before, proof));
    write(call.realm(), entries, facts);
    return new WireWriter()
        .list(signatures, (to, each) -> to.raw(each.toByteArray()))
        .toByteArray();
  }

  private void write(Bytes32 realm, List<LogEntry> entries, RealmFacts facts) {
    try {
      store.changeEntries(() -> changes(realm, entries, facts));
      store.sync().await();
    } catch (RuntimeException e) {
      // The enclave believes that all is kept: it has to see everything again.
      enclave.call(new WorkerRequest.DropRealm(realm));
      throw e;
    }
  }

  private Changes changes(Bytes32 realm, List<LogEntry> entries, RealmFacts facts) {
    Changes changes = new Changes();
    for (LogEntry entry : entries) {
      Optional<LogEntry> known = store.entry(realm, entry.endSequence());
      // Where it is on Ethereum is for the chain to say, and for the caller only of the past.
      Optional<LogEntry.Place> place =
          entry
              .committed()
              .filter(where ->
                  entry.endSequence() <= facts.sequence()
                      && where.blockNumber() <= enclave.heldTip())
              .or(() ->
                  known
                      .filter(each -> each.stateHash().equals(entry.stateHash()))
                      .flatMap(LogEntry::committed));
      LogEntry fresh = entry.committedAt(place);
      if (!known.equals(Optional.of(fresh))) {
        NodeStore.putEntry(changes, fresh);
      }
    }
    return changes;
  }

  private void requireConsistent(PeerCall.Hold call, LogEntry entry, @Nullable Bytes32 previous) {
    if (!entry.realm().equals(call.realm())) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "a step of another realm");
    }
    Batch batch =
        entry
            .batch()
            .orElseThrow(
                () -> new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "a step without its batch"));
    boolean agrees =
        batch.endSequence() == entry.endSequence()
            && batch.lease() == entry.lease()
            && (batch.kind() == BatchKind.SNAPSHOT) == entry.snapshot()
            && (previous == null || batch.stateHash(previous).equals(entry.stateHash()));
    if (!agrees) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE,
          "the step of sequence " + entry.endSequence() + " is not what its batch says");
    }
    requireSigned(entry, batch.lease());
  }

  private void requireSigned(LogEntry entry, long lease) {
    Head head = new Head(entry.realm(), lease, entry.endSequence(), entry.stateHash());
    if (!head.signer(enclave.network().domain(), entry.headSignature()).equals(entry.enclave())) {
      throw new EnigmaException(
          ErrorCode.BAD_SIGNATURE,
          "the head of sequence " + entry.endSequence() + " is not signed by " + entry.enclave());
    }
  }

  /** A worker whose lease is over does not replace what a later one made. */
  private void refuseOlder(LogEntry entry) {
    store
        .entry(entry.realm(), entry.endSequence())
        .filter(known -> isNewer(known, entry))
        .ifPresent(known -> {
          throw new EnigmaException(
              ErrorCode.LEASE_FENCED,
              "sequence " + entry.endSequence() + " is kept of lease " + known.lease());
        });
  }

  private RealmFacts realm(Bytes32 realm) {
    return state
        .lookUp(realm)
        .orElseThrow(
            () -> new EnigmaException(ErrorCode.UNKNOWN_REALM, "no realm " + realm + " is open"));
  }

  /** The number of an operator's worker. */
  private long workerOf(Address operator, Address itsEnclave) {
    return state.workers().stream()
        .filter(each -> each.operator().equals(operator) && each.enclave().equals(itsEnclave))
        .mapToLong(ChainState.WorkerFacts::number)
        .findFirst()
        .orElseThrow(() ->
            new EnigmaException(
                ErrorCode.NOT_PERMITTED, itsEnclave + " is no worker of operator " + operator));
  }

  private List<Signature> acknowledge(PeerCall.Hold call, int before, Bytes proof) {
    List<LogEntry> entries = call.entries();
    List<Signature> signatures = new ArrayList<>();
    for (int i = before; i < entries.size(); i++) {
      // The steps before the first that is acknowledged go with it.
      List<LogEntry> next = i == before ? entries.subList(0, i + 1) : List.of(entries.get(i));
      Optional<WorkerRequest.Start> start = i == before ? call.start() : Optional.empty();
      WorkerResponse.Held held =
          enclave.call(
              new WorkerRequest.HoldDelta(
                  call.realm(),
                  call.tenure(),
                  call.lease(),
                  call.enclave(),
                  call.grants(),
                  start,
                  next.stream().map(BackupDesk::sealedBatch).toList(),
                  proof),
              WorkerResponse.Held.class);
      if (!held.stateHash().equals(entries.get(i).stateHash())) {
        throw new EnigmaException(
            ErrorCode.MALFORMED_MESSAGE,
            "sequence " + held.endSequence() + " leads to another state than its step says");
      }
      signatures.add(held.signature());
    }
    return signatures;
  }

  private static WorkerRequest.SealedBatch sealedBatch(LogEntry entry) {
    return new WorkerRequest.SealedBatch(
        entry
            .batch()
            .orElseThrow(
                () -> new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "a step without its batch")),
        entry.sealed());
  }

  /** About how many bytes {@link #log} gives. */
  public long logBytes(Bytes32 realm) {
    return store.logBytes(realm);
  }

  /** The log of a realm from its newest committed snapshot on. */
  public byte[] log(Bytes32 realm) {
    return PeerCall.writeEntries(
        store.log(realm, 0).stream().filter(entry -> !entry.sealed().isEmpty()).toList());
  }

  private void refuseHeld(Bytes32 realm) {
    if (heldHere.test(realm)) {
      throw new EnigmaException(
          ErrorCode.NOT_PERMITTED, "this worker holds realm " + realm + " itself");
    }
  }
}

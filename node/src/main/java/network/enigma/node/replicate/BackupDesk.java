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
import network.enigma.node.storage.Changes;
import network.enigma.node.storage.LogEntry;
import network.enigma.node.storage.NodeStore;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireWriter;

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

  /** Keeps a step that may or may not come to be anchored. */
  public void keep(LogEntry entry) {
    refuseHeld(entry.realm());
    boolean settled =
        store.entry(entry.realm(), entry.endSequence()).flatMap(LogEntry::batch).isPresent();
    if (!settled) {
      // Nobody relies on it yet: the next sync does.
      store.append(NodeStore.putEntry(new Changes(), entry));
    }
  }

  /** Keeps anchored steps and has the enclave acknowledge the last of them. */
  public byte[] hold(PeerCall.Hold call) {
    refuseHeld(call.realm());
    List<LogEntry> entries = call.entries();
    int before = entries.size() - call.acknowledge();
    if (call.acknowledge() < 1 || before < 0) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "nothing to acknowledge");
    }
    Changes changes = new Changes();
    for (LogEntry entry : entries) {
      if (!entry.realm().equals(call.realm())) {
        throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "a step of another realm");
      }
      NodeStore.putEntry(changes, entry);
    }
    store.write(changes);
    long generation = state.lookUp(call.realm()).map(facts -> facts.view().generation()).orElse(0L);
    Set<Bytes32> slots =
        new LinkedHashSet<>(
            WorkerSlots.holdDelta(call.realm(), generation, state.keyManagerEnclaves()));
    slots.add(EnigmaStorage.counters());
    List<Signature> signatures =
        proofs.with(enclave.tip(), slots, true, proof -> acknowledge(call, before, proof));
    return new WireWriter()
        .list(signatures, (to, each) -> to.raw(each.toByteArray()))
        .toByteArray();
  }

  private List<Signature> acknowledge(PeerCall.Hold call, int before, Bytes proof) {
    List<LogEntry> entries = call.entries();
    List<Signature> signatures = new ArrayList<>();
    for (int i = before; i < entries.size(); i++) {
      // The steps before the first that is acknowledged go with it.
      List<LogEntry> next = i == before ? entries.subList(0, i + 1) : List.of(entries.get(i));
      Optional<WorkerRequest.Start> start = i == before ? call.start() : Optional.empty();
      signatures.add(
          enclave
              .call(
                  new WorkerRequest.HoldDelta(
                      call.realm(),
                      call.tenure(),
                      call.lease(),
                      call.enclave(),
                      call.grants(),
                      start,
                      next.stream().map(BackupDesk::sealedBatch).toList(),
                      proof),
                  WorkerResponse.Held.class)
              .signature());
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

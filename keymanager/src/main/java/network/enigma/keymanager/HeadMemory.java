package network.enigma.keymanager;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.StateProof;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.ethereum.storage.KeyManager;
import network.enigma.ethereum.storage.RecordedIncarnation;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Incarnation;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.tee.Roster;
import network.enigma.tee.message.HeadsReport;
import network.enigma.tee.message.HeadsRequest;
import network.enigma.tee.message.Incarnations;
import network.enigma.tee.message.Verified;

/**
 * What a key manager remembers of all realms, and the rule of restarts (rule S3): one that has lost
 * its memory, or was not there from the beginning, counts in no quorum until it has read the heads
 * from a quorum of others, or has waited until everything it does not know is committed or void.
 *
 * <p>Threads: leases and acknowledgements of different realms run side by side; a report to another
 * key manager runs alone, so that every acknowledgement is either in the report or names the
 * incarnation that asked for it.
 */
final class HeadMemory {
  private static final int FIRST_GENERATION = 1;

  private final Network network;
  private final Bytes32 incarnation;
  private final Map<Bytes32, RealmMemory> realms = new ConcurrentHashMap<>();
  private final Map<Address, Incarnations.Life> known = new ConcurrentHashMap<>();
  private final ReentrantReadWriteLock reports = new ReentrantReadWriteLock();
  private final boolean firstLife;

  /** In which of its lives this one counts; absent until it counts. */
  private volatile Optional<Incarnations.Life> counting = Optional.empty();

  /**
   * A memory of nothing.
   *
   * @param firstLife whether no process of this key manager ran before, which could have
   *     acknowledged anything
   */
  HeadMemory(Network network, boolean firstLife) {
    this.network = network;
    this.incarnation = network.machine().entropy().nonce();
    this.firstLife = firstLife;
  }

  /**
   * This life, and the latest lives of others as far as they are known here.
   *
   * @throws EnigmaException {@link ErrorCode#HEADS_UNKNOWN} if it does not know the heads
   */
  Incarnations incarnations() {
    return new Incarnations(requireCounting(), known);
  }

  /** The memory of a realm that the caller knows to exist. */
  RealmMemory realm(Bytes32 realm) {
    return realms.computeIfAbsent(realm, this::empty);
  }

  /**
   * The memory of a realm.
   *
   * @throws EnigmaException {@link ErrorCode#LEASE_FENCED} if there is none: no lease of it was
   *     granted in this life
   */
  RealmMemory known(Bytes32 realm) {
    RealmMemory memory = realms.get(realm);
    if (memory == null) {
      throw new EnigmaException(
          ErrorCode.LEASE_FENCED, "this key manager has granted no lease of realm " + realm);
    }
    return memory;
  }

  private RealmMemory empty(Bytes32 realm) {
    return new RealmMemory(realm, network.chain(), network.config().parameters().maxBatchAge());
  }

  /**
   * Does what only a key manager with its memory may do.
   *
   * @throws EnigmaException {@link ErrorCode#HEADS_UNKNOWN} if it does not know the heads
   */
  <T> T whileCounting(Supplier<T> work) {
    reports.readLock().lock();
    try {
      requireCounting();
      return work.get();
    } finally {
      reports.readLock().unlock();
    }
  }

  private Incarnations.Life requireCounting() {
    return counting.orElseThrow(() ->
        new EnigmaException(
            ErrorCode.HEADS_UNKNOWN,
            "this key manager is new or was restarted and has not read the heads from a quorum"
                + " yet"));
  }

  KeyManagerResponse request() {
    return new KeyManagerResponse.HeadsRequest(
        incarnation, new HeadsRequest(incarnation).sign(network.identity(), network.hash()));
  }

  KeyManagerResponse read(KeyManagerRequest.ReadHeads request) {
    Verified<HeadsRequest> message = HeadsRequest.open(request.message(), network.hash());
    EnigmaFacts facts = network.chain().proveRecent(StateProof.decode(request.proof()));
    Roster roster = Roster.prove(facts, Set.of(message.sender()));
    if (!roster.has(message.sender()) || message.sender().equals(network.identity().address())) {
      throw new EnigmaException(
          ErrorCode.NOT_LISTED, message.sender() + " is no other listed key manager");
    }
    reports.writeLock().lock();
    try {
      requireCounting();
      if (known.size() >= Incarnations.MAXIMUM_KNOWN && !known.containsKey(message.sender())) {
        throw new EnigmaException(ErrorCode.NOT_LISTED, "more key managers than one can remember");
      }
      learn(
          message.sender(),
          new Incarnations.Life(
              message.body().incarnation(), roster.recordedLives(message.sender())));
      List<HeadsReport.Realm> all = new ArrayList<>();
      for (RealmMemory memory : realms.values()) {
        synchronized (memory) {
          all.add(memory.report());
        }
      }
      BlockHeader tip = network.chain().tip();
      return new KeyManagerResponse.Message(
          new HeadsReport(
                  message.body().incarnation(), incarnations(), tip.number(), tip.hash(), all)
              .sign(network.identity(), network.hash()));
    } finally {
      reports.writeLock().unlock();
    }
  }

  private void learn(Address reader, Incarnations.Life life) {
    Incarnations.Life before = known.get(reader);
    if (before != null && before.number() > life.number()) {
      throw new EnigmaException(
          ErrorCode.QUORUM_STALE, "a later life of key manager " + reader + " read the heads here");
    }
    known.put(reader, life);
  }

  KeyManagerResponse load(KeyManagerRequest.LoadHeads request) {
    List<Verified<HeadsReport>> messages = new ArrayList<>();
    Set<Address> senders = new HashSet<>();
    for (Bytes message : request.messages()) {
      Verified<HeadsReport> report = HeadsReport.open(message, network.hash());
      if (!report.body().requester().equals(incarnation)) {
        throw new EnigmaException(
            ErrorCode.QUORUM_STALE,
            "the report of " + report.sender() + " answers an earlier life of this key manager");
      }
      network.chain().recentHeader(report.body().headerNumber(), report.body().headerHash());
      messages.add(report);
      senders.add(report.sender());
    }
    EnigmaFacts facts = network.chain().proveRecent(StateProof.decode(request.proof()));
    Roster roster = Roster.prove(facts, senders);
    if (senders.contains(network.identity().address())) {
      throw new EnigmaException(ErrorCode.QUORUM_NOT_REACHED, "a key manager cannot remind itself");
    }
    roster.requireQuorum(messages.stream().map(Verified::sender).toList());
    Incarnations.requireLatest(
        messages.stream()
            .collect(Collectors.toMap(Verified::sender, each -> each.body().incarnations())),
        roster);
    long number = facts.incarnation(network.identity().address()).number();
    reports.writeLock().lock();
    try {
      if (counting.isEmpty()) {
        for (Verified<HeadsReport> message : messages) {
          for (HeadsReport.Realm each : message.body().realms()) {
            RealmMemory memory = realm(each.realm());
            synchronized (memory) {
              memory.learn(each);
            }
          }
        }
        learnLives(messages);
        counting = Optional.of(new Incarnations.Life(incarnation, number));
      }
      return new KeyManagerResponse.Counting(realms.size());
    } finally {
      reports.writeLock().unlock();
    }
  }

  /**
   * Remembers in which life each reporter spoke and what they know of others, so that no earlier
   * process of any of them goes together with this one. Where two reporters know different lives of
   * a third one, of the same number on chain, none of these does before it reads the heads here.
   */
  private void learnLives(List<Verified<HeadsReport>> reports) {
    for (Verified<HeadsReport> report : reports) {
      report
          .body()
          .incarnations()
          .known()
          .forEach((other, life) -> known.merge(other, life, Incarnations.Life::latest));
    }
    reports.forEach(report -> known.put(report.sender(), report.body().incarnations().own()));
    known.remove(network.identity().address());
  }

  /**
   * A member of the first generation that never ran before knows all there is to know: who comes
   * later takes the place of others, which may have acknowledged heads that it has to know.
   */
  KeyManagerResponse found(KeyManagerRequest.CountAsFounder request) {
    if (!firstLife) {
      throw new EnigmaException(
          ErrorCode.HEADS_UNKNOWN, "this key manager ran before and has forgotten what it did");
    }
    EnigmaFacts facts = network.chain().proveRecent(StateProof.decode(request.proof()));
    KeyManager own = facts.keyManager(network.identity().address());
    if (facts.counters().generation() != FIRST_GENERATION
        || !own.listed()
        || own.generation() != FIRST_GENERATION) {
      throw new EnigmaException(
          ErrorCode.HEADS_UNKNOWN, "this key manager is no member of the first generation");
    }
    long number = facts.incarnation(network.identity().address()).number();
    reports.writeLock().lock();
    try {
      if (counting.isEmpty()) {
        counting = Optional.of(new Incarnations.Life(incarnation, number));
      }
      return new KeyManagerResponse.Counting(realms.size());
    } finally {
      reports.writeLock().unlock();
    }
  }

  /**
   * Signs the nonce of this life for the chain, as the next one of this key manager. A life that
   * counts already needs none, and must not end one that came after it.
   */
  KeyManagerResponse sign(KeyManagerRequest.SignNonce request) {
    EnigmaFacts facts = network.chain().proveRecent(StateProof.decode(request.proof()));
    if (counting.isPresent()) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT, "this key manager counts and needs no nonce on chain");
    }
    Incarnation next =
        new Incarnation(facts.incarnation(network.identity().address()).number() + 1, incarnation);
    return new KeyManagerResponse.NonceSigned(
        next.number(), next.nonce(), network.identity().sign(next.digest(network.domain())));
  }

  /**
   * Counts again, knowing nothing, when all that was acknowledged in earlier lives is committed or
   * void. Whoever counts quorums sees the nonce on chain at the latest {@code maxHeaderLag} blocks
   * after it was recorded; what an earlier process acknowledges after that counts nowhere.
   */
  KeyManagerResponse resume(KeyManagerRequest.ResumeByNonce request) {
    EnigmaFacts facts = network.chain().proveRecent(StateProof.decode(request.proof()));
    RecordedIncarnation latest = facts.incarnation(network.identity().address());
    if (!latest.isOf(incarnation)) {
      throw new EnigmaException(
          ErrorCode.HEADS_UNKNOWN,
          "the latest nonce of this key manager on chain is not " + incarnation);
    }
    long openUntil = latest.recordedAt() + network.config().parameters().nonceWait();
    if (facts.header().number() <= openUntil) {
      throw new EnigmaException(
          ErrorCode.HEADS_UNKNOWN,
          "heads this key manager forgot may be open until block " + openUntil);
    }
    reports.writeLock().lock();
    try {
      if (counting.isEmpty()) {
        counting = Optional.of(new Incarnations.Life(incarnation, latest.number()));
      }
      return new KeyManagerResponse.Counting(realms.size());
    } finally {
      reports.writeLock().unlock();
    }
  }
}

package network.enigma.node.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import network.enigma.chain.EthereumAccount;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.ethereum.storage.WorkerSlots;
import network.enigma.node.enclave.WorkerEnclave;
import network.enigma.node.follow.ChainState;
import network.enigma.node.follow.ProofCache;
import network.enigma.node.follow.RealmFacts;
import network.enigma.node.keymanager.KeyManagerCall;
import network.enigma.node.storage.LogEntry;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.LeaseNumber;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;
import network.enigma.protocol.crypto.Signature;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes leases: asks the key managers, loads the state, announces the key of a new tenure. */
public final class LeaseTaker {
  private static final Logger log = LoggerFactory.getLogger(LeaseTaker.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration NEXT_HEADER = Duration.ofSeconds(3);
  private static final int TRIES = 4;

  /** A realm's sealed history, from one machine. */
  @FunctionalInterface
  public interface LogSource {
    List<LogEntry> log();
  }

  /**
   * What was taken.
   *
   * @param history the steps that lead to the state, which the host should have
   */
  public record Taken(HeldLease held, WorkerResponse.LeaseTaken answer, List<LogEntry> history) {}

  private final WorkerEnclave enclave;
  private final ChainState state;
  private final ProofCache proofs;
  private final KeyManagerQuorum keyManagers;
  private final EthereumAccount account;
  private final Map<Bytes32, long[]> attempts = new HashMap<>();

  public LeaseTaker(
      WorkerEnclave enclave,
      ChainState state,
      ProofCache proofs,
      KeyManagerQuorum keyManagers,
      EthereumAccount account) {
    this.enclave = enclave;
    this.state = state;
    this.proofs = proofs;
    this.keyManagers = keyManagers;
    this.account = account;
  }

  /**
   * Takes a lease of a realm.
   *
   * @param facts of the realm
   * @param worker this worker's number
   * @param overdue for a failover, the overdue task
   * @param sources machines that may have the realm's history, this one first
   */
  public Taken take(RealmFacts facts, long worker, Bytes32 overdue, List<LogSource> sources) {
    Bytes32 realm = facts.realm();
    long life = enclave.lives();
    WorkerResponse.LeaseRequested requested =
        enclave.call(
            new WorkerRequest.RequestLease(
                realm, facts.leaseTenure(), attempt(realm), previous(facts)),
            WorkerResponse.LeaseRequested.class);
    long number = LeaseNumber.headerNumber(requested.lease());
    BlockHeader header = enclave.header(number);
    KeyManagerCall.GrantLease question =
        new KeyManagerCall.GrantLease(
            requested.request(), realm, number, header.hash(), enclave.enclave(), overdue);
    List<KeyManagerResponse.LeaseGranted> grants =
        keyManagers.ask(keyManager -> keyManager.grantLease(question), state.quorum(), TIMEOUT);
    boolean tookOver = !facts.pending() && facts.holder() != worker;
    EnigmaException mismatch = null;
    for (LogSource source : sources) {
      List<LogEntry> history;
      try {
        history = fromSnapshot(source.log(), facts.sequence());
      } catch (EnigmaException e) {
        log.debug("a machine did not give the history of realm {}: {}", realm, e.getMessage());
        continue;
      }
      try {
        WorkerResponse.LeaseTaken taken = load(facts, grants, history);
        HeldLease held =
            new HeldLease(taken.lease(), taken.tenure(), life, taken.grants(), overdue, tookOver);
        log.info(
            "took lease {} of realm {} in tenure {} at sequence {}",
            taken.lease(),
            realm,
            taken.tenure(),
            taken.sequence());
        return new Taken(held, taken, history);
      } catch (EnigmaException e) {
        if (e.code() != ErrorCode.HEAD_MISMATCH) {
          throw e;
        }
        mismatch = e;
      }
    }
    throw mismatch != null
        ? mismatch
        : new EnigmaException(
            ErrorCode.HEAD_MISMATCH, "no machine has the history of realm " + realm);
  }

  /** Generation of the tenure before, whose secret the holder needs until its first snapshot. */
  private Optional<Long> previous(RealmFacts facts) {
    if (facts.leaseTenure() < 2 || !needsPrevious(facts)) {
      return Optional.empty();
    }
    return Optional.of(facts.view().generation());
  }

  /** Key managers give the secret of the tenure before only so long (Rule K3). */
  private boolean needsPrevious(RealmFacts facts) {
    NetworkConfig.Parameters parameters = enclave.network().parameters();
    long began = facts.view().tenureEnd() - parameters.tenureBlocks();
    return facts.pending()
        || !facts.view().rekeyed()
        || enclave.tip().number() <= began + parameters.maxOrderBlocks();
  }

  private int attempt(Bytes32 realm) {
    long tip = enclave.tip().number();
    synchronized (attempts) {
      long[] last = attempts.computeIfAbsent(realm, key -> new long[] {-1, 0});
      last[1] = last[0] == tip ? last[1] + 1 : 0;
      last[0] = tip;
      return (int) Math.min(last[1], 0xffff);
    }
  }

  private WorkerResponse.LeaseTaken load(
      RealmFacts facts, List<KeyManagerResponse.LeaseGranted> grants, List<LogEntry> history) {
    Optional<Bytes> snapshot =
        history.isEmpty() || !history.getFirst().snapshot()
            ? Optional.empty()
            : Optional.of(history.getFirst().sealed());
    List<Bytes> deltas =
        history.stream().skip(snapshot.isPresent() ? 1 : 0).map(LogEntry::sealed).toList();
    List<WorkerRequest.Grant> shown =
        grants.stream()
            .map(grant ->
                new WorkerRequest.Grant(
                    grant.keyManager(), grant.sealedGrant(), grant.grantSignature()))
            .toList();
    Set<Bytes32> slots =
        new LinkedHashSet<>(
            WorkerSlots.takeLease(
                facts.realm(),
                facts.leaseTenure(),
                facts.leaseGeneration(),
                state.keyManagerEnclaves()));
    slots.add(EnigmaStorage.counters());
    for (int left = TRIES; ; left--) {
      BlockHeader tip = enclave.tip();
      try {
        return proofs.with(
            tip,
            slots,
            true,
            proof ->
                enclave.call(
                    new WorkerRequest.TakeLease(facts.realm(), shown, proof, snapshot, deltas),
                    WorkerResponse.LeaseTaken.class));
      } catch (EnigmaException e) {
        // A key manager may be a block ahead of this host.
        if (e.code() != ErrorCode.UNKNOWN_HEADER
            || left == 0
            || !enclave.awaitHeader(tip.number() + 1, NEXT_HEADER)) {
          throw e;
        }
      }
    }
  }

  /** The history from the newest committed snapshot on. */
  private static List<LogEntry> fromSnapshot(List<LogEntry> log, long committedSequence) {
    int first = 0;
    for (int i = 0; i < log.size(); i++) {
      if (log.get(i).snapshot() && log.get(i).endSequence() <= committedSequence) {
        first = i;
      }
    }
    return new ArrayList<>(log.subList(first, log.size()));
  }

  /** Puts the key of a new tenure on chain, which begins the tenure. */
  public void announce(Bytes32 realm, long worker, WorkerResponse.LeaseTaken taken) {
    WorkerResponse.Announcement announcement = taken.announcement().orElseThrow();
    account.execute(
        state
            .contract()
            .announce(
                realm,
                taken.tenure(),
                announcement.suite(),
                announcement.inputKey().toByteArray(),
                taken.lease(),
                worker,
                taken.grants().stream().limit(state.quorum()).map(Signature::toByteArray).toList(),
                announcement.signature().toByteArray()));
    log.info("announced the input key of realm {} for tenure {}", realm, taken.tenure());
  }
}

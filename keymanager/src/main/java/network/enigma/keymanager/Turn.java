package network.enigma.keymanager;

import network.enigma.ethereum.storage.Challenge;
import network.enigma.ethereum.storage.Counters;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.ethereum.storage.PostedTask;
import network.enigma.ethereum.storage.RealmHot;
import network.enigma.ethereum.storage.RealmOwner;
import network.enigma.ethereum.storage.WorkerCore;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;

/**
 * That it is a worker's turn to hold a realm (rules C4, C5): it holds the tenure, or is first of
 * the ranks drawn, or a lower rank after the waiting time of rule C5. All at one header.
 *
 * @param worker number of the worker
 * @param generation of the master secret for the tenure
 */
record Turn(int worker, long generation) {
  private static final int RANKS = 3;

  /**
   * Checks the turn.
   *
   * @param overdue the posted task that lets a lower rank take over, zero for the realm's challenge
   * @throws EnigmaException {@link ErrorCode#LEASE_REFUSED} if it is not its turn, {@link
   *     ErrorCode#NOT_LISTED} if the enclave is none of a registered worker, {@link
   *     ErrorCode#WORKER_NOT_ACTIVE} if the worker may take no lease
   */
  static Turn of(
      EnigmaFacts facts,
      NetworkConfig config,
      Bytes32 realm,
      long tenure,
      Address enclave,
      Bytes32 overdue) {
    RealmHot hot = facts.realmHot(realm);
    RealmOwner owner = facts.realmOwner(realm);
    if (owner.owner().isZero()) {
      throw refused("there is no realm " + realm);
    }
    int worker = (int) facts.workerId(enclave);
    if (worker == 0 || !facts.workerCore(worker).enclave().equals(enclave)) {
      throw new EnigmaException(
          ErrorCode.NOT_LISTED, enclave + " is the enclave of no registered worker");
    }
    WorkerCore core = facts.workerCore(worker);
    if (!isAdmitted(facts, config, core)) {
      throw new EnigmaException(
          ErrorCode.WORKER_NOT_ACTIVE,
          "worker " + worker + " is evicted, past its admission, or below the minimum TCB");
    }
    long wait = config.parameters().failoverBlocks();
    if (hot.pending() && tenure == hot.tenure() + 1L) {
      long ahead = ahead(facts, config, owner, worker, 0);
      requireWaited(facts, hot.since(), ahead * wait, worker);
      return new Turn(worker, owner.nextGeneration());
    }
    if (tenure == 0 || tenure != hot.tenure()) {
      throw refused(
          "realm "
              + realm
              + " is in tenure "
              + hot.tenure()
              + (hot.pending() ? " with the next one drawn" : "")
              + ", not in "
              + tenure);
    }
    if (hot.worker() == worker) {
      return new Turn(worker, hot.generation());
    }
    if (hot.pending()) {
      // The ranks on chain are those of the next tenure, which begins with its announcement.
      throw refused("the tenure of realm " + realm + " is about to end");
    }
    long ahead = ahead(facts, config, owner, worker, hot.worker());
    long since = Math.max(hot.since(), overdueSince(facts, realm, hot, overdue));
    requireWaited(facts, since, ahead * wait, worker);
    return new Turn(worker, hot.generation());
  }

  /**
   * How many eligible workers are ahead of this one: the holder and lower ranks.
   *
   * @param holder 0 while there is none
   */
  private static long ahead(
      EnigmaFacts facts, NetworkConfig config, RealmOwner owner, int worker, int holder) {
    if (!isEligible(facts, config, worker)) {
      throw refused("worker " + worker + " is logged out");
    }
    long ahead = holder != 0 && isEligible(facts, config, holder) ? 1 : 0;
    for (int rank = 0; rank < RANKS; rank++) {
      int other = owner.rank(rank);
      if (other == worker) {
        return ahead;
      }
      if (other != 0 && other != holder && isEligible(facts, config, other)) {
        ahead++;
      }
    }
    throw refused("worker " + worker + " is none of the ranks drawn");
  }

  private static boolean isEligible(EnigmaFacts facts, NetworkConfig config, int worker) {
    WorkerCore core = facts.workerCore(worker);
    return !core.loggedOut() && isAdmitted(facts, config, core);
  }

  /**
   * As the contract has it: while an epoch lasts twice as long as it should, admissions do not
   * expire.
   */
  private static boolean isAdmitted(EnigmaFacts facts, NetworkConfig config, WorkerCore core) {
    if (!core.exists()
        || core.evicted()
        || core.slashed()
        || core.tcbNumber() < facts.tcbMinimum(core.tee())) {
      return false;
    }
    Counters counters = facts.counters();
    long now = facts.header().timestamp();
    boolean late =
        facts.header().number() > counters.epochStart() + 2 * config.parameters().epochBlocks();
    return core.admittedUntil() >= (late ? Math.min(now, counters.lastSeedAt()) : now);
  }

  private static long overdueSince(
      EnigmaFacts facts, Bytes32 realm, RealmHot hot, Bytes32 overdue) {
    if (overdue.isZero()) {
      Challenge challenge = facts.challenge(realm);
      if (!hot.challenged() || !challenge.exists()) {
        throw refused("realm " + realm + " is not challenged");
      }
      return challenge.challengedAt();
    }
    PostedTask task = facts.task(realm, overdue);
    if (!task.exists() || !task.countsAsOverdue()) {
      throw refused("task " + overdue + " is not open or cannot be overdue");
    }
    if (facts.header().number() > task.expiry()) {
      // Nobody can settle it any more, so nothing is overdue.
      throw refused("task " + overdue + " expired at block " + task.expiry());
    }
    return task.postedAt();
  }

  private static void requireWaited(EnigmaFacts facts, long since, long blocks, int worker) {
    if (facts.header().number() < since + blocks) {
      throw refused("the turn of worker " + worker + " comes at block " + (since + blocks));
    }
  }

  private static EnigmaException refused(String why) {
    return new EnigmaException(ErrorCode.LEASE_REFUSED, why);
  }
}

package network.enigma.keymanager;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.ethereum.storage.RealmHot;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.tee.ChainView;
import network.enigma.tee.message.HeadAnchor;
import network.enigma.tee.message.HeadsReport;
import network.enigma.tee.message.KnownHead;
import org.jspecify.annotations.Nullable;

/**
 * What a key manager remembers of one realm, in memory only (rules S2, S3): the highest lease, to
 * whom it was granted, the highest head, and which heads of that head's lease may still be
 * uncommitted. Every use holds the object's lock.
 */
final class RealmMemory {
  /**
   * The lease granted in this life of the key manager.
   *
   * @param lease its number
   * @param enclave who holds it
   * @param tenure for which it was granted
   * @param request digest of the request it answered
   */
  record Granted(long lease, Address enclave, long tenure, Bytes32 request) {}

  private record Holding(long epoch, int worker) {}

  private final Bytes32 realm;
  private final ChainView chain;
  private final long maxBatchAge;

  private long highestLease;
  private @Nullable Granted granted;
  private @Nullable KnownHead head;

  /** Committed sequence at the highest block a proof was shown of, and that block. */
  private long committedSequence;

  private long settledAt;

  /**
   * Heads on the line of {@link #head}, by their batches' header: the last of each header. Those
   * acknowledged here under its lease, and the oldest uncommitted one the holder named.
   */
  private final TreeMap<Long, HeadsReport.Span> spans = new TreeMap<>();

  private final Map<Holding, Integer> leasesTaken = new HashMap<>();

  RealmMemory(Bytes32 realm, ChainView chain, long maxBatchAge) {
    this.realm = realm;
    this.chain = chain;
    this.maxBatchAge = maxBatchAge;
  }

  @Nullable Granted granted() {
    return granted;
  }

  Optional<KnownHead> head() {
    return Optional.ofNullable(head);
  }

  /**
   * Takes in what the chain says. A committed head replaces a lower or contradicting one; void
   * heads give way to it (rule C11), and their holder needs a new lease.
   */
  void settle(EnigmaFacts facts) {
    RealmHot hot = facts.realmHot(realm);
    highestLease = Math.max(highestLease, hot.lease());
    if (facts.header().number() >= settledAt) {
      settledAt = facts.header().number();
      committedSequence = hot.sequence();
    }
    KnownHead committed =
        hot.sequence() == 0
            ? null
            : new KnownHead(hot.lease(), hot.sequence(), facts.storedStateHash(realm));
    KnownHead known = head;
    if (known == null || known.endSequence() < hot.sequence()) {
      head = committed;
      spans.clear();
      return;
    }
    if (known.endSequence() == hot.sequence()) {
      if (committed != null && !committed.sameState(known)) {
        head = committed;
        spans.clear();
        granted = null;
      }
      return;
    }
    boolean tooOld =
        spans.values().stream()
            .anyMatch(span ->
                span.endSequence() > hot.sequence()
                    && facts.header().number() - span.headerNumber() > maxBatchAge);
    if (tooOld || lostItsHeader(hot.sequence())) {
      head = committed;
      spans.clear();
      granted = null;
      return;
    }
    spans
        .values()
        .removeIf(span ->
            span.endSequence() <= hot.sequence()
                && facts.header().number() - span.headerNumber() > 2 * maxBatchAge);
  }

  private boolean lostItsHeader(long committed) {
    return spans.values().stream()
        .anyMatch(span ->
            span.endSequence() > committed
                && chain.replaced(span.headerNumber(), span.headerHash()));
  }

  /**
   * Grants a lease, which fences all lower ones.
   *
   * @param limit most leases of one worker in one epoch, 0 for any number
   */
  void grant(Granted lease, long epoch, int worker, long limit) {
    Granted current = granted;
    if (current != null && current.equals(lease) && lease.lease() == highestLease) {
      // The same request again: its answer was lost on the way.
      return;
    }
    if (lease.lease() <= highestLease) {
      throw new EnigmaException(
          ErrorCode.LEASE_FENCED,
          "lease " + lease.lease() + " of realm " + realm + " is not above " + highestLease);
    }
    Holding holding = new Holding(epoch, worker);
    int taken = leasesTaken.getOrDefault(holding, 0);
    if (limit != 0 && taken >= limit) {
      throw new EnigmaException(
          ErrorCode.TOO_MANY_LEASES,
          "worker "
              + worker
              + " has taken "
              + taken
              + " leases of realm "
              + realm
              + " in epoch "
              + epoch);
    }
    leasesTaken.keySet().removeIf(each -> each.epoch() + 1 < epoch);
    leasesTaken.put(holding, taken + 1);
    highestLease = lease.lease();
    granted = lease;
  }

  /** Acknowledges a head or says why not (rule S3). */
  void acknowledge(Address sender, HeadAnchor anchor) {
    KnownHead proposed = anchor.head();
    Granted lease = granted;
    if (lease == null || proposed.lease() < highestLease) {
      throw new EnigmaException(
          ErrorCode.LEASE_FENCED,
          "lease " + proposed.lease() + " of realm " + realm + " is over; take a new one");
    }
    if (proposed.lease() != lease.lease() || !sender.equals(lease.enclave())) {
      throw new EnigmaException(
          ErrorCode.HEAD_REFUSED,
          "lease " + proposed.lease() + " of realm " + realm + " was not granted to " + sender);
    }
    chain.header(anchor.headerNumber(), anchor.headerHash());
    long tip = chain.tip().number();
    if (tip - anchor.headerNumber() > maxBatchAge) {
      throw new EnigmaException(
          ErrorCode.BATCH_TOO_OLD,
          "the batch's header, block " + anchor.headerNumber() + ", is too old to be committed");
    }
    HeadsReport.Span oldest = anchor.oldest();
    if (lostItsHeader(committedSequence)
        || (oldest.endSequence() > committedSequence
            && chain.replaced(oldest.headerNumber(), oldest.headerHash()))) {
      granted = null;
      throw new EnigmaException(
          ErrorCode.LEASE_FENCED,
          "the chain dropped the header of an uncommitted head of realm "
              + realm
              + "; take a new lease");
    }
    KnownHead known = head;
    if (known != null) {
      if (proposed.endSequence() < known.endSequence()) {
        throw new EnigmaException(
            ErrorCode.HEAD_REFUSED,
            "sequence " + proposed.endSequence() + " is lower than " + known.endSequence());
      }
      if (proposed.endSequence() == known.endSequence() && !proposed.sameState(known)) {
        throw new EnigmaException(
            ErrorCode.HEAD_REFUSED,
            "another state was acknowledged at sequence " + known.endSequence());
      }
    }
    boolean again = known != null && proposed.sameState(known);
    boolean sameLine = again || (known != null && known.lease() == proposed.lease());
    if (!again) {
      if (sameLine) {
        spans.values().forEach(span -> requireNotOverdue(span, tip));
      }
      if (oldest.endSequence() < proposed.endSequence()) {
        requireNotOverdue(oldest, tip);
      }
    }
    if (!sameLine) {
      // Heads of another lease may lie on a branch this one does not continue. What it does
      // continue, its holder says.
      spans.clear();
    }
    head = proposed;
    keep(oldest);
    keep(new HeadsReport.Span(anchor.headerNumber(), anchor.headerHash(), proposed.endSequence()));
  }

  private void keep(HeadsReport.Span span) {
    spans.merge(
        span.headerNumber(),
        span,
        (before, after) -> after.endSequence() >= before.endSequence() ? after : before);
  }

  private void requireNotOverdue(HeadsReport.Span span, long tip) {
    if (span.endSequence() > committedSequence && tip - span.headerNumber() > maxBatchAge / 2) {
      throw new EnigmaException(
          ErrorCode.COMMIT_OVERDUE,
          "sequence "
              + span.endSequence()
              + " of realm "
              + realm
              + ", made at block "
              + span.headerNumber()
              + ", is not known to be committed");
    }
  }

  HeadsReport.Realm report() {
    return new HeadsReport.Realm(
        realm, highestLease, Optional.ofNullable(head), java.util.List.copyOf(spans.values()));
  }

  /** Takes in what another key manager remembers. No lease is granted by that. */
  void learn(HeadsReport.Realm report) {
    highestLease = Math.max(highestLease, report.highestLease());
    KnownHead other = report.head().orElse(null);
    if (other == null) {
      return;
    }
    KnownHead known = head;
    if (known == null || other.lease() > known.lease()) {
      spans.clear();
    } else if (other.lease() < known.lease()) {
      return;
    }
    if (known == null || other.compareTo(known) > 0) {
      head = other;
    }
    report.spans().forEach(this::keep);
  }
}

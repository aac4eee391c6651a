package network.enigma.node.schedule;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import network.enigma.contracts.Enigma;
import network.enigma.node.follow.RealmFacts;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Draw;
import network.enigma.protocol.EnigmaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews realms whose tenure is over, so that they live on without anybody's doing (rule K3): the
 * holder at once, a lower rank some blocks later, should the holder not.
 */
final class RenewalWatch {
  private static final Logger log = LoggerFactory.getLogger(RenewalWatch.class);

  /** Blocks between two tries. */
  private static final long TRY_AGAIN = 10;

  private final WorkerParts parts;
  private final Renewals policy;
  private final Enigma.Parameters parameters;
  private final Map<Bytes32, Long> tried = new ConcurrentHashMap<>();

  /** What realms paid, in the tenure that it is counted for. */
  private final Map<Bytes32, Earned> earned = new ConcurrentHashMap<>();

  private record Earned(long tenure, long amount) {}

  RenewalWatch(WorkerParts parts, Renewals policy) {
    this.parts = parts;
    this.policy = policy;
    this.parameters = parts.contract().parameters();
  }

  /** A batch of a realm was committed and paid. */
  void committed(Enigma.Event.Committed batch) {
    earned.merge(
        Bytes32.of(batch.realm()),
        new Earned(batch.tenure(), batch.paid()),
        (before, now) ->
            before.tenure == now.tenure ? new Earned(now.tenure, before.amount + now.amount) : now);
  }

  /** Renews the realm if it is time and this worker's turn. */
  void look(RealmFacts facts, long blockNumber) {
    Bytes32 realm = facts.realm();
    if (policy == Renewals.NEVER || facts.holder() == 0) {
      return;
    }
    long rank = rank(facts);
    if (rank < 0 || blockNumber < dueAt(facts) + rank * parameters.failoverBlocks()) {
      return;
    }
    Long last = tried.get(realm);
    if ((last != null && blockNumber < last + TRY_AGAIN) || !isWorthIt(facts)) {
      return;
    }
    tried.put(realm, blockNumber);
    Thread.ofVirtual()
        .name("renew-realm")
        .start(() -> {
          try {
            parts.account().execute(parts.contract().renew(realm));
            log.info("renewed realm {} after tenure {}", realm, facts.view().tenure());
          } catch (EnigmaException e) {
            // Somebody else was faster, or there is nothing to pay the fee with.
            log.info("realm {} is not renewed: {}", realm, e.getMessage());
          }
        });
  }

  /** The block from which the contract takes a renewal by anybody. */
  private long dueAt(RealmFacts facts) {
    Enigma.RealmView view = facts.view();
    return facts.pending()
        // Nobody announced the tenure that was drawn, and every rank had its turn.
        ? view.drawnAt() + (Draw.RANKS + 1) * parameters.failoverBlocks() + 1
        : view.tenureEnd();
  }

  /** 0 for the holder, else the place among the ranks; −1 for others. */
  private long rank(RealmFacts facts) {
    if (facts.holder() == parts.worker()) {
      return 0;
    }
    long rank = 0;
    for (long each : facts.ranks()) {
      if (each != facts.holder()) {
        rank++;
      }
      if (each == parts.worker()) {
        return rank;
      }
    }
    return -1;
  }

  private boolean isWorthIt(RealmFacts facts) {
    if (policy == Renewals.ALWAYS) {
      return true;
    }
    boolean ownerPays =
        facts.ownerPaysRenewals()
            && parts.contract().balance(Address.of(facts.view().owner())) >= parameters.renewFee();
    Earned paid = earned.get(facts.realm());
    return ownerPays
        || (paid != null
            && paid.tenure == facts.view().tenure()
            && paid.amount >= parameters.renewFee());
  }
}

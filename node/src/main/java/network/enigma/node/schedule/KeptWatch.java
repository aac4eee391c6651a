package network.enigma.node.schedule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import network.enigma.node.follow.ChainState;
import network.enigma.node.follow.RealmFacts;
import network.enigma.node.replicate.KeptOrders;
import network.enigma.node.replicate.PeerCall;
import network.enigma.node.storage.StoredOrder;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that kept orders are run: by this worker once the realm is its own, else by whoever
 * holds the realm now (Rule S5). That none runs twice is the enclave's doing: it uses a salt once.
 */
final class KeptWatch {
  private static final Logger log = LoggerFactory.getLogger(KeptWatch.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int MOST_AT_ONCE = 1_024;

  private final WorkerParts parts;
  private final KeptOrders kept;
  private final Function<Bytes32, RealmHolder> holders;
  private final Predicate<RealmFacts> isMine;
  private final long patience;
  private final Map<Bytes32, Boolean> looking = new ConcurrentHashMap<>();

  /**
   * @param isMine whether a realm's orders are this worker's to run
   */
  KeptWatch(
      WorkerParts parts, Function<Bytes32, RealmHolder> holders, Predicate<RealmFacts> isMine) {
    this.parts = parts;
    this.kept = parts.kept();
    this.holders = holders;
    this.isMine = isMine;
    this.patience = parts.enclave().network().parameters().failoverBlocks();
  }

  /** A block came. */
  void look() {
    for (Bytes32 realm : kept.realms()) {
      if (looking.putIfAbsent(realm, true) == null) {
        Thread.ofVirtual().name("kept-orders").start(() -> look(realm));
      }
    }
  }

  private void look(Bytes32 realm) {
    try {
      kept.forgetExpired(realm, parts.enclave().heldTip());
      Optional<RealmFacts> facts = parts.state().realm(realm);
      if (facts.isEmpty() || facts.get().holder() == 0) {
        return;
      }
      if (isMine.test(facts.get())) {
        runHere(realm);
      } else {
        askHolder(facts.get());
      }
    } catch (EnigmaException e) {
      log.info("kept orders of realm {} wait: {}", realm, e.getMessage());
    } catch (RuntimeException e) {
      log.error("kept orders of realm {} could not be looked after", realm, e);
    } finally {
      looking.remove(realm);
    }
  }

  private void runHere(Bytes32 realm) {
    for (Bytes32 taskId : kept.all(realm)) {
      boolean known =
          parts.store().order(realm, taskId).isPresent()
              || parts.store().result(realm, taskId).isPresent();
      Optional<StoredOrder> order = known ? Optional.empty() : kept.order(realm, taskId);
      if (order.isPresent()) {
        try {
          holders.apply(realm).accept(order.get().task());
          log.info("task {} of realm {} is taken over", taskId, realm);
        } catch (EnigmaException e) {
          if (!OrderHandOver.isOver(e, order.get(), parts.enclave().heldTip())) {
            throw e;
          }
          OrderHandOver.end(parts, realm, order.get(), e);
        }
      }
      kept.forget(realm, List.of(taskId));
    }
  }

  private void askHolder(RealmFacts facts) {
    Bytes32 realm = facts.realm();
    long tip = parts.enclave().heldTip();
    List<Bytes32> ask = kept.toAsk(realm, facts.holder(), tip, patience, MOST_AT_ONCE);
    if (ask.isEmpty()) {
      return;
    }
    Address operator =
        parts
            .state()
            .worker(facts.holder())
            .map(ChainState.WorkerFacts::operator)
            .orElse(Address.zero());
    List<PeerCall.Progress> progress =
        PeerCall.readProgress(
            parts.peers().call(operator, new PeerCall.AskProgress(realm, ask).encode(), TIMEOUT));
    if (progress.size() != ask.size()) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "a holder answered too little");
    }
    List<Bytes32> over = new ArrayList<>();
    List<Bytes32> known = new ArrayList<>();
    for (int i = 0; i < ask.size(); i++) {
      Bytes32 taskId = ask.get(i);
      switch (progress.get(i)) {
        case OVER -> over.add(taskId);
        case UNDER_WAY -> known.add(taskId);
        case UNKNOWN -> {
          Optional<StoredOrder> order = kept.order(realm, taskId);
          if (order.isEmpty() || submit(operator, facts, order.get())) {
            known.add(taskId);
          } else {
            over.add(taskId);
          }
        }
      }
    }
    kept.asked(realm, known, facts.holder(), tip);
    kept.forget(realm, over);
  }

  /** Whether the holder takes the order; false if it never will. */
  private boolean submit(Address operator, RealmFacts facts, StoredOrder order) {
    try {
      parts.peers().call(operator, new PeerCall.Submit(order.task()).encode(), TIMEOUT);
      log.info("task {} goes to worker {}", order.taskId(), facts.holder());
      return true;
    } catch (EnigmaException e) {
      if (!OrderHandOver.isOver(e, order, parts.enclave().heldTip())) {
        throw e;
      }
      OrderHandOver.end(parts, facts.realm(), order, e);
      return false;
    }
  }
}

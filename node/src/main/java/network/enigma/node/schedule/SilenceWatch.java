package network.enigma.node.schedule;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import network.enigma.node.follow.ChainState;
import network.enigma.node.follow.RealmFacts;
import network.enigma.node.replicate.PeerCall;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices, on the machine of the next rank, that the host of a realm's holder has died with work
 * unfinished: steps that this backup keeps and the chain does not have, or open posted tasks. Then
 * the realm is challenged, so that its turn comes.
 */
final class SilenceWatch {
  private static final Logger log = LoggerFactory.getLogger(SilenceWatch.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  /** Looks in a row that must find the host silent. */
  private static final int LOOKS = 2;

  private final WorkerParts parts;
  private final Map<Bytes32, Integer> silent = new ConcurrentHashMap<>();
  private final Map<Bytes32, Boolean> looking = new ConcurrentHashMap<>();

  SilenceWatch(WorkerParts parts) {
    this.parts = parts;
  }

  /** Looks whether a realm's holder answers, if there is work for it. */
  void look(RealmFacts facts, RealmHolder holder) {
    Bytes32 realm = facts.realm();
    boolean work =
        !parts.state().openTasks(realm).isEmpty()
            || parts.kept().some(realm)
            || parts
                .store()
                .lastEntry(realm)
                .filter(entry -> entry.endSequence() > facts.sequence())
                .isPresent();
    if (!work || facts.challenged() || looking.putIfAbsent(realm, true) != null) {
      return;
    }
    Thread.ofVirtual()
        .name("silence-watch")
        .start(() -> {
          try {
            look(facts, holder, realm);
          } finally {
            looking.remove(realm);
          }
        });
  }

  private void look(RealmFacts facts, RealmHolder holder, Bytes32 realm) {
    if (answers(facts)) {
      silent.remove(realm);
      return;
    }
    if (silent.merge(realm, 1, Integer::sum) == LOOKS) {
      log.info("worker {} is silent with work left in realm {}", facts.holder(), realm);
      holder.callOut();
      silent.remove(realm);
    }
  }

  private boolean answers(RealmFacts facts) {
    Address operator =
        parts
            .state()
            .worker(facts.holder())
            .map(ChainState.WorkerFacts::operator)
            .orElse(Address.zero());
    try {
      parts
          .peers()
          .call(operator, new PeerCall.GetTask(facts.realm(), Bytes32.zero(), 0).encode(), TIMEOUT);
      return true;
    } catch (EnigmaException e) {
      return e.code() != ErrorCode.HOLDER_UNREACHABLE;
    }
  }
}

package network.enigma.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import network.enigma.ethereum.Account;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.StateProof;
import network.enigma.ethereum.rlp.RlpWriter;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.ethereum.trie.Trie;
import network.enigma.ethereum.trie.TrieProof;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Rule S6: what an enclave holds of the chain. */
class ChainViewTest {
  private static final Bytes32 CODE = Keccak.hashText("Enigma's code");
  private static final Bytes32 NETWORK_HASH = Keccak.hashText("a network");

  private final NetworkConfig config = Headers.config(CODE);
  private final int maxHeaderLag = (int) config.parameters().maxHeaderLag();
  private final int window =
      (int) config.parameters().maxBatchAge() + maxHeaderLag + ChainView.MARGIN;
  private final ChainView view = new ChainView(config);
  private final BlockHeader genesis = Headers.genesis(TrieProof.EMPTY_ROOT);
  private final List<BlockHeader> main = Headers.chain(genesis, 400, 0);

  private static void refuses(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(EnigmaException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private void advance(List<BlockHeader> headers) {
    view.advance(Headers.rlp(headers));
  }

  @Test
  void knowsNothingAtFirst() {
    refuses(ErrorCode.UNKNOWN_HEADER, view::tip);
  }

  @Test
  void followsHeadersByTheirParents() {
    advance(main.subList(0, 10));
    advance(main.subList(10, 20));
    assertThat(view.tip()).isEqualTo(main.get(19));
    assertThat(view.header(5)).isEqualTo(main.get(4));
  }

  @Test
  void takesAListThatOverlapsWhatItHolds() {
    advance(main.subList(0, 10));
    advance(main.subList(5, 20));
    assertThat(view.tip()).isEqualTo(main.get(19));
  }

  @Test
  void startsWhereTheHostStarts() {
    advance(main.subList(200, 210));
    assertThat(view.tip()).isEqualTo(main.get(209));
  }

  @Test
  void refusesAGapInTheList() {
    List<BlockHeader> gap = new ArrayList<>(main.subList(0, 10));
    gap.remove(4);
    refuses(ErrorCode.BAD_HEADER, () -> advance(gap));
    refuses(ErrorCode.UNKNOWN_HEADER, view::tip);
  }

  @Test
  void refusesAListThatConnectsToNothing() {
    advance(main.subList(0, 10));
    refuses(ErrorCode.BAD_HEADER, () -> advance(main.subList(11, 20)));
  }

  @Test
  void neverGoesBack() {
    advance(main.subList(0, 10));
    List<BlockHeader> shorter = Headers.chain(main.get(5), 3, 1);
    refuses(ErrorCode.BAD_HEADER, () -> advance(shorter));
    advance(main.subList(0, 5));
    assertThat(view.tip()).isEqualTo(main.get(9));
  }

  @Test
  void staysWhereItIsBetweenForksOfOneLength() {
    advance(main.subList(0, 10));
    refuses(ErrorCode.BAD_HEADER, () -> advance(Headers.chain(main.get(8), 1, 1)));
  }

  @Test
  void aLongerForkReplacesTheChain() {
    advance(main.subList(0, 10));
    List<BlockHeader> fork = Headers.chain(main.get(5), 5, 1);
    advance(fork);
    assertThat(view.tip()).isEqualTo(fork.get(4));
    assertThat(view.header(8)).isEqualTo(fork.get(1));
    assertThat(view.replaced(8, main.get(7).hash())).isTrue();
    assertThat(view.replaced(6, main.get(5).hash())).isFalse();
    refuses(ErrorCode.CHAIN_REORGANISED, () -> view.header(8, main.get(7).hash()));
  }

  @Test
  void forgetsHeadersBelowItsWindow() {
    advance(main);
    long lowest = main.getLast().number() - window;
    assertThat(view.header(lowest).number()).isEqualTo(lowest);
    refuses(ErrorCode.UNKNOWN_HEADER, () -> view.header(lowest - 1));
  }

  @Test
  void aForkDeeperThanTheWindowIsRefused() {
    advance(main);
    refuses(ErrorCode.BAD_HEADER, () -> advance(Headers.chain(genesis, 500, 1)));
  }

  @Test
  void takesAListThatBeginsBelowItsWindow() {
    advance(main.subList(0, 390));
    advance(main);
    assertThat(view.tip()).isEqualTo(main.getLast());
  }

  @Test
  void aHeaderIsRecentUpToTheGreatestLag() {
    advance(main.subList(0, 100));
    BlockHeader recent = main.get(99 - maxHeaderLag);
    BlockHeader old = main.get(98 - maxHeaderLag);
    assertThat(view.recentHeader(recent.number(), recent.hash())).isEqualTo(recent);
    refuses(ErrorCode.QUORUM_STALE, () -> view.recentHeader(old.number(), old.hash()));
  }

  @Test
  void bytesThatAreNoHeaderMoveNothing() {
    advance(main.subList(0, 10));
    refuses(ErrorCode.BAD_HEADER, () -> view.advance(List.of(Bytes.of(new byte[] {1, 2}))));
    assertThat(view.tip()).isEqualTo(main.get(9));
  }

  @Test
  void provesFactsOfEnigma() {
    State state = new State(CODE);
    view.advance(Headers.rlp(List.of(state.header)));
    assertThat(view.prove(state.proof(0)).networkHash()).isEqualTo(NETWORK_HASH);
    assertThat(view.proveRecent(state.proof(0)).networkHash()).isEqualTo(NETWORK_HASH);
  }

  @Test
  void believesNoProofOfABlockItDoesNotHold() {
    State state = new State(CODE);
    view.advance(Headers.rlp(List.of(state.header)));
    refuses(ErrorCode.UNKNOWN_HEADER, () -> view.prove(state.proof(1)));
  }

  @Test
  void believesNoContractWithOtherCode() {
    State state = new State(Keccak.hashText("other code"));
    view.advance(Headers.rlp(List.of(state.header)));
    refuses(ErrorCode.BAD_STATE_PROOF, () -> view.prove(state.proof(0)));
  }

  /** A state in which Enigma has its network hash set. */
  private static final class State {
    private final Trie storage =
        new Trie(
            Map.of(
                hashed(EnigmaStorage.networkHash().toByteArray()),
                Bytes.of(new RlpWriter().integer(NETWORK_HASH.toBigInteger()).toByteArray())));
    private final Trie accounts;
    private final BlockHeader header;

    State(Bytes32 codeHash) {
      accounts =
          new Trie(
              Map.of(
                  hashed(Headers.ENIGMA.toByteArray()),
                  Bytes.of(new Account(1, BigInteger.ZERO, storage.root(), codeHash).encode())));
      header = Headers.genesis(accounts.root());
    }

    StateProof proof(long number) {
      List<Bytes> nodes = new ArrayList<>(accounts.nodes());
      nodes.addAll(storage.nodes());
      return new StateProof(number, nodes);
    }

    private static Bytes hashed(byte[] key) {
      return Keccak.hash(key).bytes();
    }
  }
}

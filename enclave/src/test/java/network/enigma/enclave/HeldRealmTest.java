package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Batch;
import network.enigma.protocol.BatchKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ContractTerms;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Realms;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.tee.ChainView;
import network.enigma.tee.PartialSecret;
import network.enigma.tee.RealmKeys;
import network.enigma.tee.RealmSecret;
import network.enigma.tee.message.KnownHead;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** A held realm whose memory gives out (rules S1, S2). */
class HeldRealmTest {
  private static final Bytes32 REALM = Keccak.hashText("realm");

  private final Testbed testbed = Testbed.start();
  private final ChainView chain = new ChainView(testbed.config);
  private final BlockHeader header;
  private final HeldRealm held;

  HeldRealmTest() {
    chain.advance(testbed.chain.headersAfter(0));
    header = chain.tip();
    Bytes32 genesis = Realms.genesisStateHash(REALM);
    held =
        new HeldRealm(
            new HeldRealm.Lease(REALM, 1, 1, false),
            new HeldKeys(
                new RealmKeys(
                    RealmSecret.combine(
                        testbed.config.hash(),
                        REALM,
                        1,
                        1,
                        List.of(new PartialSecret(0, SecretBytes.random(PartialSecret.LENGTH))))),
                Optional.empty()),
            new RealmFacts(REALM, chain, 100),
            new RealmState(),
            0,
            genesis,
            new KnownHead(0, 0, genesis),
            List.of(),
            true,
            true);
  }

  private void make(HeldRealm.Making making) {
    held.make(chain, header, 1_000, making);
  }

  private MadeBatch batch(HeldRealm.Tip tip, StateLayer layer) {
    Batch batch =
        new Batch(
            REALM,
            BatchKind.TASKS,
            1,
            1,
            tip.sequence() + 1,
            1,
            header.number(),
            header.hash(),
            Bytes32.zero(),
            Bytes32.zero(),
            List.of(),
            List.of(),
            List.of(),
            Testbed.PAYEE);
    return new MadeBatch(
        batch,
        Keccak.hashText("state " + batch.endSequence()),
        TestTask.key("enclave").sign(REALM),
        List.of(),
        Bytes.empty(),
        layer,
        Map.of(),
        false);
  }

  @Test
  @NullUnmarked // a key that no map takes stands for memory that runs out
  void aStateThatWasAppliedHalfIsNeverUsedAgain() {
    make(tip -> {
      StateLayer layer = new StateLayer(tip.state(), header.number());
      layer.spend(Testbed.PAYEE, 5);
      return Optional.of(batch(tip, layer));
    });
    // Applying this one fails, as it does when memory runs out on the way.
    make(tip -> {
      StateLayer layer = new StateLayer(tip.state(), header.number());
      layer.contract(
          null,
          new ContractEntry(
              new ContractTerms(Testbed.PAYEE, REALM, REALM, 0, Testbed.PAYEE, 0),
              Optional.of(REALM)));
      return Optional.of(batch(tip, layer));
    });
    held.release(held.head(2));
    assertThatThrownBy(() -> make(_ -> Optional.empty())).isInstanceOf(NullPointerException.class);
    assertThat(Testbed.failure(() -> make(_ -> Optional.empty())).code())
        .isEqualTo(ErrorCode.NOT_HOLDER);
    assertThat(Testbed.failure(() -> held.readAnchored(anchored -> anchored)).code())
        .isEqualTo(ErrorCode.NOT_HOLDER);
    assertThat(Testbed.failure(() -> held.read(state -> state)).code())
        .isEqualTo(ErrorCode.NOT_HOLDER);
  }
}

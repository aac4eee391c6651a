package network.enigma.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import network.enigma.chain.anvil.Anvil;
import network.enigma.chain.anvil.RequiresAnvil;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.ProvenState;
import network.enigma.ethereum.ProvenStorage;
import network.enigma.ethereum.StateProof;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@RequiresAnvil
@SuppressWarnings("NullAway.Init")
class ProofSourceTest {
  private static final Address CONTRACT =
      Address.fromHex("0x00000000000000000000000000000000000c0de5");
  private static final Address NOBODY =
      Address.fromHex("0x0000000000000000000000000000000000000bad");
  private static final Address UNTOUCHED =
      Address.fromHex("0x0000000000000000000000000000000000000bae");
  private static final int SLOTS = 1_000;

  private static Anvil anvil;
  private static EthereumRpc rpc;
  private static ProofSource source;

  @BeforeAll
  static void start() {
    anvil = Anvil.start();
    rpc = new EthereumRpc(anvil.url());
    source = new ProofSource(rpc);
    rpc.call("anvil_setCode", CONTRACT.hex(), "0x00");
    List<EthereumRpc.Request> writes = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      writes.add(
          EthereumRpc.Request.of(
              "anvil_setStorageAt", CONTRACT.hex(), slot(i).hex(), value(i).hex()));
    }
    rpc.batch(writes);
    rpc.call("anvil_mine", "0x1");
  }

  @AfterAll
  static void stop() {
    rpc.close();
    anvil.close();
  }

  @Test
  void provesAThousandSlotsAndAbsencesInOneBundle() {
    BlockHeader header = latest();
    List<Bytes32> slots = new ArrayList<>();
    for (int i = 0; i < SLOTS + 100; i++) {
      slots.add(slot(i));
    }
    StateProof proof = source.prove(header, CONTRACT, slots);
    assertThat(proof.nodes()).doesNotHaveDuplicates();
    ProvenStorage storage = StateProof.decode(proof.encode()).verify(header, CONTRACT);
    for (int i = 0; i < SLOTS + 100; i++) {
      assertThat(storage.value(slot(i))).isEqualTo(i < SLOTS ? value(i) : Bytes32.zero());
    }
    int separately =
        slots.subList(0, 50).stream()
            .mapToInt(slot -> source.prove(header, CONTRACT, List.of(slot)).encode().length())
            .sum();
    assertThat(source.prove(header, CONTRACT, slots.subList(0, 50)).encode().length())
        .as("shared nodes are carried once")
        .isLessThan(separately / 2);
  }

  @Test
  void provesSeveralAccountsInOneBundle() {
    BlockHeader header = latest();
    Address rich = Anvil.developmentKey(0).address();
    ProvenState state =
        source
            .prove(
                header,
                Map.of(CONTRACT, List.of(slot(5)), rich, List.of(), UNTOUCHED, List.of(slot(1))))
            .verify(header);
    assertThat(state.storage(CONTRACT).value(slot(5))).isEqualTo(value(5));
    assertThat(state.account(rich).orElseThrow().balance())
        .isEqualTo(rpc.balance(rich, BlockTag.of(header.number())));
    assertThat(state.account(UNTOUCHED)).isEmpty();
    assertThat(state.account(CONTRACT).orElseThrow().codeHash())
        .isEqualTo(Keccak.hash(rpc.code(CONTRACT, BlockTag.LATEST)));
  }

  @Test
  void provesThePastAndNotThePresent() {
    BlockHeader before = latest();
    // Anvil writes into the state of the newest block: that shall not be the one proved.
    rpc.call("anvil_mine", "0x1");
    rpc.call("anvil_setStorageAt", CONTRACT.hex(), slot(77_777).hex(), value(1).hex());
    rpc.call("anvil_mine", "0x1");
    BlockHeader after = latest();
    assertThat(
            source
                .prove(before, CONTRACT, List.of(slot(77_777)))
                .verify(before, CONTRACT)
                .value(slot(77_777)))
        .isEqualTo(Bytes32.zero());
    StateProof now = source.prove(after, CONTRACT, List.of(slot(77_777)));
    assertThat(now.verify(after, CONTRACT).value(slot(77_777))).isEqualTo(value(1));
    assertThatThrownBy(() -> new StateProof(before.number(), now.nodes()).verify(before, CONTRACT))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_STATE_PROOF));
  }

  @Test
  void noBitOfAProofCanBeChangedToShowAnotherValue() {
    BlockHeader header = latest();
    StateProof honest = source.prove(header, CONTRACT, List.of(slot(9)));
    for (int node = 0; node < honest.nodes().size(); node++) {
      byte[] bytes = honest.nodes().get(node).toByteArray();
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] ^= 0x01;
        List<Bytes> nodes = new ArrayList<>(honest.nodes());
        nodes.set(node, Bytes.of(bytes));
        bytes[at] ^= 0x01;
        assertThatThrownBy(() ->
                new StateProof(header.number(), nodes).verify(header, CONTRACT).value(slot(9)))
            .isInstanceOfSatisfying(
                EnigmaException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_STATE_PROOF));
      }
    }
  }

  @Test
  void saysThatTheBlockIsNoLongerOnTheChain() {
    new EthereumAccount(rpc, Anvil.developmentKey(3))
        .execute(Call.transfer(NOBODY, BigInteger.ONE));
    BlockHeader header = latest();
    rpc.call("anvil_reorg", 1, List.of());
    assertThatThrownBy(() -> source.prove(header, CONTRACT, List.of(slot(1))))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REORGANISED));
  }

  private static BlockHeader latest() {
    return rpc.header(BlockTag.LATEST).orElseThrow();
  }

  private static Bytes32 slot(int number) {
    return Bytes32.ofUnsigned(number);
  }

  private static Bytes32 value(int number) {
    return Bytes32.ofUnsigned(number * 31L + 1);
  }
}

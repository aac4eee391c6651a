package network.enigma.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import network.enigma.ethereum.rlp.RlpWriter;
import network.enigma.ethereum.trie.Trie;
import network.enigma.ethereum.trie.TrieProof;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import org.junit.jupiter.api.Test;

class StateProofTest {
  private static final Address ENIGMA =
      Address.fromHex("0x00000000000000000000000000000000000000e1");
  private static final Address OTHER =
      Address.fromHex("0x00000000000000000000000000000000000000e2");
  private static final Address NOBODY =
      Address.fromHex("0x00000000000000000000000000000000000000e3");
  private static final int SLOTS = 500;

  private final Trie storage = storage(SLOTS);
  private final Account enigma =
      new Account(1, BigInteger.ZERO, storage.root(), Keccak.hash(new byte[] {1}));
  private final Account other =
      new Account(7, BigInteger.TEN.pow(20), TrieProof.EMPTY_ROOT, Account.NO_CODE);
  private final Trie state =
      new Trie(
          Map.of(
              key(ENIGMA), Bytes.of(enigma.encode()),
              key(OTHER), Bytes.of(other.encode())));
  private final BlockHeader header = header(42, state.root());

  @Test
  void showsTheSlotsItCoversAndThatOthersAreEmpty() {
    ProvenStorage proven = proof(List.of(slot(3), slot(4), slot(SLOTS + 1))).verify(header, ENIGMA);
    assertThat(proven.value(slot(3))).isEqualTo(Bytes32.ofUnsigned(4));
    assertThat(proven.value(slot(4))).isEqualTo(Bytes32.ofUnsigned(5));
    assertThat(proven.value(slot(SLOTS + 1))).isEqualTo(Bytes32.zero());
    assertThat(proven.account()).isEqualTo(enigma);
    assertThat(proven.header()).isEqualTo(header);
    assertThat(proven.address()).isEqualTo(ENIGMA);
  }

  @Test
  void showsOtherAccountsInTheSameProof() {
    ProvenState proven = proof(List.of()).verify(header);
    assertThat(proven.account(OTHER)).contains(other);
    assertThat(proven.account(NOBODY)).isEmpty();
    assertThat(proven.storage(OTHER).value(slot(1))).isEqualTo(Bytes32.zero());
    assertRefused(() -> proven.storage(NOBODY));
  }

  @Test
  void carriesEachNodeOnce() {
    List<Bytes32> slots = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      slots.add(slot(i));
    }
    StateProof proof = proof(slots);
    assertThat(proof.nodes()).doesNotHaveDuplicates();
    ProvenStorage proven = proof.verify(header, ENIGMA);
    for (int i = 0; i < SLOTS; i++) {
      assertThat(proven.value(slot(i))).isEqualTo(Bytes32.ofUnsigned(i + 1));
    }
  }

  @Test
  void doesNotSpeakAboutSlotsItDoesNotCover() {
    ProvenStorage proven = proof(List.of(slot(3))).verify(header, ENIGMA);
    assertRefused(() -> proven.value(slot(4)));
  }

  @Test
  void isOfNoOtherBlock() {
    StateProof proof = proof(List.of(slot(3)));
    assertRefused(() -> proof.verify(header(43, state.root())));
    assertRefused(() -> proof.verify(header(42, Bytes32.ofUnsigned(1)), ENIGMA));
  }

  @Property(tries = 100)
  void aTamperedNodeShowsNothing(
      @ForAll @IntRange(max = SLOTS - 1) int index,
      @ForAll @IntRange(max = 1_000_000) int where,
      @ForAll @IntRange(max = 7) int bit) {
    List<Bytes> nodes = new ArrayList<>(proof(List.of(slot(index))).nodes());
    int victim = where % nodes.size();
    byte[] bytes = nodes.get(victim).toByteArray();
    bytes[where % bytes.length] ^= (byte) (1 << bit);
    nodes.set(victim, Bytes.of(bytes));
    StateProof tampered = new StateProof(42, nodes);
    try {
      assertThat(tampered.verify(header, ENIGMA).value(slot(index)))
          .isEqualTo(Bytes32.ofUnsigned(index + 1));
    } catch (EnigmaException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.BAD_STATE_PROOF);
    }
    assertThat(tampered.nodes()).isNotEqualTo(proof(List.of(slot(index))).nodes());
  }

  @Test
  void anAccountThatIsNoAccountShowsNothing() {
    Trie strange = new Trie(Map.of(key(ENIGMA), Bytes.of(new byte[] {1, 2, 3})));
    StateProof proof = new StateProof(42, strange.nodes());
    assertRefused(() -> proof.verify(header(42, strange.root()), ENIGMA));
  }

  @Test
  void aStorageValueThatIsNoWordShowsNothing() {
    for (String value :
        List.of("0x00", "0xc0", "0x8100", "0x0101", "0xa1" + "01".repeat(33), "0x820001")) {
      ProvenStorage proven = storedAs(Bytes.fromHex(value));
      assertRefused(() -> proven.value(slot(1)));
    }
  }

  @Test
  void aStoredEmptyValueIsZero() {
    assertThat(storedAs(Bytes.fromHex("0x80")).value(slot(1))).isEqualTo(Bytes32.zero());
  }

  /** A world in which slot 1 of Enigma holds those bytes, whatever they are. */
  private static ProvenStorage storedAs(Bytes value) {
    Trie strange = new Trie(Map.of(hashed(slot(1)), value));
    Account account = new Account(1, BigInteger.ZERO, strange.root(), Account.NO_CODE);
    Trie world = new Trie(Map.of(key(ENIGMA), Bytes.of(account.encode())));
    List<Bytes> nodes = new ArrayList<>(strange.nodes());
    nodes.addAll(world.nodes());
    return new StateProof(42, nodes).verify(header(42, world.root()), ENIGMA);
  }

  @Property(tries = 50)
  void readsBackItsWireFormat(@ForAll List<byte[]> nodes, @ForAll long number) {
    StateProof proof = new StateProof(number, nodes.stream().map(Bytes::of).toList());
    assertThat(StateProof.decode(proof.encode())).isEqualTo(proof);
  }

  @Property
  void anyOtherMessageIsRefused(@ForAll byte[] message) {
    try {
      StateProof proof = StateProof.decode(Bytes.of(message));
      assertThat(proof.encode()).isEqualTo(Bytes.of(message));
    } catch (EnigmaException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_MESSAGE);
    }
  }

  private StateProof proof(List<Bytes32> slots) {
    Set<Bytes> nodes = new LinkedHashSet<>();
    for (Address address : List.of(ENIGMA, OTHER, NOBODY)) {
      nodes.addAll(state.proof(key(address)));
    }
    for (Bytes32 slot : slots) {
      nodes.addAll(storage.proof(hashed(slot)));
    }
    return new StateProof(42, List.copyOf(nodes));
  }

  private static Trie storage(int slots) {
    Map<Bytes, Bytes> values = new HashMap<>();
    for (int i = 0; i < slots; i++) {
      values.put(hashed(slot(i)), Bytes.of(new RlpWriter().uint64(i + 1).toByteArray()));
    }
    return new Trie(values);
  }

  private static BlockHeader header(long number, Bytes32 stateRoot) {
    return BlockHeader.of(
        new HeaderFields(
            Bytes32.zero(),
            Bytes32.zero(),
            Address.zero(),
            stateRoot,
            TrieProof.EMPTY_ROOT,
            TrieProof.EMPTY_ROOT,
            Bytes.of(new byte[256]),
            BigInteger.ZERO,
            number,
            1,
            0,
            number,
            Bytes.empty(),
            Bytes32.zero(),
            Bytes.of(new byte[8]),
            BigInteger.ONE,
            null,
            null,
            null,
            null,
            null));
  }

  private static Bytes32 slot(long number) {
    return Bytes32.ofUnsigned(number);
  }

  private static Bytes hashed(Bytes32 slot) {
    return Keccak.hash(slot.toByteArray()).bytes();
  }

  private static Bytes key(Address address) {
    return Keccak.hash(address.toByteArray()).bytes();
  }

  private static void assertRefused(Runnable reading) {
    assertThatThrownBy(reading::run)
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_STATE_PROOF));
  }
}

package network.enigma.ethereum.trie;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import network.enigma.ethereum.rlp.RlpWriter;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrieProofTest {
  @Test
  void hasTheRootOfTheOfficialExample() {
    Trie trie =
        new Trie(
            Map.of(
                ascii("do"), ascii("verb"),
                ascii("horse"), ascii("stallion"),
                ascii("doge"), ascii("coin"),
                ascii("dog"), ascii("puppy")));
    assertThat(trie.root().hex())
        .isEqualTo("0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84");
    TrieProof proof = new TrieProof(trie.nodes());
    assertThat(read(proof, trie.root(), ascii("dog"))).contains(ascii("puppy"));
    assertThat(read(proof, trie.root(), ascii("do"))).contains(ascii("verb"));
    assertThat(read(proof, trie.root(), ascii("cat"))).isEmpty();
    assertThat(read(proof, trie.root(), ascii("d"))).isEmpty();
    assertThat(read(proof, trie.root(), ascii("doges"))).isEmpty();
  }

  @Test
  void anEmptyTrieHasNothingAndNeedsNoNodes() {
    assertThat(new Trie(Map.of()).root()).isEqualTo(TrieProof.EMPTY_ROOT);
    assertThat(read(new TrieProof(List.of()), TrieProof.EMPTY_ROOT, ascii("x"))).isEmpty();
  }

  @Property(tries = 200)
  void provesEveryValueAndEveryAbsence(
      @ForAll("contents") Map<Bytes, Bytes> contents, @ForAll("keys") Bytes other) {
    Trie trie = new Trie(contents);
    contents.forEach((key, value) ->
        assertThat(read(new TrieProof(trie.proof(key)), trie.root(), key)).contains(value));
    assertThat(read(new TrieProof(trie.proof(other)), trie.root(), other))
        .isEqualTo(Optional.ofNullable(contents.get(other)));
  }

  @Property(tries = 200)
  void provesHashedKeysAsStateTriesHaveThem(
      @ForAll @IntRange(min = 1, max = 300) int size, @ForAll @IntRange(max = 400) int index) {
    Map<Bytes, Bytes> contents = new java.util.HashMap<>();
    for (int i = 0; i < size; i++) {
      contents.put(hashed(i), Bytes.of(new RlpWriter().uint64(i + 1).toByteArray()));
    }
    Trie trie = new Trie(contents);
    Bytes key = hashed(index);
    assertThat(read(new TrieProof(trie.proof(key)), trie.root(), key))
        .isEqualTo(Optional.ofNullable(contents.get(key)));
  }

  @Property(tries = 300)
  void aChangedProofNeverShowsAnotherValue(
      @ForAll("contents") Map<Bytes, Bytes> contents,
      @ForAll("keys") Bytes key,
      @ForAll @IntRange(max = 10_000) int where,
      @ForAll @IntRange(min = 1, max = 255) int flip) {
    Trie trie = new Trie(contents);
    List<Bytes> nodes = new ArrayList<>(trie.proof(key));
    if (nodes.isEmpty()) {
      return;
    }
    int index = where % nodes.size();
    byte[] bytes = nodes.get(index).toByteArray();
    bytes[where % bytes.length] ^= (byte) flip;
    nodes.set(index, Bytes.of(bytes));
    assertRefused(() -> read(new TrieProof(nodes), trie.root(), key));
  }

  @Test
  void aProofThatLacksANodeIsIncomplete() {
    Trie trie =
        new Trie(
            Map.of(
                hashed(1),
                ascii("a long enough value to be hashed by itself"),
                hashed(2),
                ascii("b")));
    List<Bytes> nodes = trie.proof(hashed(1));
    assertThat(nodes).hasSize(2);
    for (Bytes node : nodes) {
      assertRefused(() -> read(new TrieProof(List.of(node)), trie.root(), hashed(1)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x, 0x", // nothing
    "0x01, 0x", // not a list
    "0xc0, 0x", // no items
    "0xc3010203, 0x", // three items
    "0xd2808080808080808080808080808080808080, 0x", // eighteen items
    "0xd18080808080808080808080808080808081, 0x", // a branch that ends early
    "0xd1c08080808080808080808080808080808080, 0x00", // bytes after the node
    "0xd1c080808080808080808080808080808080, 0x00", // an empty node within a branch
    "0xd10180808080808080808080808080808080, 0x00", // a child that is neither node nor hash
    "0xd1808080808080808080808080808080c080, 0xf0", // ditto, the last one
    "0xc28001, 0x", // an empty path
    "0xc24001, 0x", // unknown flags
    "0xc20101, 0x", // an even path with a nibble in its padding
    "0xc2c001, 0x", // a path that is a list
    "0xc220c0, 0x", // a leaf whose value is a list
    "0xc22080, 0x", // a leaf without a value
    "0xc22001ff, 0x", // bytes after a leaf
    "0xc20001, 0x", // an extension that extends nothing
    "0xc21101, 0x10", // an extension to something that is not a node
    "0xc21180, 0x10", // an extension to nothing
  })
  void refusesNodesThatAreNotTrieNodes(String hex, String key) {
    Bytes node = Bytes.fromHex(hex);
    assertRefused(() -> read(new TrieProof(List.of(node)), Keccak.hash(node), Bytes.fromHex(key)));
  }

  @Property
  void anyBytesAsRootNodeShowNothingOrATypedError(@ForAll byte[] node, @ForAll("keys") Bytes key) {
    try {
      read(new TrieProof(List.of(Bytes.of(node))), Keccak.hash(node), key);
    } catch (EnigmaException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.BAD_STATE_PROOF);
    }
  }

  @Test
  void refusesAnInlineNodeThatIsTooLong() {
    byte[] inner =
        new RlpWriter()
            .beginList()
            .bytes(new byte[] {0x20})
            .bytes(new byte[40])
            .endList()
            .toByteArray();
    byte[] outer =
        new RlpWriter().beginList().bytes(new byte[] {0x11}).encoded(inner).endList().toByteArray();
    assertRefused(
        () -> new TrieProof(List.of(Bytes.of(outer))).value(Keccak.hash(outer), new byte[] {0x10}));
    assertRefused(
        () -> new TrieProof(List.of(Bytes.of(outer))).value(Keccak.hash(outer), new byte[] {0x11}));
  }

  @Provide
  Arbitrary<Map<Bytes, Bytes>> contents() {
    return Arbitraries.maps(
            keys(),
            Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(50).map(Bytes::of))
        .ofMaxSize(40);
  }

  @Provide
  Arbitrary<Bytes> keys() {
    return Arbitraries.bytes()
        .between((byte) 0, (byte) 0x12)
        .array(byte[].class)
        .ofSize(3)
        .map(Bytes::of);
  }

  private static void assertRefused(Runnable reading) {
    assertThatThrownBy(reading::run)
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_STATE_PROOF));
  }

  private static Optional<Bytes> read(TrieProof proof, Bytes32 root, Bytes key) {
    return proof.value(root, key.toByteArray()).map(Bytes::of);
  }

  private static Bytes hashed(int i) {
    return Bytes.of(Keccak.hash(new RlpWriter().uint64(i).toByteArray()).toByteArray());
  }

  private static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}

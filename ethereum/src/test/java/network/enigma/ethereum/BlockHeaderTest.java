package network.enigma.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import network.enigma.ethereum.trie.TrieProof;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import org.junit.jupiter.api.Test;

class BlockHeaderTest {
  private static final Bytes32 NO_OMMERS =
      Bytes32.fromHex("0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347");

  /** Ethereum's genesis block, whose hash everybody knows. */
  private static final HeaderFields GENESIS =
      fields(
          Bytes32.fromHex("0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544"),
          new BigInteger("400000000", 16),
          5_000,
          Bytes.fromHex("0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa"),
          Bytes.fromHex("0x0000000000000042"),
          0);

  @Test
  void hashesTheGenesisBlockOfEthereum() {
    assertThat(BlockHeader.of(GENESIS).hash().hex())
        .isEqualTo("0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3");
  }

  @Property
  void readsBackTheHeadersOfEveryFork(@ForAll @IntRange(max = 4) int fork, @ForAll long gasLimit) {
    HeaderFields fields =
        fields(Bytes32.zero(), BigInteger.ZERO, gasLimit, Bytes.empty(), GENESIS.nonce(), fork);
    BlockHeader header = BlockHeader.decode(fields.encode());
    assertThat(header.fields()).isEqualTo(fields);
    assertThat(header.hash()).isEqualTo(Keccak.hash(fields.encode()));
    assertThat(header).isEqualTo(BlockHeader.of(fields));
  }

  @Property
  void anyOtherBytesAreRefused(
      @ForAll @IntRange(max = 4) int fork, @ForAll @IntRange(max = 10_000) int cut) {
    byte[] rlp =
        fields(Bytes32.zero(), BigInteger.ZERO, 1, Bytes.empty(), GENESIS.nonce(), fork).encode();
    assertRefused(Arrays.copyOf(rlp, cut % rlp.length));
    assertRefused(Arrays.copyOf(rlp, rlp.length + 1));
  }

  @Property
  void arbitraryBytesAreRefused(@ForAll byte[] bytes) {
    assertRefused(bytes);
  }

  @Test
  void aFieldThatNoForkAllowsIsRefused() {
    assertThatThrownBy(() ->
            new HeaderFields(
                Bytes32.zero(),
                NO_OMMERS,
                Address.zero(),
                Bytes32.zero(),
                Bytes32.zero(),
                Bytes32.zero(),
                Bytes.of(new byte[256]),
                BigInteger.ZERO,
                1,
                1,
                1,
                1,
                Bytes.empty(),
                Bytes32.zero(),
                GENESIS.nonce(),
                null,
                Bytes32.zero(),
                null,
                null,
                null,
                null))
        .isInstanceOf(EnigmaException.class);
  }

  @Test
  void followsOnlyItsParent() {
    BlockHeader genesis = BlockHeader.of(GENESIS);
    BlockHeader child = child(genesis.hash(), 1, 10);
    assertThat(child.follows(genesis)).isTrue();
    assertThat(child(genesis.hash(), 2, 10).follows(genesis)).isFalse();
    assertThat(child(Bytes32.zero(), 1, 10).follows(genesis)).isFalse();
    assertThat(child(child.hash(), 2, 9).follows(child)).isFalse();
  }

  private static BlockHeader child(Bytes32 parent, long number, long timestamp) {
    return BlockHeader.of(
        new HeaderFields(
            parent,
            NO_OMMERS,
            Address.zero(),
            Bytes32.zero(),
            TrieProof.EMPTY_ROOT,
            TrieProof.EMPTY_ROOT,
            Bytes.of(new byte[256]),
            BigInteger.ZERO,
            number,
            1,
            0,
            timestamp,
            Bytes.empty(),
            Bytes32.zero(),
            Bytes.of(new byte[8]),
            null,
            null,
            null,
            null,
            null,
            null));
  }

  private static HeaderFields fields(
      Bytes32 stateRoot, BigInteger difficulty, long gasLimit, Bytes extra, Bytes nonce, int fork) {
    return new HeaderFields(
        Bytes32.zero(),
        NO_OMMERS,
        Address.zero(),
        stateRoot,
        TrieProof.EMPTY_ROOT,
        TrieProof.EMPTY_ROOT,
        Bytes.of(new byte[256]),
        difficulty,
        0,
        gasLimit,
        0,
        0,
        extra,
        Bytes32.zero(),
        nonce,
        fork >= 1 ? BigInteger.TEN : null,
        fork >= 2 ? TrieProof.EMPTY_ROOT : null,
        fork >= 3 ? 131_072L : null,
        fork >= 3 ? 0L : null,
        fork >= 3 ? Bytes32.zero() : null,
        fork >= 4 ? Bytes32.ofUnsigned(4) : null);
  }

  private static void assertRefused(byte[] rlp) {
    assertThatThrownBy(() -> BlockHeader.decode(rlp))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_HEADER));
  }
}

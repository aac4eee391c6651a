package network.enigma.enclave;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import network.enigma.ethereum.Account;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.HeaderFields;
import network.enigma.ethereum.StateProof;
import network.enigma.ethereum.rlp.RlpWriter;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.ethereum.trie.Trie;
import network.enigma.ethereum.trie.TrieProof;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Realms;

/**
 * A chain without transactions: a test writes the storage of Enigma itself and mines. Headers,
 * tries and proofs are real.
 */
final class ModelChain {
  static final Address ENIGMA = Address.lastBytesOf(Keccak.hashText("Enigma"));
  static final Bytes32 CODE_HASH = Keccak.hashText("Enigma's code");

  /** Seconds between blocks. */
  static final long BLOCK_TIME = 12;

  static final long GENESIS_TIME = 1_800_000_000L;

  private record Block(BlockHeader header, Trie state, Trie storage, Map<Bytes32, Bytes32> slots) {}

  private final List<Block> blocks = new ArrayList<>();
  private Map<Bytes32, Bytes32> slots = new HashMap<>();
  private int fork;

  ModelChain() {
    mine();
  }

  void set(Bytes32 slot, Bytes32 value) {
    slots.put(slot, value);
  }

  /** The state hash of a realm at the tip, as the contract would continue it. */
  Bytes32 storedStateHash(Bytes32 realm) {
    Bytes32 stored = slots.getOrDefault(EnigmaStorage.stateHash(realm), Bytes32.zero());
    return stored.isZero() ? Realms.genesisStateHash(realm) : stored;
  }

  BlockHeader mine() {
    Map<Bytes, Bytes> entries = new HashMap<>();
    slots.forEach((slot, value) -> {
      if (!value.isZero()) {
        entries.put(
            hashed(slot.toByteArray()),
            Bytes.of(new RlpWriter().integer(value.toBigInteger()).toByteArray()));
      }
    });
    Trie storage = new Trie(entries);
    Account enigma = new Account(1, BigInteger.ZERO, storage.root(), CODE_HASH);
    Account other = new Account(3, BigInteger.TEN, TrieProof.EMPTY_ROOT, Account.NO_CODE);
    Trie state =
        new Trie(
            Map.of(
                hashed(ENIGMA.toByteArray()),
                Bytes.of(enigma.encode()),
                hashed(new byte[20]),
                Bytes.of(other.encode())));
    BlockHeader header = header(state.root());
    blocks.add(new Block(header, state, storage, new HashMap<>(slots)));
    return header;
  }

  void mine(long count) {
    for (long i = 0; i < count; i++) {
      mine();
    }
  }

  /**
   * Forgets the highest blocks and what was stored since; the blocks mined next differ from them.
   */
  void fork(int depth) {
    for (int i = 0; i < depth; i++) {
      blocks.removeLast();
    }
    fork++;
    slots = new HashMap<>(blocks.getLast().slots());
  }

  BlockHeader tip() {
    return blocks.getLast().header();
  }

  BlockHeader header(long number) {
    return blocks.get((int) number).header();
  }

  List<Bytes> headersAfter(long number) {
    return blocks.subList((int) number + 1, blocks.size()).stream()
        .map(block -> block.header().rlp())
        .toList();
  }

  /** Proves the slots at the tip. */
  Bytes proof(Collection<Bytes32> proved) {
    return proof(tip().number(), proved);
  }

  Bytes proof(long number, Collection<Bytes32> proved) {
    Block block = blocks.get((int) number);
    Set<Bytes> nodes = new LinkedHashSet<>(block.state().proof(hashed(ENIGMA.toByteArray())));
    for (Bytes32 slot : proved) {
      nodes.addAll(block.storage().proof(hashed(slot.toByteArray())));
    }
    return new StateProof(number, List.copyOf(nodes)).encode();
  }

  /** Proves every slot at the tip. */
  Bytes proofOfEverything() {
    Block block = blocks.getLast();
    Set<Bytes> nodes = new LinkedHashSet<>(block.state().proof(hashed(ENIGMA.toByteArray())));
    nodes.addAll(block.storage().nodes());
    return new StateProof(block.header().number(), List.copyOf(nodes)).encode();
  }

  private static Bytes hashed(byte[] key) {
    return Keccak.hash(key).bytes();
  }

  private BlockHeader header(Bytes32 stateRoot) {
    long number = blocks.size();
    return BlockHeader.of(
        new HeaderFields(
            blocks.isEmpty() ? Bytes32.zero() : tip().hash(),
            Bytes32.zero(),
            Address.zero(),
            stateRoot,
            TrieProof.EMPTY_ROOT,
            TrieProof.EMPTY_ROOT,
            Bytes.of(new byte[256]),
            BigInteger.ZERO,
            number,
            30_000_000,
            0,
            GENESIS_TIME + number * BLOCK_TIME,
            Bytes.of(new byte[] {(byte) fork}),
            Bytes32.zero(),
            Bytes.of(new byte[8]),
            BigInteger.ONE,
            TrieProof.EMPTY_ROOT,
            0L,
            0L,
            Bytes32.zero(),
            Bytes32.zero()));
  }
}

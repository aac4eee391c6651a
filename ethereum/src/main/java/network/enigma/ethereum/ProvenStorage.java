package network.enigma.ethereum;

import network.enigma.ethereum.rlp.RlpReader;
import network.enigma.ethereum.trie.TrieProof;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;

/**
 * One contract's storage at a trusted header, as far as a {@link StateProof} shows it. Immutable.
 */
public final class ProvenStorage {
  private final BlockHeader header;
  private final Address address;
  private final Account account;
  private final TrieProof proof;

  ProvenStorage(BlockHeader header, Address address, Account account, TrieProof proof) {
    this.header = header;
    this.address = address;
    this.account = account;
    this.proof = proof;
  }

  /** The header the storage is of. */
  public BlockHeader header() {
    return header;
  }

  /** The contract. */
  public Address address() {
    return address;
  }

  /** The contract's account: its nonce, balance, storage root and code hash. */
  public Account account() {
    return account;
  }

  /** The whole state, as far as the same proof shows it: other accounts may be in it. */
  public ProvenState state() {
    return new ProvenState(header, proof);
  }

  /**
   * The 32 bytes in a slot; zero for a slot that was never written.
   *
   * @throws EnigmaException {@link ErrorCode#BAD_STATE_PROOF} when the proof does not cover the
   *     slot or what it has there is not a storage value
   */
  public Bytes32 value(Bytes32 slot) {
    byte[] key = Keccak.hash(slot.toByteArray()).toByteArray();
    return proof
        .value(account.storageRoot(), key)
        .map(ProvenStorage::decode)
        .orElse(Bytes32.zero());
  }

  private static Bytes32 decode(byte[] rlp) {
    try {
      RlpReader reader = new RlpReader(rlp);
      byte[] value = reader.bytes();
      reader.end();
      // Ethereum removes a slot that becomes zero; anvil keeps it with an empty value.
      if (value.length > Bytes32.LENGTH || (value.length > 0 && value[0] == 0)) {
        throw new EnigmaException(
            ErrorCode.BAD_STATE_PROOF, "the storage trie holds no word there");
      }
      byte[] word = new byte[Bytes32.LENGTH];
      System.arraycopy(value, 0, word, word.length - value.length, value.length);
      return Bytes32.of(word);
    } catch (EnigmaException e) {
      if (e.code() == ErrorCode.BAD_STATE_PROOF) {
        throw e;
      }
      throw new EnigmaException(
          ErrorCode.BAD_STATE_PROOF, "the storage trie holds no word there: " + e.getMessage());
    }
  }
}

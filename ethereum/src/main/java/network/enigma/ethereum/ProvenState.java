package network.enigma.ethereum;

import java.util.Optional;
import network.enigma.ethereum.trie.TrieProof;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;

/** Ethereum's state at a trusted header, as far as a {@link StateProof} shows it. Immutable. */
public final class ProvenState {
  private final BlockHeader header;
  private final TrieProof proof;

  ProvenState(BlockHeader header, TrieProof proof) {
    this.header = header;
    this.proof = proof;
  }

  /** The header the state is of. */
  public BlockHeader header() {
    return header;
  }

  /**
   * The account at the address, or nothing if the state has none.
   *
   * @throws EnigmaException {@link ErrorCode#BAD_STATE_PROOF} when the nodes show neither
   */
  public Optional<Account> account(Address address) {
    return proof
        .value(header.stateRoot(), Keccak.hash(address.toByteArray()).toByteArray())
        .map(ProvenState::decode);
  }

  /**
   * The storage of the contract at the address.
   *
   * @throws EnigmaException {@link ErrorCode#BAD_STATE_PROOF} when the nodes do not show that there
   *     is such an account
   */
  public ProvenStorage storage(Address address) {
    Account account =
        account(address)
            .orElseThrow(() ->
                new EnigmaException(
                    ErrorCode.BAD_STATE_PROOF, "at " + header + " there is no account " + address));
    return new ProvenStorage(header, address, account, proof);
  }

  private static Account decode(byte[] rlp) {
    try {
      return Account.decode(rlp);
    } catch (EnigmaException e) {
      throw new EnigmaException(
          ErrorCode.BAD_STATE_PROOF, "the state trie holds no account there: " + e.getMessage());
    }
  }
}

package network.enigma.ethereum;

import java.util.List;
import network.enigma.ethereum.trie.TrieProof;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * Everything needed to read facts out of Ethereum's state at one block: the trie nodes on the way
 * from that block's state root to the accounts and storage slots somebody asked about (Rule S6).
 *
 * <p>The nodes are one set, each carried once however many slots share it, for all accounts
 * together. Which slots a proof covers is not written in it: the verifier reads what it needs, and
 * a slot whose nodes are lacking is an error. The proof is not trusted in any respect; {@link
 * #verify} binds it to a header that is.
 *
 * <p>Wire format: uint64 header number, list of nodes (bytes each).
 *
 * @param headerNumber the block whose state the nodes are of
 * @param nodes trie nodes in any order
 */
public record StateProof(long headerNumber, List<Bytes> nodes) {
  /** More nodes than this are refused. */
  public static final int MAXIMUM_NODES = 1 << 17;

  /** A trie node is never longer: sixteen hashes and a short value, or a path and a value. */
  public static final int MAXIMUM_NODE_BYTES = 1_024;

  public StateProof {
    nodes = List.copyOf(nodes);
  }

  /** The proof in its wire format. */
  public Bytes encode() {
    return new WireWriter().uint64(headerNumber).list(nodes, WireWriter::bytes).toBytes();
  }

  /**
   * Reads a proof.
   *
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} when the bytes are not a proof
   */
  public static StateProof decode(Bytes encoded) {
    WireReader reader = new WireReader(encoded);
    StateProof proof = read(reader);
    reader.end();
    return proof;
  }

  /** Appends this proof to a message. */
  public void write(WireWriter writer) {
    writer.uint64(headerNumber).list(nodes, WireWriter::bytes);
  }

  /** Reads a proof out of a message. */
  public static StateProof read(WireReader reader) {
    return new StateProof(
        reader.uint64(), reader.list(MAXIMUM_NODES, item -> item.bytes(MAXIMUM_NODE_BYTES)));
  }

  /**
   * Binds the proof to a header the caller trusts.
   *
   * @throws EnigmaException {@link ErrorCode#BAD_STATE_PROOF} when the proof says it is of another
   *     block
   */
  public ProvenState verify(BlockHeader header) {
    if (header.number() != headerNumber) {
      throw new EnigmaException(
          ErrorCode.BAD_STATE_PROOF,
          "the proof is of block "
              + Long.toUnsignedString(headerNumber)
              + ", not "
              + Long.toUnsignedString(header.number()));
    }
    return new ProvenState(header, new TrieProof(nodes));
  }

  /**
   * The proven storage of one contract.
   *
   * @throws EnigmaException {@link ErrorCode#BAD_STATE_PROOF} when the proof is of another block,
   *     or the account is not proved or does not exist
   */
  public ProvenStorage verify(BlockHeader header, Address contract) {
    return verify(header).storage(contract);
  }
}

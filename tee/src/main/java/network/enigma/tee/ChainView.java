package network.enigma.tee;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.ProvenStorage;
import network.enigma.ethereum.StateProof;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;
import org.jspecify.annotations.Nullable;

/**
 * What an enclave holds of the chain (rule S6): the latest headers, linked by their parent hashes.
 * Header source NODE: that the tip is Ethereum's is the word of the host's node, everything below
 * it and every state proof is checked.
 *
 * <p>The tip's number never goes back. A header list that leaves the held chain at some block
 * replaces it from there, if it leads higher than the tip. A list that connects to nothing held is
 * taken only while nothing is held: later the view is moved in steps, and a fork deeper than the
 * window needs a new enclave process.
 *
 * <p>The finality rule is applied by the host, which passes on only headers that satisfy it; an
 * enclave that believes its node about the tip gains nothing by checking that.
 *
 * <p>Immutable headers behind one lock; may be used by many threads.
 */
public final class ChainView {
  /** Blocks held beyond {@code maxBatchAge} and {@code maxHeaderLag}. */
  public static final int MARGIN = 64;

  private final Address enigma;
  private final Bytes32 enigmaCodeHash;
  private final long window;
  private final long maxHeaderLag;
  private final NavigableMap<Long, BlockHeader> headers = new TreeMap<>();

  /** A view of the network's chain, without headers. */
  public ChainView(NetworkConfig config) {
    this.enigma = config.enigma();
    this.enigmaCodeHash = config.enigmaCodeHash();
    this.maxHeaderLag = config.parameters().maxHeaderLag();
    this.window = config.parameters().maxBatchAge() + maxHeaderLag + MARGIN;
  }

  /**
   * Takes consecutive headers, lowest first. Headers held already may be among them. All or
   * nothing.
   *
   * @return the tip
   * @throws EnigmaException {@link ErrorCode#BAD_HEADER} if they do not follow each other, do not
   *     connect, or would not move the tip forward; {@code BAD_HEADER} if one is no header
   */
  public synchronized BlockHeader advance(List<Bytes> encoded) {
    if (encoded.isEmpty()) {
      return tip();
    }
    TreeMap<Long, BlockHeader> fresh = new TreeMap<>();
    BlockHeader previous = null;
    for (Bytes rlp : encoded) {
      BlockHeader header = BlockHeader.decode(rlp.toByteArray());
      if (previous != null && !header.follows(previous)) {
        throw bad(header, "does not follow the one before it");
      }
      previous = header;
      if (header.equals(headers.get(header.number()))) {
        fresh.clear();
      } else {
        fresh.put(header.number(), header);
      }
    }
    if (fresh.isEmpty()) {
      return tip();
    }
    BlockHeader first = fresh.firstEntry().getValue();
    BlockHeader last = fresh.lastEntry().getValue();
    if (!headers.isEmpty()) {
      BlockHeader parent = headers.get(first.number() - 1);
      if (parent == null || !first.follows(parent)) {
        throw bad(first, "connects to no header held here");
      }
      if (last.number() <= tip().number()) {
        throw bad(last, "does not lead above the tip, block " + tip().number());
      }
      headers.tailMap(first.number(), true).clear();
    }
    headers.putAll(fresh);
    headers.headMap(last.number() - window, false).clear();
    return last;
  }

  /**
   * The highest header.
   *
   * @throws EnigmaException {@link ErrorCode#UNKNOWN_HEADER} while none is held
   */
  public synchronized BlockHeader tip() {
    Map.@Nullable Entry<Long, BlockHeader> last = headers.lastEntry();
    if (last == null) {
      throw new EnigmaException(ErrorCode.UNKNOWN_HEADER, "the enclave holds no header yet");
    }
    return last.getValue();
  }

  /**
   * The header of a block.
   *
   * @throws EnigmaException {@link ErrorCode#UNKNOWN_HEADER} if it is not held
   */
  public synchronized BlockHeader header(long number) {
    BlockHeader header = headers.get(number);
    if (header == null) {
      throw new EnigmaException(
          ErrorCode.UNKNOWN_HEADER,
          "the enclave does not hold block " + Long.toUnsignedString(number));
    }
    return header;
  }

  /**
   * Whether the held chain has lost a header: a header of that number is held, and it is another
   * one.
   */
  public synchronized boolean replaced(long number, Bytes32 hash) {
    BlockHeader header = headers.get(number);
    return header != null && !header.hash().equals(hash);
  }

  /**
   * The header of that number and hash.
   *
   * @throws EnigmaException {@link ErrorCode#UNKNOWN_HEADER} if it is not held, {@link
   *     ErrorCode#CHAIN_REORGANISED} if another one of that number is
   */
  public synchronized BlockHeader header(long number, Bytes32 hash) {
    BlockHeader header = header(number);
    if (!header.hash().equals(hash)) {
      throw new EnigmaException(
          ErrorCode.CHAIN_REORGANISED,
          "block " + Long.toUnsignedString(number) + " is another one here");
    }
    return header;
  }

  /**
   * The header of that number and hash, which lies at most {@code maxHeaderLag} below the tip.
   *
   * @throws EnigmaException as {@link #header(long, Bytes32)}; {@link ErrorCode#QUORUM_STALE} if it
   *     lies lower
   */
  public synchronized BlockHeader recentHeader(long number, Bytes32 hash) {
    return recent(header(number, hash));
  }

  private BlockHeader recent(BlockHeader header) {
    if (tip().number() - header.number() > maxHeaderLag) {
      throw new EnigmaException(
          ErrorCode.QUORUM_STALE,
          "block "
              + header.number()
              + " lies more than "
              + maxHeaderLag
              + " blocks below the tip, block "
              + tip().number());
    }
    return header;
  }

  /**
   * The facts of Enigma at a held header.
   *
   * @throws EnigmaException {@link ErrorCode#UNKNOWN_HEADER} if the proof's header is not held;
   *     {@link ErrorCode#BAD_STATE_PROOF} when it does not show the account, or shows other code
   *     there than the network's
   */
  public EnigmaFacts prove(StateProof proof) {
    return facts(proof, header(proof.headerNumber()));
  }

  /**
   * The facts of Enigma at a header that lies at most {@code maxHeaderLag} below the tip.
   *
   * @throws EnigmaException as {@link #prove}; {@link ErrorCode#QUORUM_STALE} if it lies lower
   */
  public EnigmaFacts proveRecent(StateProof proof) {
    BlockHeader header;
    synchronized (this) {
      header = recent(header(proof.headerNumber()));
    }
    return facts(proof, header);
  }

  private EnigmaFacts facts(StateProof proof, BlockHeader header) {
    ProvenStorage storage = proof.verify(header, enigma);
    if (!storage.account().codeHash().equals(enigmaCodeHash)) {
      throw new EnigmaException(
          ErrorCode.BAD_STATE_PROOF, "the contract at " + enigma + " has other code");
    }
    return new EnigmaFacts(storage);
  }

  private static EnigmaException bad(BlockHeader header, String why) {
    return new EnigmaException(
        ErrorCode.BAD_HEADER, "block " + Long.toUnsignedString(header.number()) + " " + why);
  }
}

package network.enigma.ethereum;

import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import org.jspecify.annotations.Nullable;

/**
 * A block header of Ethereum's execution layer together with its hash, keccak256 of its RLP (Rule
 * S6). Two headers are equal when their hashes are.
 */
public final class BlockHeader {
  private final HeaderFields fields;
  private final Bytes rlp;
  private final Bytes32 hash;

  private BlockHeader(HeaderFields fields, byte[] rlp) {
    this.fields = fields;
    this.rlp = Bytes.of(rlp);
    this.hash = Keccak.hash(rlp);
  }

  /** The header of these fields. */
  public static BlockHeader of(HeaderFields fields) {
    return new BlockHeader(fields, fields.encode());
  }

  /**
   * Reads a header; its hash is computed, never believed.
   *
   * @throws EnigmaException {@link ErrorCode#BAD_HEADER} when these are not the bytes of a header
   *     of any fork up to Prague
   */
  public static BlockHeader decode(byte[] rlp) {
    try {
      return new BlockHeader(HeaderFields.decode(rlp), rlp);
    } catch (EnigmaException e) {
      throw new EnigmaException(ErrorCode.BAD_HEADER, "not a block header: " + e.getMessage(), e);
    }
  }

  /** All fields. */
  public HeaderFields fields() {
    return fields;
  }

  /** The header in RLP. */
  public Bytes rlp() {
    return rlp;
  }

  /** keccak256 of the RLP. */
  public Bytes32 hash() {
    return hash;
  }

  public long number() {
    return fields.number();
  }

  public Bytes32 parentHash() {
    return fields.parentHash();
  }

  public Bytes32 stateRoot() {
    return fields.stateRoot();
  }

  /** Seconds since 1970. */
  public long timestamp() {
    return fields.timestamp();
  }

  /** The beacon chain's randomness for this block (EIP-4399). */
  public Bytes32 prevRandao() {
    return fields.prevRandao();
  }

  /**
   * Whether this block was built on that one: next number, parent hash, and time that does not run
   * backwards.
   */
  public boolean follows(BlockHeader parent) {
    return number() == parent.number() + 1
        && parentHash().equals(parent.hash())
        && Long.compareUnsigned(timestamp(), parent.timestamp()) >= 0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BlockHeader header && hash.equals(header.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return "BlockHeader[" + Long.toUnsignedString(number()) + ", " + hash + "]";
  }
}

package network.enigma.tee.message;

import java.util.Comparator;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * A head as key managers remember it (rule S2). Heads are ordered by lease first, then by sequence:
 * a later lease's holder has read what an earlier one anchored, so its word is the newer one.
 *
 * @param lease under which it was acknowledged
 * @param endSequence last sequence number it covers
 * @param stateHash of the realm after it
 */
public record KnownHead(long lease, long endSequence, Bytes32 stateHash)
    implements Comparable<KnownHead> {
  private static final Comparator<KnownHead> ORDER =
      Comparator.comparing(KnownHead::lease, Long::compareUnsigned)
          .thenComparing(KnownHead::endSequence, Long::compareUnsigned);

  /** Whether both name the same state of the realm, under whatever lease. */
  public boolean sameState(KnownHead other) {
    return endSequence == other.endSequence && stateHash.equals(other.stateHash);
  }

  @Override
  public int compareTo(KnownHead other) {
    return ORDER.compare(this, other);
  }

  void write(WireWriter writer) {
    writer.uint64(lease).uint64(endSequence).bytes32(stateHash);
  }

  static KnownHead read(WireReader reader) {
    return new KnownHead(reader.uint64(), reader.uint64(), reader.bytes32());
  }
}

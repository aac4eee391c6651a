package network.enigma.ethereum.rlp;

import java.util.ArrayList;
import java.util.List;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * A value of the recursive length prefix encoding (Ethereum Yellow Paper, appendix B): a byte
 * string or a list of values.
 *
 * <p>For whole trees of unknown shape. Formats of known shape are read without intermediate objects
 * by {@link RlpReader} and written by {@link RlpWriter}.
 */
public sealed interface Rlp {
  /** Lists deeper than this are refused, so that hostile input cannot exhaust the stack. */
  int MAXIMUM_DEPTH = 64;

  /** A byte string. */
  record Text(Bytes bytes) implements Rlp {}

  /** A list of values. */
  record Items(List<Rlp> values) implements Rlp {
    public Items {
      values = List.copyOf(values);
    }
  }

  /** The one encoding of this value. */
  default byte[] encode() {
    RlpWriter writer = new RlpWriter();
    write(writer, this);
    return writer.toByteArray();
  }

  /**
   * Reads exactly one value.
   *
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} when the bytes are not the
   *     canonical encoding of one value, or lists nest deeper than {@link #MAXIMUM_DEPTH}
   */
  static Rlp decode(byte[] encoded) {
    RlpReader reader = new RlpReader(encoded);
    Rlp value = read(reader, 0);
    reader.end();
    return value;
  }

  private static Rlp read(RlpReader reader, int depth) {
    if (!reader.nextIsList()) {
      return new Text(Bytes.of(reader.bytes()));
    }
    if (depth == MAXIMUM_DEPTH) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE, "lists nest deeper than " + MAXIMUM_DEPTH);
    }
    RlpReader inner = reader.list();
    List<Rlp> values = new ArrayList<>();
    while (inner.hasNext()) {
      values.add(read(inner, depth + 1));
    }
    return new Items(values);
  }

  private static void write(RlpWriter writer, Rlp value) {
    switch (value) {
      case Text text -> writer.bytes(text.bytes().toByteArray());
      case Items items -> {
        writer.beginList();
        for (Rlp inner : items.values()) {
          write(writer, inner);
        }
        writer.endList();
      }
    }
  }
}

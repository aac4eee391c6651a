package network.enigma.ethereum.rlp;

import java.math.BigInteger;
import java.util.Arrays;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * A cursor over canonical RLP that reads values of known shape without building a tree.
 *
 * <p>Every method that reads throws {@link EnigmaException} with {@link
 * ErrorCode#MALFORMED_MESSAGE} when the input does not hold what was asked for in its one canonical
 * encoding. The array given to the constructor is not copied: it must not change while it is read.
 */
public final class RlpReader {
  private final byte[] data;
  private final int end;
  private int position;

  // The item that starts at `position`, parsed by `look`; `lookedAt` says which position that was.
  private int lookedAt = -1;
  private boolean list;
  private int contentStart;
  private int contentEnd;

  /** A reader of all of {@code data}. */
  public RlpReader(byte[] data) {
    this(data, 0, data.length);
  }

  /** A reader of {@code data} from {@code start} to before {@code end}. */
  public RlpReader(byte[] data, int start, int end) {
    if (start < 0 || end < start || end > data.length) {
      throw new IllegalArgumentException("no such part of the data");
    }
    this.data = data;
    this.position = start;
    this.end = end;
  }

  /** Whether anything is left. */
  public boolean hasNext() {
    return position < end;
  }

  /** A reader at the same place that moves on its own. */
  public RlpReader copy() {
    return new RlpReader(data, position, end);
  }

  /** Where the next item starts in the array. */
  public int position() {
    return position;
  }

  /** Whether the next item is a list. */
  public boolean nextIsList() {
    look();
    return list;
  }

  /** The number of content bytes of the next item. */
  public int nextLength() {
    look();
    return contentEnd - contentStart;
  }

  /** Where the content of the next item starts in the array. */
  public int nextContentStart() {
    look();
    return contentStart;
  }

  /** Steps over the next item, whose content alone is not looked at. */
  public void skip() {
    look();
    position = contentEnd;
  }

  /** Enters the next item, a list, and moves this reader past it. */
  public RlpReader list() {
    look();
    if (!list) {
      throw malformed("a byte string where a list is due");
    }
    position = contentEnd;
    return new RlpReader(data, contentStart, contentEnd);
  }

  /** The next byte string. */
  public byte[] bytes() {
    lookForBytes();
    position = contentEnd;
    return Arrays.copyOfRange(data, contentStart, contentEnd);
  }

  /** The next byte string, which has exactly {@code length} bytes. */
  public byte[] bytes(int length) {
    lookForBytes();
    if (contentEnd - contentStart != length) {
      throw malformed(
          "a byte string of "
              + (contentEnd - contentStart)
              + " bytes where "
              + length
              + " are due");
    }
    return bytes();
  }

  /** The next item as an unsigned 64-bit integer without leading zeros. */
  public long uint64() {
    lookForInteger(8);
    long value = 0;
    for (int i = contentStart; i < contentEnd; i++) {
      value = (value << 8) | (data[i] & 0xff);
    }
    position = contentEnd;
    return value;
  }

  /** The next item as an unsigned integer of at most 256 bits without leading zeros. */
  public BigInteger uint256() {
    lookForInteger(32);
    position = contentEnd;
    return new BigInteger(1, data, contentStart, contentEnd - contentStart);
  }

  /** Refuses anything that is left. */
  public void end() {
    if (position != end) {
      throw malformed((end - position) + " bytes follow the last item");
    }
  }

  private void lookForInteger(int longest) {
    lookForBytes();
    if (contentEnd - contentStart > longest) {
      throw malformed("an integer of more than " + longest + " bytes");
    }
    if (contentEnd > contentStart && data[contentStart] == 0) {
      throw malformed("an integer with a leading zero");
    }
  }

  private void lookForBytes() {
    look();
    if (list) {
      throw malformed("a list where a byte string is due");
    }
  }

  private void look() {
    if (lookedAt == position) {
      return;
    }
    if (position >= end) {
      throw malformed("the input ends where an item is due");
    }
    int first = data[position] & 0xff;
    if (first < 0x80) {
      item(false, position, 1);
    } else if (first <= 0xb7) {
      item(false, position + 1, first - 0x80);
      if (first == 0x81 && data[contentStart] >= 0) {
        throw malformed("a single byte below 0x80 with a length prefix");
      }
    } else if (first <= 0xbf) {
      item(false, position + 1 + first - 0xb7, longLength(first - 0xb7));
    } else if (first <= 0xf7) {
      item(true, position + 1, first - 0xc0);
    } else {
      item(true, position + 1 + first - 0xf7, longLength(first - 0xf7));
    }
    lookedAt = position;
  }

  private int longLength(int lengthOfLength) {
    if (end - position - 1 < lengthOfLength) {
      throw malformed("the input ends within a length");
    }
    if (data[position + 1] == 0) {
      throw malformed("a length with a leading zero");
    }
    if (lengthOfLength > 4) {
      throw malformed("a length beyond the input");
    }
    long length = 0;
    for (int i = 1; i <= lengthOfLength; i++) {
      length = (length << 8) | (data[position + i] & 0xff);
    }
    if (length <= 55) {
      throw malformed("a long form where the short one is due");
    }
    if (length > end - position) {
      throw malformed("a length beyond the input");
    }
    return (int) length;
  }

  private void item(boolean isList, int start, int length) {
    if (length > end - start) {
      throw malformed("a length beyond the input");
    }
    list = isList;
    contentStart = start;
    contentEnd = start + length;
  }

  private static EnigmaException malformed(String what) {
    return new EnigmaException(ErrorCode.MALFORMED_MESSAGE, what);
  }
}

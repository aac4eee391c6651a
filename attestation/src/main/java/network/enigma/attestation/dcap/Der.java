package network.enigma.attestation.dcap;

import java.util.ArrayList;
import java.util.List;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.protocol.Bytes;

/**
 * A value in DER (X.690): its tag and its content. Lengths take the shortest form, tags one byte.
 *
 * @param tag of one byte
 * @param content without tag and length
 */
record Der(int tag, Bytes content) {
  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int OCTETS = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int ENUMERATED = 0x0a;
  static final int SEQUENCE = 0x30;

  private static final int MAXIMUM_VALUES = 64;

  /** The one value that the bytes are. */
  static Der single(Bytes bytes) throws Refusal {
    List<Der> values = values(bytes);
    if (values.size() != 1) {
      throw malformed("one value expected");
    }
    return values.getFirst();
  }

  /** The values one after the other. */
  static List<Der> values(Bytes bytes) throws Refusal {
    List<Der> values = new ArrayList<>();
    int position = 0;
    while (position < bytes.length()) {
      if (values.size() == MAXIMUM_VALUES) {
        throw malformed("more than " + MAXIMUM_VALUES + " values");
      }
      int tag = bytes.get(position) & 0xff;
      if ((tag & 0x1f) == 0x1f || position + 1 >= bytes.length()) {
        throw malformed("a value that ends early");
      }
      int length = bytes.get(position + 1) & 0xff;
      int start = position + 2;
      if (length >= 0x80) {
        int octets = length & 0x7f;
        if (octets < 1 || octets > 2 || octets > bytes.length() - start) {
          throw malformed("a length of " + octets + " bytes");
        }
        length = 0;
        for (int i = 0; i < octets; i++) {
          length = length << 8 | (bytes.get(start + i) & 0xff);
        }
        start += octets;
        if (length < (octets == 1 ? 0x80 : 0x100)) {
          throw malformed("a length that is not in its shortest form");
        }
      }
      if (length > bytes.length() - start) {
        throw malformed("a value longer than what holds it");
      }
      values.add(new Der(tag, bytes.slice(start, start + length)));
      position = start + length;
    }
    return values;
  }

  /** The values inside a sequence. */
  List<Der> sequence() throws Refusal {
    return values(expect(SEQUENCE));
  }

  Bytes octets(int length) throws Refusal {
    Bytes octets = expect(OCTETS);
    if (octets.length() != length) {
      throw malformed(length + " octets expected, not " + octets.length());
    }
    return octets;
  }

  /** A number from 0 to 65,535. */
  int uint16(int kind) throws Refusal {
    Bytes number = expect(kind);
    boolean padded = number.length() > 1 && number.get(0) == 0;
    if (number.isEmpty()
        || number.length() > 3
        || number.get(0) < 0
        || (padded && number.get(1) >= 0)
        || (number.length() == 3 && !padded)) {
      throw malformed("a number from 0 to 65535 expected");
    }
    int value = 0;
    for (int i = 0; i < number.length(); i++) {
      value = value << 8 | (number.get(i) & 0xff);
    }
    return value;
  }

  boolean flag() throws Refusal {
    Bytes flag = expect(BOOLEAN);
    if (flag.length() != 1 || (flag.get(0) != 0 && flag.get(0) != -1)) {
      throw malformed("true or false expected");
    }
    return flag.get(0) != 0;
  }

  Bytes expect(int wanted) throws Refusal {
    if (tag != wanted) {
      throw malformed("tag " + wanted + " expected, not " + tag);
    }
    return content;
  }

  static Refusal malformed(String detail) {
    return new Refusal(Reason.Code.CHAIN_INVALID, "the machine's certificate: " + detail);
  }
}

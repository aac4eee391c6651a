package network.enigma.attestation.dcap;

import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.protocol.Bytes;

/** Reads bytes front to back; nothing is copied before its length is known to be there. */
final class LittleEndianReader {
  private final Bytes bytes;
  private int position;

  LittleEndianReader(Bytes bytes) {
    this.bytes = bytes;
  }

  Bytes take(long length, String what) throws Refusal {
    if (length > bytes.length() - position) {
      throw new Refusal(
          Reason.Code.MALFORMED_EVIDENCE,
          what + " has " + length + " bytes and only " + (bytes.length() - position) + " are left");
    }
    int start = position;
    position += (int) length;
    return bytes.slice(start, position);
  }

  int uint16(String what) throws Refusal {
    Bytes two = take(2, what);
    return (two.get(0) & 0xff) | (two.get(1) & 0xff) << 8;
  }

  long uint32(String what) throws Refusal {
    return uint16(what) | (long) uint16(what) << 16;
  }

  /** Nothing may follow but zeros, which some quoting services fill up with. */
  void endPadded(String what) throws Refusal {
    for (; position < bytes.length(); position++) {
      if (bytes.get(position) != 0) {
        throw new Refusal(Reason.Code.MALFORMED_EVIDENCE, what + " is followed by other bytes");
      }
    }
  }

  void end(String what) throws Refusal {
    if (position != bytes.length()) {
      throw new Refusal(Reason.Code.MALFORMED_EVIDENCE, what + " is followed by other bytes");
    }
  }
}

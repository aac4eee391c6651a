package network.enigma.attestation.simulation;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import network.enigma.protocol.Bytes;

/** Values in DER (X.690), as certificates and revocation lists need them. */
final class DerWriter {
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter GENERALIZED_TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** From here on times have four digits of year (RFC 5280). */
  private static final Instant YEAR_2050 = Instant.parse("2050-01-01T00:00:00Z");

  private DerWriter() {}

  static Bytes value(int tag, Bytes... content) {
    Bytes all = Bytes.concat(content);
    int length = all.length();
    byte[] head;
    if (length < 0x80) {
      head = new byte[] {(byte) tag, (byte) length};
    } else if (length < 0x100) {
      head = new byte[] {(byte) tag, (byte) 0x81, (byte) length};
    } else {
      head = new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
    }
    return Bytes.concat(Bytes.of(head), all);
  }

  static Bytes sequence(Bytes... values) {
    return value(0x30, values);
  }

  static Bytes set(Bytes... values) {
    return value(0x31, values);
  }

  static Bytes integer(BigInteger number) {
    return value(0x02, Bytes.of(number.toByteArray()));
  }

  static Bytes integer(long number) {
    return integer(BigInteger.valueOf(number));
  }

  static Bytes enumerated(int number) {
    return value(0x0a, Bytes.of(BigInteger.valueOf(number).toByteArray()));
  }

  static Bytes flag(boolean flag) {
    return value(0x01, Bytes.of(new byte[] {(byte) (flag ? 0xff : 0)}));
  }

  static Bytes octets(Bytes octets) {
    return value(0x04, octets);
  }

  /** A bit string of whole bytes. */
  static Bytes bits(Bytes bytes) {
    return value(0x03, Bytes.of(new byte[1]), bytes);
  }

  static Bytes text(String text) {
    return value(0x0c, Bytes.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  static Bytes time(Instant time) {
    return time.isBefore(YEAR_2050)
        ? value(0x17, Bytes.ofText(UTC_TIME.format(time)))
        : value(0x18, Bytes.ofText(GENERALIZED_TIME.format(time)));
  }

  /** An object identifier in its dotted form. */
  static Bytes identifier(String dotted) {
    String[] parts = dotted.split("\\.", -1);
    Bytes content = base128(40L * Long.parseLong(parts[0]) + Long.parseLong(parts[1]));
    for (int i = 2; i < parts.length; i++) {
      content = Bytes.concat(content, base128(Long.parseLong(parts[i])));
    }
    return value(0x06, content);
  }

  private static Bytes base128(long number) {
    Bytes bytes = Bytes.of(new byte[] {(byte) (number & 0x7f)});
    for (long rest = number >> 7; rest > 0; rest >>= 7) {
      bytes = Bytes.concat(Bytes.of(new byte[] {(byte) (rest & 0x7f | 0x80)}), bytes);
    }
    return bytes;
  }
}

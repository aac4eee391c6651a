package network.enigma.platform.hardware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import network.enigma.protocol.Bytes;

/** Writes tables of certificates as hosts do. */
final class CertificateTables {
  private CertificateTables() {}

  static Bytes of(UUID first, Bytes one, UUID second, Bytes two) {
    ByteBuffer table = ByteBuffer.allocate(72 + one.length() + two.length());
    entry(table, first, 72, one.length());
    entry(table, second, 72 + one.length(), two.length());
    entry(table, new UUID(0, 0), 0, 0);
    table.put(one.toByteArray()).put(two.toByteArray());
    return Bytes.of(table.array());
  }

  static void entry(ByteBuffer table, UUID id, int offset, int length) {
    table
        .order(ByteOrder.BIG_ENDIAN)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(offset)
        .putInt(length);
  }
}

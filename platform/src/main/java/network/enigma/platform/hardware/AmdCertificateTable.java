package network.enigma.platform.hardware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import network.enigma.attestation.Collateral;
import network.enigma.protocol.Bytes;

/**
 * The certificates that a host gives along with an SEV-SNP report (AMD publication 56421, GHCB, SNP
 * extended guest request): a table of GUID, offset and length, ended by zeros, then the DER bytes.
 * The host writes it, so nothing in it is believed, and a table out of form counts as empty.
 *
 * @param certificates by their GUID
 */
record AmdCertificateTable(Map<UUID, Bytes> certificates) {
  static final UUID VCEK = UUID.fromString("63da758d-e664-4564-adc5-f4b93be8accd");
  static final UUID VLEK = UUID.fromString("a8074bc2-a25a-483e-aae6-39c045a0b8a1");
  static final UUID ASK = UUID.fromString("4ab7b379-bbac-4fe4-a02f-05aef327c782");
  static final UUID ARK = UUID.fromString("c0b406a4-a803-4952-9743-3fb6014cd0ae");
  static final UUID CRL = UUID.fromString("92f81bc3-5811-4d3d-97ff-d19f88dc67ea");

  private static final int ENTRY_LENGTH = 24;
  private static final int MOST_ENTRIES = 16;

  AmdCertificateTable {
    certificates = Map.copyOf(certificates);
  }

  static AmdCertificateTable read(Bytes table) {
    Map<UUID, Bytes> found = new HashMap<>();
    ByteBuffer bytes = table.asByteBuffer();
    for (int entry = 0; entry < MOST_ENTRIES; entry++) {
      if (bytes.remaining() < ENTRY_LENGTH) {
        return new AmdCertificateTable(Map.of());
      }
      UUID id = new UUID(bytes.order(ByteOrder.BIG_ENDIAN).getLong(), bytes.getLong());
      long offset = Integer.toUnsignedLong(bytes.order(ByteOrder.LITTLE_ENDIAN).getInt());
      long length = Integer.toUnsignedLong(bytes.getInt());
      if (id.equals(new UUID(0, 0))) {
        return new AmdCertificateTable(found);
      }
      if (offset + length > table.length()
          || found.put(id, table.slice((int) offset, (int) (offset + length))) != null) {
        return new AmdCertificateTable(Map.of());
      }
    }
    return new AmdCertificateTable(Map.of());
  }

  /** What the host gave, to be completed by whoever fetches the rest. */
  Collateral collateral() {
    if (certificates.isEmpty()) {
      return new Collateral.None();
    }
    return new Collateral.Amd(
        certificates.getOrDefault(VLEK, certificates.getOrDefault(VCEK, Bytes.empty())),
        certificates.getOrDefault(ASK, Bytes.empty()),
        certificates.getOrDefault(ARK, Bytes.empty()),
        certificates.getOrDefault(CRL, Bytes.empty()));
  }
}

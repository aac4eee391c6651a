package network.enigma.platform.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.UUID;
import network.enigma.attestation.Collateral;
import network.enigma.protocol.Bytes;
import org.junit.jupiter.api.Test;

/** The host's table of certificates, from a host that may be hostile. */
class AmdCertificateTableTest {
  private static final Bytes ONE = Bytes.ofText("first certificate");
  private static final Bytes TWO = Bytes.ofText("second");

  @Test
  void findsEachCertificateByItsName() {
    AmdCertificateTable table =
        AmdCertificateTable.read(
            CertificateTables.of(AmdCertificateTable.VLEK, ONE, AmdCertificateTable.CRL, TWO));

    assertThat(table.collateral())
        .isEqualTo(new Collateral.Amd(ONE, Bytes.empty(), Bytes.empty(), TWO));
  }

  @Test
  void bytesOfTheIdentifierAreInTheOrderTheyAreWritten() {
    Bytes table = CertificateTables.of(AmdCertificateTable.VCEK, ONE, AmdCertificateTable.ARK, TWO);

    assertThat(table.slice(0, 4)).isEqualTo(Bytes.fromHex("0x63da758d"));
    assertThat(table.slice(24, 28)).isEqualTo(Bytes.fromHex("0xc0b406a4"));
  }

  @Test
  void tablesOutOfFormAreEmpty() {
    Bytes good = CertificateTables.of(AmdCertificateTable.VCEK, ONE, AmdCertificateTable.ASK, TWO);
    for (int length = 0; length < 72; length++) {
      assertEmpty(good.slice(0, length));
    }
    assertEmpty(good.slice(0, good.length() - 1));
    assertEmpty(CertificateTables.of(AmdCertificateTable.ASK, ONE, AmdCertificateTable.ASK, TWO));
    ByteBuffer far = ByteBuffer.allocate(48);
    CertificateTables.entry(far, AmdCertificateTable.VCEK, -1, -1);
    assertEmpty(Bytes.of(far.array()));
    ByteBuffer endless = ByteBuffer.allocate(24 * 40);
    for (int i = 0; i < 40; i++) {
      CertificateTables.entry(endless, new UUID(i + 1L, 1), 0, 0);
    }
    assertEmpty(Bytes.of(endless.array()));
  }

  private static void assertEmpty(Bytes table) {
    assertThat(AmdCertificateTable.read(table).collateral()).isEqualTo(new Collateral.None());
  }
}

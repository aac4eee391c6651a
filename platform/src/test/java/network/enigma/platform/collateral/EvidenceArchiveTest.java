package network.enigma.platform.collateral;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;
import org.junit.jupiter.api.Test;

/** The zip form of evidence and collateral. */
class EvidenceArchiveTest {
  private static Bytes part(int number) {
    return Bytes.of(new byte[] {(byte) number});
  }

  private static final EvidenceBundle INTEL =
      new EvidenceBundle(
          part(0),
          new Collateral.Intel(
              part(1), part(2), part(3), part(4), part(5), part(6), part(7), part(8), part(9)));
  private static final EvidenceBundle AMD =
      new EvidenceBundle(part(0), new Collateral.Amd(part(1), part(2), part(3), part(4)));
  private static final EvidenceBundle BARE = new EvidenceBundle(part(0), new Collateral.None());

  private static Bytes write(EvidenceBundle bundle) {
    return new EvidenceArchive(bundle, Optional.empty()).write();
  }

  private static void assertMalformed(Bytes archive) {
    assertThatThrownBy(() -> EvidenceArchive.read(archive))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_MESSAGE));
  }

  private static Bytes zip(Map<String, Bytes> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, Bytes> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().toByteArray());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return Bytes.of(bytes.toByteArray());
  }

  @Test
  void whatIsWrittenIsReadAgainAndIsTheSameEachTime() {
    for (EvidenceBundle bundle : List.of(INTEL, AMD, BARE)) {
      assertThat(EvidenceArchive.read(write(bundle)).bundle()).isEqualTo(bundle);
      assertThat(EvidenceArchive.read(write(bundle)).enclaveEvidence()).isEmpty();
      assertThat(write(bundle)).isEqualTo(write(bundle));
    }
  }

  @Test
  void whatTheEvidenceIsBoundToTravelsWithIt() {
    EnclaveEvidence evidence =
        new EnclaveEvidence(
            Keccak.hashText("a network"),
            Mode.HARDWARE,
            Role.KEY_MANAGER,
            Address.lastBytesOf(Keccak.hashText("an enclave")),
            Address.lastBytesOf(Keccak.hashText("an operator")),
            Keccak.hashText("a nonce"),
            AMD);
    Bytes archive = EvidenceArchive.of(evidence).write();
    assertThat(EvidenceArchive.isZip(archive)).isTrue();
    assertThat(EvidenceArchive.read(archive).enclaveEvidence()).contains(evidence);
    Map<String, Bytes> files = new LinkedHashMap<>();
    files.put("enigma-evidence", Bytes.ofText("1\n"));
    files.put("evidence.bin", part(0));
    for (String binding : new String[] {"", "network 0x12\n", "network \u00e9"}) {
      files.put("binding.txt", Bytes.ofText(binding));
      assertMalformed(zip(files));
    }
    String text = new String(EvidenceArchive.Binding.of(evidence).text().toByteArray(), UTF_8);
    for (String changed :
        new String[] {
          text + "\n", text.replace("HARDWARE", "HARD"), text.replace("KEY_MANAGER", "MASTER")
        }) {
      files.put("binding.txt", Bytes.ofText(changed));
      assertMalformed(zip(files));
    }
  }

  @Test
  void aMissingOrFurtherFileIsRefused() {
    Map<String, Bytes> files = new LinkedHashMap<>();
    files.put("enigma-evidence", Bytes.ofText("1\n"));
    assertMalformed(zip(files));
    files.put("evidence.bin", part(0));
    assertThat(EvidenceArchive.read(zip(files)).bundle()).isEqualTo(BARE);
    files.put("amd/root.der", part(3));
    assertMalformed(zip(files));
    files.put("amd/endorsement.der", part(1));
    files.put("amd/intermediate.der", part(2));
    files.put("amd/crl.der", part(4));
    assertThat(EvidenceArchive.read(zip(files)).bundle()).isEqualTo(AMD);
    files.put("../../etc/passwd", part(9));
    assertMalformed(zip(files));
  }

  @Test
  void otherVersionsHugeFilesAndOtherBytesAreRefused() {
    assertMalformed(Bytes.empty());
    assertMalformed(Bytes.ofText("no zip"));
    assertMalformed(zip(Map.of("enigma-evidence", Bytes.ofText("2\n"), "evidence.bin", part(0))));
    Map<String, Bytes> huge = new LinkedHashMap<>();
    huge.put("enigma-evidence", Bytes.ofText("1\n"));
    huge.put("evidence.bin", Bytes.of(new byte[2 << 20]));
    assertMalformed(zip(huge));
    Map<String, Bytes> many = new LinkedHashMap<>();
    for (int i = 0; i < 40; i++) {
      many.put("file" + i, part(i));
    }
    assertMalformed(zip(many));
    Bytes whole = write(AMD);
    for (int length = 0; length < whole.length(); length++) {
      assertMalformed(whole.slice(0, length));
    }
  }
}

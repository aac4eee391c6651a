package network.enigma.platform.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.SevSnpReport;
import network.enigma.attestation.TeeKind;
import network.enigma.attestation.Verifier;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an enclave process gets of the hardware it runs in. */
class HardwareEvidenceTest {
  private static Bytes report(Bytes reportData) {
    ByteBuffer report = ByteBuffer.allocate(SevSnpReport.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    report.putInt(0, 3).putLong(8, 0x30000).putInt(0x34, 1);
    report.put(0x50, reportData.toByteArray()).put(0x90, (byte) 7);
    return Bytes.of(report.array());
  }

  private static KernelFiles kernel() {
    return new KernelFiles("sev_guest", HardwareEvidenceTest::report, Bytes.empty());
  }

  @Test
  void aMachineWithoutHardwareIsRefusedAndNotSimulated(@TempDir Path root) {
    assertThatThrownBy(() -> HardwareEvidence.find(DeviceFiles.system(), root))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HARDWARE_MISSING))
        .hasMessageContaining("Next:");
  }

  @Test
  void theMeasurementIsTheOneInTheEvidenceWhateverTheRole() {
    HardwareEvidence evidence = HardwareEvidence.find(kernel(), KernelFiles.ROOT);
    Bytes32 measured = SevSnpReport.parse(report(Bytes.of(new byte[64]))).measurement();

    assertThat(evidence.mode()).isEqualTo(Mode.HARDWARE);
    assertThat(evidence.kind()).isEqualTo(TeeKind.SEV_SNP);
    for (Role role : Role.values()) {
      assertThat(evidence.measurement(role)).isEqualTo(measured);
    }
  }

  @Test
  void evidenceIsBoundToTheHashAndNothingElse() {
    Bytes32 hash = Keccak.hashText("this enclave");
    HardwareEvidence evidence = HardwareEvidence.find(kernel(), KernelFiles.ROOT);

    EvidenceBundle bundle = EvidenceBundle.decode(evidence.source(Role.WORKER).evidence(hash));

    assertThat(SevSnpReport.parse(bundle.evidence()).reportData())
        .isEqualTo(Verifier.reportData(hash))
        .isEqualTo(Bytes.concat(hash.bytes(), Bytes.of(new byte[32])));
  }

  @Test
  void evidenceThatCannotBeReadIsAnError() {
    KernelFiles kernel =
        new KernelFiles(
            "sev_guest", data -> Bytes.of(new byte[SevSnpReport.LENGTH]), Bytes.empty());

    assertThatThrownBy(() -> HardwareEvidence.find(kernel, KernelFiles.ROOT))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.EVIDENCE_UNAVAILABLE));
  }

  @Test
  void aConfidentialMachineHasNoKeyThatSurvivesIt() {
    HardwareEvidence evidence = HardwareEvidence.find(kernel(), KernelFiles.ROOT);

    assertThat(evidence.sealingKey(Role.WORKER).length()).isEqualTo(32);
    assertThat(evidence.sealingKey(Role.WORKER)).isNotEqualTo(evidence.sealingKey(Role.WORKER));
  }
}

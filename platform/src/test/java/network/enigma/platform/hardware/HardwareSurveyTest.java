package network.enigma.platform.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import network.enigma.attestation.TeeKind;
import network.enigma.platform.hardware.HardwareSurvey.Finding;
import network.enigma.platform.hardware.HardwareSurvey.Stage;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of machines, from their files. */
class HardwareSurveyTest {
  @TempDir Path root;

  private HardwareSurveyTest with(String file, String text) {
    try {
      Path at = root.resolve(file);
      Files.createDirectories(at.getParent());
      Files.writeString(at, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HardwareSurveyTest cpu(String vendor, String flags) {
    return with(
        "proc/cpuinfo",
        "processor\t: 0\nvendor_id\t: " + vendor + "\nflags\t\t: fpu vme " + flags + " sse\n");
  }

  private Finding finding(TeeKind kind) {
    return HardwareSurvey.of(root).findings().stream()
        .filter(finding -> finding.kind() == kind)
        .findFirst()
        .orElseThrow();
  }

  private void assertStage(TeeKind kind, Stage stage, String step) {
    assertThat(finding(kind).stage()).isEqualTo(stage);
    assertThat(finding(kind).step()).contains(step);
  }

  @Test
  void aMachineThatShowsNothingHasNothing() {
    HardwareSurvey survey = HardwareSurvey.of(root);

    assertThat(survey.findings())
        .extracting(Finding::kind)
        .containsExactly(TeeKind.SGX, TeeKind.TDX, TeeKind.SEV_SNP);
    assertThat(survey.findings()).extracting(Finding::stage).containsOnly(Stage.IMPOSSIBLE);
    assertThat(survey.isUsable()).isFalse();
    assertThatThrownBy(survey::requireUsable)
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HARDWARE_MISSING))
        .hasMessageContaining("Nothing falls back to simulation")
        .hasMessageContaining("--mode simulation");
  }

  @Test
  void sgxGoesFromProcessorToEnclave() {
    cpu("GenuineIntel", "sgx");
    assertStage(TeeKind.SGX, Stage.POSSIBLE, "launch control");
    cpu("GenuineIntel", "sgx sgx_lc");
    assertStage(TeeKind.SGX, Stage.POSSIBLE, "CONFIG_X86_SGX");
    with("dev/sgx_enclave", "");
    assertStage(TeeKind.SGX, Stage.ENABLED, "/dev/sgx_provision");
    with("dev/sgx_provision", "");
    assertStage(TeeKind.SGX, Stage.ENABLED, "deploy/gramine");
    with("dev/attestation/quote", "");
    assertStage(TeeKind.SGX, Stage.USABLE, "");
  }

  @Test
  void sgxThatFirmwareHidesIsNamedOnRealMachinesOnly() {
    cpu("GenuineIntel", "");
    assertStage(TeeKind.SGX, Stage.IMPOSSIBLE, "firmware");
    cpu("GenuineIntel", "hypervisor");
    assertThat(finding(TeeKind.SGX).step()).isEmpty();
    cpu("AuthenticAMD", "");
    assertThat(finding(TeeKind.SGX).step()).isEmpty();
  }

  @Test
  void tdxGoesFromHostToGuest() throws IOException {
    cpu("GenuineIntel", "tdx_host_platform");
    assertStage(TeeKind.TDX, Stage.POSSIBLE, "deploy/cvm");
    with("sys/module/kvm_intel/parameters/tdx", "Y\n");
    assertStage(TeeKind.TDX, Stage.ENABLED, "deploy/cvm");
    cpu("GenuineIntel", "hypervisor tdx_guest");
    assertStage(TeeKind.TDX, Stage.POSSIBLE, "CONFIG_TDX_GUEST_DRIVER");
    with("dev/tdx_guest", "");
    assertStage(TeeKind.TDX, Stage.ENABLED, "CONFIG_TSM_REPORTS");
    Files.createDirectories(root.resolve("sys/kernel/config/tsm/report"));
    assertStage(TeeKind.TDX, Stage.USABLE, "");
    HardwareSurvey.of(root).requireUsable();
  }

  @Test
  void snpGoesFromHostToGuest() throws IOException {
    cpu("AuthenticAMD", "sev sev_es sev_snp");
    assertStage(TeeKind.SEV_SNP, Stage.POSSIBLE, "firmware");
    with("sys/module/kvm_amd/parameters/sev_snp", "Y\n");
    assertStage(TeeKind.SEV_SNP, Stage.ENABLED, "deploy/cvm");
    with("sys/module/kvm_amd/parameters/sev_snp", "N\n");
    cpu("AuthenticAMD", "hypervisor sev_snp");
    assertStage(TeeKind.SEV_SNP, Stage.POSSIBLE, "CONFIG_SEV_GUEST");
    with("dev/sev-guest", "");
    assertStage(TeeKind.SEV_SNP, Stage.ENABLED, "CONFIG_TSM_REPORTS");
    Files.createDirectories(root.resolve("sys/kernel/config/tsm/report"));
    assertStage(TeeKind.SEV_SNP, Stage.USABLE, "");
  }

  @Test
  void theNextStepIsThatOfTheNearestKind() {
    cpu("AuthenticAMD", "hypervisor sev_snp");
    with("dev/sev-guest", "");

    assertThatThrownBy(() -> HardwareSurvey.of(root).requireUsable())
        .hasMessageContaining("Intel SGX:")
        .hasMessageContaining("AMD SEV-SNP:")
        .hasMessageContaining("CONFIG_TSM_REPORTS");
  }
}

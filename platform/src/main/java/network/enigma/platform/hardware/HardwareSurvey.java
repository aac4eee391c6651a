package network.enigma.platform.hardware;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import network.enigma.attestation.TeeKind;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * What a machine has of each TEE: whether its processor can, whether firmware and kernel let it,
 * and whether a program can use it, with the one next step. Reads {@code /proc}, {@code /sys} and
 * {@code /dev} only.
 *
 * @param findings one for each kind
 */
public record HardwareSurvey(List<Finding> findings) {
  /** How far a machine is. */
  public enum Stage {
    /** Neither the processor nor its virtual machine has it. */
    IMPOSSIBLE,
    /** The processor has it; firmware or kernel do not show it. */
    POSSIBLE,
    /** Firmware and kernel show it; a program cannot use it. */
    ENABLED,
    /** A program can make evidence. */
    USABLE
  }

  /**
   * A machine's state for one kind.
   *
   * @param detail what was found, in plain words
   * @param step the one thing to do next; empty if there is none
   */
  public record Finding(TeeKind kind, Stage stage, String detail, String step) {}

  public HardwareSurvey {
    findings = List.copyOf(findings);
  }

  /**
   * Looks at a machine.
   *
   * @param root of its file system
   */
  public static HardwareSurvey of(Path root) {
    Set<String> flags = flags(root.resolve("proc/cpuinfo"));
    return new HardwareSurvey(List.of(sgx(root, flags), tdx(root, flags), snp(root, flags)));
  }

  /** Whether evidence can be made here. */
  public boolean isUsable() {
    return findings.stream().anyMatch(finding -> finding.stage() == Stage.USABLE);
  }

  /**
   * Checks that hardware mode can start.
   *
   * @throws EnigmaException {@link ErrorCode#HARDWARE_MISSING} with what is missing and the next
   *     step
   */
  public void requireUsable() {
    if (!isUsable()) {
      throw new EnigmaException(ErrorCode.HARDWARE_MISSING, refusal());
    }
  }

  /** Why hardware mode does not start here, and the next step of the kind that is nearest. */
  public String refusal() {
    Finding nearest = findings.getFirst();
    for (Finding finding : findings) {
      if (finding.stage().compareTo(nearest.stage()) > 0) {
        nearest = finding;
      }
    }
    String all =
        findings.stream()
            .map(finding -> finding.kind().label() + ": " + finding.detail())
            .collect(Collectors.joining("; "));
    return all
        + ". Nothing falls back to simulation. "
        + (nearest.stage() == Stage.IMPOSSIBLE
            ? "Next: use a machine with one of them, or --mode simulation"
            : "Next: " + nearest.step());
  }

  private static Finding sgx(Path root, Set<String> flags) {
    Path attestation = root.resolve(GramineQuoter.DIRECTORY);
    if (Files.exists(attestation.resolve("quote"))) {
      return new Finding(
          TeeKind.SGX, Stage.USABLE, "this process runs in an SGX enclave under Gramine", "");
    }
    boolean enclave = Files.exists(root.resolve("dev/sgx_enclave"));
    boolean provision = Files.exists(root.resolve("dev/sgx_provision"));
    if (enclave && provision) {
      return new Finding(
          TeeKind.SGX,
          Stage.ENABLED,
          "processor and driver are there; an enclave process has to run under Gramine",
          "Follow deploy/gramine/README.md.");
    }
    if (enclave) {
      return new Finding(
          TeeKind.SGX,
          Stage.ENABLED,
          "enclaves can run but not attest: there is no /dev/sgx_provision",
          "Pass /dev/sgx_provision into this container or virtual machine.");
    }
    if (flags.contains("sgx")) {
      return flags.contains("sgx_lc")
          ? new Finding(
              TeeKind.SGX,
              Stage.POSSIBLE,
              "firmware has enabled it, the kernel's driver is missing",
              "Use a kernel of version 5.11 or newer with CONFIG_X86_SGX.")
          : new Finding(
              TeeKind.SGX,
              Stage.POSSIBLE,
              "the processor has it without flexible launch control",
              "Enable flexible launch control (FLC) for SGX in the firmware's settings.");
    }
    return vendor(root).equals("GenuineIntel") && !flags.contains("hypervisor")
        ? new Finding(
            TeeKind.SGX,
            Stage.IMPOSSIBLE,
            "the processor does not show it",
            "If it is a Xeon of the third generation or newer, enable SGX in the firmware's"
                + " settings.")
        : new Finding(
            TeeKind.SGX, Stage.IMPOSSIBLE, "this processor or virtual machine has none", "");
  }

  private static Finding tdx(Path root, Set<String> flags) {
    boolean guest = flags.contains("tdx_guest") || Files.exists(root.resolve("dev/tdx_guest"));
    if (guest) {
      return confidential(
          root,
          TeeKind.TDX,
          "dev/tdx_guest",
          "Use a kernel with CONFIG_TDX_GUEST_DRIVER and load the module tdx-guest.");
    }
    if (flags.contains("tdx_host_platform")
        || parameter(root, "sys/module/kvm_intel/parameters/tdx").equals("Y")) {
      return new Finding(
          TeeKind.TDX,
          parameter(root, "sys/module/kvm_intel/parameters/tdx").equals("Y")
              ? Stage.ENABLED
              : Stage.POSSIBLE,
          "this machine can host TDX virtual machines and is none itself",
          "Start the image of deploy/cvm/ as a TDX virtual machine.");
    }
    return new Finding(TeeKind.TDX, Stage.IMPOSSIBLE, "this is no TDX virtual machine", "");
  }

  private static Finding snp(Path root, Set<String> flags) {
    boolean guest =
        Files.exists(root.resolve("dev/sev-guest"))
            || (flags.contains("sev_snp") && flags.contains("hypervisor"));
    if (guest) {
      return confidential(
          root,
          TeeKind.SEV_SNP,
          "dev/sev-guest",
          "Use a kernel with CONFIG_SEV_GUEST and load the module sev-guest.");
    }
    if (parameter(root, "sys/module/kvm_amd/parameters/sev_snp").equals("Y")) {
      return new Finding(
          TeeKind.SEV_SNP,
          Stage.ENABLED,
          "this machine can host SEV-SNP virtual machines and is none itself",
          "Start the image of deploy/cvm/ as an SEV-SNP virtual machine.");
    }
    if (flags.contains("sev_snp")) {
      return new Finding(
          TeeKind.SEV_SNP,
          Stage.POSSIBLE,
          "the processor has it, firmware or kernel do not enable it",
          "Enable SEV-SNP in the firmware's settings and use a kernel of version 6.11 or newer with"
              + " kvm_amd.sev_snp=1.");
    }
    return new Finding(TeeKind.SEV_SNP, Stage.IMPOSSIBLE, "this is no SEV-SNP virtual machine", "");
  }

  /** A confidential VM: device, and the kernel's directory for evidence. */
  private static Finding confidential(Path root, TeeKind kind, String device, String driverStep) {
    if (!Files.exists(root.resolve(device))) {
      return new Finding(
          kind,
          Stage.POSSIBLE,
          "this is a virtual machine of this kind, its driver is missing",
          driverStep);
    }
    Path reports = root.resolve(TsmQuoter.DIRECTORY);
    if (!Files.isDirectory(reports)) {
      return new Finding(
          kind,
          Stage.ENABLED,
          "the driver is there, /sys/kernel/config/tsm/report is not",
          "Use a kernel of version 6.7 or newer with CONFIG_TSM_REPORTS and mount configfs on"
              + " /sys/kernel/config.");
    }
    if (!Files.isWritable(reports)) {
      return new Finding(
          kind,
          Stage.ENABLED,
          "this user may not ask for evidence",
          "Let this user create directories in /sys/kernel/config/tsm/report.");
    }
    return new Finding(kind, Stage.USABLE, "this is a virtual machine of this kind", "");
  }

  private static String vendor(Path root) {
    return values(root.resolve("proc/cpuinfo"), "vendor_id").stream().findFirst().orElse("");
  }

  private static Set<String> flags(Path cpuinfo) {
    return values(cpuinfo, "flags").stream()
        .flatMap(line -> List.of(line.split("\\s+", -1)).stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Set<String> values(Path cpuinfo, String name) {
    Set<String> values = new HashSet<>();
    try {
      for (String line : Files.readAllLines(cpuinfo, StandardCharsets.ISO_8859_1)) {
        int colon = line.indexOf(':');
        if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
          values.add(line.substring(colon + 1).strip());
        }
      }
    } catch (IOException e) {
      // A machine that shows nothing has nothing.
      return Set.of();
    }
    return values;
  }

  private static String parameter(Path root, String file) {
    try {
      return Files.readString(root.resolve(file), StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      return "";
    }
  }
}

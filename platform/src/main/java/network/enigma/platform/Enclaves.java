package network.enigma.platform;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import network.enigma.enclave.WorkerEnclave;
import network.enigma.keymanager.KeyManagerEnclave;
import network.enigma.platform.hardware.HardwareEvidence;
import network.enigma.platform.hardware.HardwareSurvey;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;
import network.enigma.runtime.evm.EvmRuntime;
import network.enigma.tee.Entropy;
import network.enigma.tee.Machine;
import network.enigma.tee.TrustedCore;

/** Starts enclaves. */
public final class Enclaves {
  private Enclaves() {}

  /**
   * Starts an enclave; its host owns and closes the channel.
   *
   * @param directory the enclave's own state directory: the simulated sealing key and, of a child
   *     process, its log
   * @throws EnigmaException {@link ErrorCode#HARDWARE_MISSING} for mode HARDWARE where there is
   *     none, with the next step; {@link ErrorCode#EVIDENCE_UNAVAILABLE} where it gives no
   *     evidence; {@link ErrorCode#ENCLAVE_STOPPED} if a child process does not start; {@link
   *     ErrorCode#STATE_DIRECTORY_UNUSABLE}
   */
  public static EnclaveChannel start(Role role, Mode mode, Path directory, Placement placement) {
    return switch (placement) {
      case IN_PROCESS -> new InProcessChannel(core(role, mode, directory));
      case CHILD_PROCESS -> {
        if (mode == Mode.HARDWARE && System.getProperty(ChildProcessChannel.LAUNCHER) == null) {
          HardwareSurvey.of(Path.of("/")).requireUsable();
        }
        yield new ChildProcessChannel(role, mode, directory);
      }
    };
  }

  /** The trusted core of a role, on this machine. */
  static TrustedCore core(Role role, Mode mode, Path directory) {
    Machine machine = machine(role, mode, directory);
    return switch (role) {
      case KEY_MANAGER -> new KeyManagerEnclave(machine);
      case WORKER -> new WorkerEnclave(machine, List.of(new EvmRuntime()));
    };
  }

  private static Machine machine(Role role, Mode mode, Path directory) {
    // Nothing falls back to simulation: hardware that is asked for and not there is an error.
    return switch (mode) {
      case SIMULATION ->
          machine(
              role, new SimulatedEvidence(Clock.systemUTC()), new SimulatedSealingKey(directory));
      case HARDWARE -> {
        HardwareEvidence hardware = HardwareEvidence.find();
        yield machine(role, hardware, hardware);
      }
    };
  }

  private static Machine machine(
      Role role, EvidenceProvider evidence, SealingKeyProvider sealingKey) {
    return new Machine(
        evidence.mode(),
        evidence.measurement(role),
        Entropy.secure(),
        sealingKey.sealingKey(role),
        evidence.source(role));
  }
}

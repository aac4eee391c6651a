package network.enigma.platform.hardware;

import java.nio.file.Path;
import java.util.Optional;
import network.enigma.attestation.Evidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.SevSnpReport;
import network.enigma.attestation.TeeKind;
import network.enigma.attestation.Verifier;
import network.enigma.attestation.dcap.QuoteParser;
import network.enigma.platform.EvidenceProvider;
import network.enigma.platform.SealingKeyProvider;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Preimage;
import network.enigma.protocol.Role;
import network.enigma.protocol.crypto.Hkdf;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.tee.EvidenceSource;

/**
 * Evidence and sealing key of the hardware that this process runs in. Of one machine and one
 * program, whatever the role: what runs is measured, and nobody has to say it.
 */
public final class HardwareEvidence implements EvidenceProvider, SealingKeyProvider {
  private static final int SEALING_KEY_LENGTH = 32;

  private final Quoter quoter;
  private final Bytes32 measurement;

  private HardwareEvidence(Quoter quoter) {
    this.quoter = quoter;
    this.measurement =
        evidence(quoter.quote(Bytes.of(new byte[Quoter.REPORT_DATA_LENGTH]))).measurement();
  }

  /**
   * The evidence of this machine: Gramine's where the process runs under it, else the kernel's.
   *
   * @throws EnigmaException {@link ErrorCode#HARDWARE_MISSING} if there is neither, with the next
   *     step; {@link ErrorCode#EVIDENCE_UNAVAILABLE} if what is there gives none
   */
  public static HardwareEvidence find() {
    return find(DeviceFiles.system(), Path.of("/"));
  }

  static HardwareEvidence find(DeviceFiles files, Path root) {
    Optional<GramineQuoter> gramine = GramineQuoter.find(files, root);
    if (gramine.isPresent()) {
      return new HardwareEvidence(gramine.get());
    }
    Optional<TsmQuoter> tsm = TsmQuoter.find(files, root);
    if (tsm.isPresent()) {
      return new HardwareEvidence(tsm.get());
    }
    throw new EnigmaException(
        ErrorCode.HARDWARE_MISSING,
        "this process runs in no TEE. " + HardwareSurvey.of(root).refusal());
  }

  public TeeKind kind() {
    return quoter.kind();
  }

  @Override
  public Mode mode() {
    return Mode.HARDWARE;
  }

  @Override
  public Bytes32 measurement(Role role) {
    return measurement;
  }

  @Override
  public EvidenceSource source(Role role) {
    return reportData -> quoter.quote(Verifier.reportData(reportData)).encode();
  }

  /**
   * Under Gramine a key that only this program gets on this machine. Linux gives confidential VMs
   * none that a program without drivers can ask for: there the key is fresh at each start, so that
   * what was sealed before cannot be opened and the enclave begins anew.
   */
  @Override
  public SecretBytes sealingKey(Role role) {
    return switch (quoter) {
      case GramineQuoter gramine ->
          Hkdf.derive(
              gramine.sealingKey(),
              new byte[0],
              Preimage.hash("SGX_SEALING_KEY", "uint8", role.number()).toByteArray(),
              SEALING_KEY_LENGTH);
      case TsmQuoter tsm -> SecretBytes.random(SEALING_KEY_LENGTH);
    };
  }

  private static Evidence evidence(EvidenceBundle bundle) {
    try {
      return bundle.evidence().length() == SevSnpReport.LENGTH
          ? SevSnpReport.parse(bundle.evidence())
          : QuoteParser.parse(bundle.evidence());
    } catch (Refusal | EnigmaException e) {
      throw new EnigmaException(
          ErrorCode.EVIDENCE_UNAVAILABLE,
          "the machine's own evidence cannot be read: " + e.getMessage(),
          e);
    }
  }
}

package network.enigma.attestation;

import java.time.Instant;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.ReportData;
import network.enigma.protocol.Role;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What anybody needs to judge again why an enclave was let in (rule C1): the evidence with its
 * collateral, and what it is bound to. Wire form: the text {@code enigma-enclave-evidence-1}, then
 * the fields.
 *
 * @param networkHash the network
 * @param mode the network's mode
 * @param role of the enclave
 * @param enclave the account of its signing key
 * @param operator the account that runs it
 * @param nonce that the evidence was asked for with
 * @param bundle evidence and collateral
 */
public record EnclaveEvidence(
    Bytes32 networkHash,
    Mode mode,
    Role role,
    Address enclave,
    Address operator,
    Bytes32 nonce,
    EvidenceBundle bundle) {
  private static final String FORM = "enigma-enclave-evidence-1";

  public Bytes encode() {
    return new WireWriter()
        .text(FORM)
        .bytes32(networkHash)
        .uint8(mode.ordinal())
        .uint8(role.number())
        .address(enclave)
        .address(operator)
        .bytes32(nonce)
        .bytes(bundle.encode())
        .toBytes();
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} on anything else
   */
  public static EnclaveEvidence decode(Bytes bytes) {
    WireReader reader = new WireReader(bytes);
    if (!reader.text().equals(FORM)) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "evidence of an unknown form");
    }
    Bytes32 networkHash = reader.bytes32();
    int mode = reader.uint8();
    if (mode >= Mode.values().length) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "no mode has number " + mode);
    }
    EnclaveEvidence evidence =
        new EnclaveEvidence(
            networkHash,
            Mode.values()[mode],
            Role.fromNumber(reader.uint8()),
            reader.address(),
            reader.address(),
            reader.bytes32(),
            EvidenceBundle.decode(reader.bytes(EvidenceBundle.MAXIMUM_LENGTH)));
    reader.end();
    return evidence;
  }

  /** Whether this is what was published on chain as the evidence of a registration. */
  public boolean isPublishedBy(byte[] core) {
    return bundle.core().equals(Bytes.of(core));
  }

  /** The 64 bytes of report data that the evidence must have. */
  public Bytes reportData() {
    return Verifier.reportData(mode, ReportData.hash(networkHash, role, enclave, operator, nonce));
  }

  /**
   * The verdict by the roots of the network's mode.
   *
   * @param time at which everything it rests on must be valid
   */
  public Verdict verify(Instant time) {
    return Verifier.of(mode).verify(bundle, reportData(), time);
  }
}

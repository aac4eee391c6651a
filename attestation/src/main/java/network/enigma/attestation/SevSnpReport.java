package network.enigma.attestation;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Preimage;

/**
 * An SEV-SNP attestation report (AMD SEV-SNP firmware ABI, ATTESTATION_REPORT; 1184 bytes).
 *
 * @param bytes all of it, the signature included
 */
public record SevSnpReport(Bytes bytes) implements Evidence {
  public static final int LENGTH = 0x4a0;

  public SevSnpReport {
    if (bytes.length() != LENGTH) {
      throw new IllegalArgumentException("an SEV-SNP report has " + LENGTH + " bytes");
    }
  }

  @Override
  public TeeKind kind() {
    return TeeKind.SEV_SNP;
  }

  @Override
  public Bytes core() {
    return bytes;
  }

  @Override
  public Bytes reportData() {
    return bytes.slice(0x50, 0x90);
  }

  /** 48 bytes: the guest's memory as launched. */
  public Bytes launchMeasurement() {
    return bytes.slice(0x90, 0xc0);
  }

  /** 32 bytes that the host gave at launch. */
  public Bytes hostData() {
    return bytes.slice(0xc0, 0xe0);
  }

  @Override
  public Bytes32 measurement() {
    return Preimage.hash("SNP_MEASUREMENT", "bytes,bytes", launchMeasurement(), hostData());
  }

  @Override
  public SortedMap<String, Bytes> registers() {
    TreeMap<String, Bytes> registers = new TreeMap<>();
    registers.put("measurement", launchMeasurement());
    registers.put("host_data", hostData());
    return Collections.unmodifiableSortedMap(registers);
  }
}

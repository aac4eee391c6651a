package network.enigma.attestation;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Preimage;

/**
 * A TDX quote, version 4 or 5.
 *
 * @param header as signed
 * @param descriptor what stands between header and body: 6 bytes in version 5, else empty
 * @param report the trust domain's
 * @param signature and what vouches for it
 */
public record TdxQuote(
    QuoteHeader header, Bytes descriptor, TrustDomainReport report, QuoteSignature signature)
    implements Evidence {
  @Override
  public TeeKind kind() {
    return TeeKind.TDX;
  }

  /** What the attestation key signs: header, descriptor, body. */
  public Bytes signed() {
    return Bytes.concat(header.bytes(), descriptor, report.bytes());
  }

  @Override
  public Bytes core() {
    return Bytes.concat(signed(), signature.signature());
  }

  @Override
  public Bytes reportData() {
    return report.reportData();
  }

  /**
   * The hash of everything that says what runs: firmware, run-time registers, and the configuration
   * it was launched with.
   */
  @Override
  public Bytes32 measurement() {
    return Preimage.hash(
        "TDX_MEASUREMENT",
        "bytes,bytes,bytes,bytes,bytes,bytes,bytes,bytes",
        report.mrTd(),
        report.rtmr(0),
        report.rtmr(1),
        report.rtmr(2),
        report.rtmr(3),
        report.mrConfigId(),
        report.mrOwner(),
        report.mrOwnerConfig());
  }

  @Override
  public SortedMap<String, Bytes> registers() {
    TreeMap<String, Bytes> registers = new TreeMap<>();
    registers.put("mrtd", report.mrTd());
    for (int i = 0; i < 4; i++) {
      registers.put("rtmr" + i, report.rtmr(i));
    }
    registers.put("mrconfigid", report.mrConfigId());
    registers.put("mrowner", report.mrOwner());
    registers.put("mrownerconfig", report.mrOwnerConfig());
    registers.put("mrseam", report.mrSeam());
    report.mrServiceTd().ifPresent(service -> registers.put("mrservicetd", service));
    return Collections.unmodifiableSortedMap(registers);
  }
}

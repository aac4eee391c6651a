package network.enigma.attestation;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;

/**
 * An SGX quote, version 3, or version 4 or 5 with an SGX report.
 *
 * @param header as signed
 * @param descriptor what stands between header and body: 6 bytes in version 5, else empty
 * @param report the enclave's
 * @param signature and what vouches for it
 */
public record SgxQuote(
    QuoteHeader header, Bytes descriptor, EnclaveReport report, QuoteSignature signature)
    implements Evidence {
  @Override
  public TeeKind kind() {
    return TeeKind.SGX;
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

  @Override
  public Bytes32 measurement() {
    return Bytes32.of(report.mrEnclave().toByteArray());
  }

  @Override
  public SortedMap<String, Bytes> registers() {
    TreeMap<String, Bytes> registers = new TreeMap<>();
    registers.put("mrenclave", report.mrEnclave());
    registers.put("mrsigner", report.mrSigner());
    registers.put("configid", report.configId());
    return Collections.unmodifiableSortedMap(registers);
  }
}

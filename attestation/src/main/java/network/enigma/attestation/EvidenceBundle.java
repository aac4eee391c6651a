package network.enigma.attestation;

import network.enigma.attestation.dcap.QuoteParser;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * Evidence with the collateral it is judged by: verifies without any network, at any time. Wire
 * form: the text {@code enigma-evidence-1}, the evidence, a byte for the kind of collateral (0
 * none, 1 Intel, 2 AMD), its parts in the order of their record.
 *
 * @param evidence as the machine made it
 * @param collateral what to judge it by
 */
public record EvidenceBundle(Bytes evidence, Collateral collateral) {
  /** Longest wire form, in bytes. */
  public static final int MAXIMUM_LENGTH = 64 << 10;

  private static final String FORM = "enigma-evidence-1";

  public Bytes encode() {
    WireWriter writer = new WireWriter().text(FORM).bytes(evidence);
    switch (collateral) {
      case Collateral.None none -> writer.uint8(0);
      case Collateral.Intel intel ->
          writer
              .uint8(1)
              .bytes(intel.tcbInfo())
              .bytes(intel.tcbInfoSignature())
              .bytes(intel.tcbInfoChain())
              .bytes(intel.qeIdentity())
              .bytes(intel.qeIdentitySignature())
              .bytes(intel.qeIdentityChain())
              .bytes(intel.rootCrl())
              .bytes(intel.pckCrl())
              .bytes(intel.pckChain());
      case Collateral.Amd amd ->
          writer
              .uint8(2)
              .bytes(amd.endorsement())
              .bytes(amd.intermediate())
              .bytes(amd.root())
              .bytes(amd.crl());
    }
    return writer.toBytes();
  }

  /**
   * The evidence, read and not yet believed.
   *
   * @throws Refusal {@link Reason.Code#MALFORMED_EVIDENCE} or {@link
   *     Reason.Code#UNSUPPORTED_EVIDENCE}
   */
  public Evidence read() throws Refusal {
    if (!isSnp()) {
      return QuoteParser.parse(evidence);
    }
    try {
      return SevSnpReport.parse(evidence);
    } catch (EnigmaException e) {
      throw new Refusal(Reason.Code.MALFORMED_EVIDENCE, String.valueOf(e.getMessage()));
    }
  }

  /**
   * It is a report of AMD rather than a quote of Intel: both begin with their version, and in a
   * quote the type of its key follows, where a report has zeros.
   */
  boolean isSnp() {
    return evidence.length() == SevSnpReport.LENGTH && evidence.get(2) == 0 && evidence.get(3) == 0;
  }

  /**
   * What of the evidence is published on chain, see {@link Evidence#core()}.
   *
   * @throws EnigmaException {@link ErrorCode#EVIDENCE_REJECTED} if it cannot be read
   */
  public Bytes core() {
    try {
      return read().core();
    } catch (Refusal e) {
      throw new EnigmaException(ErrorCode.EVIDENCE_REJECTED, e.reason().toString());
    }
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} on anything else
   */
  public static EvidenceBundle decode(Bytes bytes) {
    if (bytes.length() > MAXIMUM_LENGTH) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE,
          "evidence with its collateral has at most " + MAXIMUM_LENGTH + " bytes");
    }
    WireReader reader = new WireReader(bytes);
    if (!reader.text().equals(FORM)) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "evidence of an unknown form");
    }
    Bytes evidence = reader.bytes();
    int kind = reader.uint8();
    Collateral collateral =
        switch (kind) {
          case 0 -> new Collateral.None();
          case 1 ->
              new Collateral.Intel(
                  reader.bytes(),
                  reader.bytes(),
                  reader.bytes(),
                  reader.bytes(),
                  reader.bytes(),
                  reader.bytes(),
                  reader.bytes(),
                  reader.bytes(),
                  reader.bytes());
          case 2 ->
              new Collateral.Amd(reader.bytes(), reader.bytes(), reader.bytes(), reader.bytes());
          default ->
              throw new EnigmaException(
                  ErrorCode.MALFORMED_MESSAGE, "no collateral has kind " + kind);
        };
    reader.end();
    return new EvidenceBundle(evidence, collateral);
  }
}

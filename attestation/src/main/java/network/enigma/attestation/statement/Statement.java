package network.enigma.attestation.statement;

import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Preimage;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * Evidence in the form of the placeholder authority: a signed statement of who runs what, and what
 * it is bound to. Wire form: the text {@code enigma-statement-1}, then the fields.
 *
 * @param mode as the authority states it; the signature covers it
 * @param measurement identity of the program
 * @param reportData see {@link ReportData}
 * @param notAfter end of validity, in seconds since 1970
 * @param signature of the authority
 */
record Statement(
    Mode mode, Bytes32 measurement, Bytes32 reportData, long notAfter, Signature signature) {
  private static final String FORM = "enigma-statement-1";

  static Bytes32 digest(Mode mode, Bytes32 measurement, Bytes32 reportData, long notAfter) {
    return Preimage.hash(
        "EVIDENCE_STATEMENT",
        "uint8,bytes32,bytes32,uint64",
        mode.ordinal(),
        measurement,
        reportData,
        notAfter);
  }

  Bytes32 digest() {
    return digest(mode, measurement, reportData, notAfter);
  }

  Bytes encode() {
    return new WireWriter()
        .text(FORM)
        .uint8(mode.ordinal())
        .bytes32(measurement)
        .bytes32(reportData)
        .uint64(notAfter)
        .raw(signature.toByteArray())
        .toBytes();
  }

  /** Throws an {@link EnigmaException} on anything else. */
  static Statement decode(Bytes evidence) {
    WireReader reader = new WireReader(evidence);
    if (!reader.text().equals(FORM)) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "evidence of an unknown form");
    }
    int mode = reader.uint8();
    if (mode >= Mode.values().length) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "no evidence mode has number " + mode);
    }
    Statement statement =
        new Statement(
            Mode.values()[mode],
            reader.bytes32(),
            reader.bytes32(),
            reader.uint64(),
            Signature.of(reader.raw(Signature.LENGTH)));
    reader.end();
    return statement;
  }
}

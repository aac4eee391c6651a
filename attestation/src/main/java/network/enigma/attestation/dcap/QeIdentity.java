package network.enigma.attestation.dcap;

import java.time.Instant;
import java.util.List;
import network.enigma.attestation.EnclaveReport;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.protocol.Bytes;

/**
 * What Intel's quoting enclave looks like, and how Intel rates its versions.
 *
 * @param id QE for SGX, TD_QE for TDX
 * @param miscSelect 4 bytes, as they are under the mask
 * @param attributes 16 bytes, as they are under the mask
 * @param levels highest first
 */
record QeIdentity(
    String id,
    Instant issueDate,
    Instant nextUpdate,
    long evaluationNumber,
    Bytes miscSelect,
    Bytes miscSelectMask,
    Bytes attributes,
    Bytes attributesMask,
    Bytes signer,
    long productId,
    List<TcbLevel.Single> levels) {
  static final String SGX = "QE";
  static final String TDX = "TD_QE";

  static QeIdentity read(Bytes bytes) throws Refusal {
    Json.Members json = Json.parse(bytes);
    if (json.whole("version", 0xffff) != 2) {
      throw new Refusal(Reason.Code.MALFORMED_COLLATERAL, "an enclave identity of another version");
    }
    return new QeIdentity(
        json.text("id"),
        json.instant("issueDate"),
        json.instant("nextUpdate"),
        json.whole("tcbEvaluationDataNumber", 0xffff_ffffL),
        json.hex("miscselect", 4),
        json.hex("miscselectMask", 4),
        json.hex("attributes", 16),
        json.hex("attributesMask", 16),
        json.hex("mrsigner", 32),
        json.whole("isvprodid", 0xffff),
        TcbLevel.Single.read(json));
  }

  /** The rating of a quoting enclave. */
  TcbLevel.Rating rate(EnclaveReport report) throws Refusal {
    if (!report.mrSigner().equals(signer)) {
      throw unknown("somebody else signed it");
    }
    if (report.productId() != productId) {
      throw unknown("it is another product");
    }
    if (!masked(report.miscSelect(), miscSelectMask).equals(masked(miscSelect, miscSelectMask))
        || !masked(report.attributes(), attributesMask)
            .equals(masked(attributes, attributesMask))) {
      throw unknown("its attributes differ");
    }
    return TcbLevel.Single.of(levels, report.securityVersion())
        .orElseThrow(() ->
            new Refusal(
                Reason.Code.TCB_LEVEL_NOT_FOUND,
                "the quoting enclave is older than any version Intel rates"));
  }

  private static Refusal unknown(String detail) {
    return new Refusal(
        Reason.Code.QE_UNKNOWN, "the quoting enclave is not the vendor's: " + detail);
  }

  static Bytes masked(Bytes value, Bytes mask) {
    byte[] masked = new byte[value.length()];
    for (int i = 0; i < masked.length; i++) {
      masked[i] = (byte) (value.get(i) & mask.get(i));
    }
    return Bytes.of(masked);
  }
}

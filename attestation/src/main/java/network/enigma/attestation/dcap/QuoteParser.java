package network.enigma.attestation.dcap;

import network.enigma.attestation.EnclaveReport;
import network.enigma.attestation.Evidence;
import network.enigma.attestation.QuoteHeader;
import network.enigma.attestation.QuoteSignature;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.SgxQuote;
import network.enigma.attestation.TdxQuote;
import network.enigma.attestation.TrustDomainReport;
import network.enigma.protocol.Bytes;

/**
 * Reads Intel quotes of version 3 (SGX), 4 and 5 (SGX and TDX), signed by ECDSA on P-256 (Intel
 * DCAP quoting library API, appendix A). Every length is checked before anything is copied, and
 * nothing but zero padding may follow.
 */
public final class QuoteParser {
  /** Longest quote read, in bytes; real ones have about 5,000. */
  public static final int MAXIMUM_LENGTH = 32 << 10;

  private static final int ECDSA_P256 = 2;
  private static final long TEE_SGX = 0;
  private static final long TEE_TDX = 0x81;
  private static final int QE_REPORT_CERTIFICATION = 6;
  private static final int DESCRIPTOR_LENGTH = 6;

  private QuoteParser() {}

  /**
   * @throws Refusal {@link Reason.Code#MALFORMED_EVIDENCE} or {@link
   *     Reason.Code#UNSUPPORTED_EVIDENCE}
   */
  public static Evidence parse(Bytes quote) throws Refusal {
    if (quote.length() > MAXIMUM_LENGTH) {
      throw new Refusal(
          Reason.Code.MALFORMED_EVIDENCE, "a quote has at most " + MAXIMUM_LENGTH + " bytes");
    }
    LittleEndianReader reader = new LittleEndianReader(quote);
    QuoteHeader header = new QuoteHeader(reader.take(QuoteHeader.LENGTH, "the quote's header"));
    if (header.attestationKeyType() != ECDSA_P256) {
      throw unsupported("attestation keys of type " + header.attestationKeyType());
    }
    Bytes descriptor = Bytes.empty();
    int body =
        switch (header.version()) {
          case 3 -> {
            if (header.teeType() != TEE_SGX) {
              throw malformed("a reserved field of the header is not zero");
            }
            yield EnclaveReport.LENGTH;
          }
          case 4 -> bodyOf(header, 1);
          case 5 -> {
            descriptor = reader.take(DESCRIPTOR_LENGTH, "the body's descriptor");
            yield described(header, descriptor);
          }
          default -> throw unsupported("quotes of version " + header.version());
        };
    Bytes report = reader.take(body, "the quote's body");
    long length = reader.uint32("the length of the signature");
    QuoteSignature signature =
        signature(reader.take(length, "the quote's signature"), header.version());
    reader.endPadded("the quote's signature");
    return body == EnclaveReport.LENGTH
        ? new SgxQuote(header, descriptor, new EnclaveReport(report), signature)
        : new TdxQuote(header, descriptor, new TrustDomainReport(report), signature);
  }

  /** The length of the body of a type: 1 the TEE's first one, 3 TDX 1.5. */
  private static int bodyOf(QuoteHeader header, int type) throws Refusal {
    if (header.teeType() == TEE_SGX && type == 1) {
      return EnclaveReport.LENGTH;
    }
    if (header.teeType() == TEE_TDX) {
      return type == 3 ? TrustDomainReport.LENGTH_1_5 : TrustDomainReport.LENGTH_1_0;
    }
    throw unsupported("TEE type " + header.teeType() + " with body type " + type);
  }

  private static int described(QuoteHeader header, Bytes descriptor) throws Refusal {
    LittleEndianReader reader = new LittleEndianReader(descriptor);
    int type = reader.uint16("the body's type");
    long size = reader.uint32("the body's size");
    boolean known = header.teeType() == TEE_SGX ? type == 1 : type == 2 || type == 3;
    if (!known) {
      throw unsupported("TEE type " + header.teeType() + " with body type " + type);
    }
    int length = bodyOf(header, type);
    if (size != length) {
      throw malformed("a body of type " + type + " has " + length + " bytes, not " + size);
    }
    return length;
  }

  private static QuoteSignature signature(Bytes data, int version) throws Refusal {
    LittleEndianReader reader = new LittleEndianReader(data);
    Bytes signature = reader.take(64, "the signature");
    Bytes key = reader.take(64, "the attestation key");
    LittleEndianReader certification = reader;
    if (version > 3) {
      int type = reader.uint16("the type of certification data");
      if (type != QE_REPORT_CERTIFICATION) {
        throw unsupported("outer certification data of type " + type);
      }
      long length = reader.uint32("the length of certification data");
      certification = new LittleEndianReader(reader.take(length, "certification data"));
      reader.end("certification data");
    }
    EnclaveReport report =
        new EnclaveReport(certification.take(EnclaveReport.LENGTH, "the quoting enclave's report"));
    Bytes reportSignature = certification.take(64, "the signature of the quoting enclave's report");
    int authentication = certification.uint16("the length of authentication data");
    Bytes authenticationData = certification.take(authentication, "authentication data");
    int type = certification.uint16("the type of certification data");
    if (type < 1 || type > QuoteSignature.PCK_CHAIN) {
      throw unsupported("certification data of type " + type);
    }
    long length = certification.uint32("the length of certification data");
    Bytes certificationData = certification.take(length, "certification data");
    certification.end("certification data");
    return new QuoteSignature(
        signature, key, report, reportSignature, authenticationData, type, certificationData);
  }

  private static Refusal malformed(String detail) {
    return new Refusal(Reason.Code.MALFORMED_EVIDENCE, detail);
  }

  private static Refusal unsupported(String detail) {
    return new Refusal(Reason.Code.UNSUPPORTED_EVIDENCE, detail + " are not judged");
  }
}

package network.enigma.attestation.dcap;

import network.enigma.attestation.Evidence;
import network.enigma.attestation.QuoteSignature;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.SevSnpReport;
import network.enigma.attestation.SgxQuote;
import network.enigma.attestation.TdxQuote;

/**
 * What the certificate in a quote says about its machine: enough to know which collateral to ask
 * for. Nothing of it is verified.
 *
 * @param family FMSPC, 12 hexadecimal digits in small letters
 * @param platformAuthority whether Intel's authority for machines of several packages certified it,
 *     rather than the one for single packages
 */
public record QuotedMachine(String family, boolean platformAuthority) {
  private static final String PLATFORM_AUTHORITY = "CN=Intel SGX PCK Platform CA";

  /**
   * Reads the certificate.
   *
   * @throws Refusal {@link Reason.Code#UNSUPPORTED_EVIDENCE} if it is no quote, {@link
   *     Reason.Code#COLLATERAL_MISSING} if the quote holds no certificate, {@link
   *     Reason.Code#CHAIN_INVALID} if it cannot be read
   */
  public static QuotedMachine of(Evidence evidence) throws Refusal {
    QuoteSignature signature =
        switch (evidence) {
          case SgxQuote sgx -> sgx.signature();
          case TdxQuote tdx -> tdx.signature();
          case SevSnpReport snp ->
              throw new Refusal(Reason.Code.UNSUPPORTED_EVIDENCE, "AMD's evidence is no quote");
        };
    if (signature.certificationType() != QuoteSignature.PCK_CHAIN) {
      throw new Refusal(
          Reason.Code.COLLATERAL_MISSING, "the quote does not hold the machine's certificate");
    }
    Chain chain = Chain.read("the machine's chain", signature.certificationData(), 2);
    String hex = PckFacts.of(chain.leaf()).fmspc().hex();
    return new QuotedMachine(
        hex.substring(hex.length() - 12),
        Chain.named(chain.path().getLast().getSubjectX500Principal(), PLATFORM_AUTHORITY));
  }
}

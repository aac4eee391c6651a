package network.enigma.attestation.dcap;

import java.time.Instant;
import java.util.List;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.Evidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.Verdict;
import network.enigma.attestation.Verifier;
import network.enigma.protocol.Bytes;

/**
 * Judges SGX and TDX quotes. Every step is mandatory; what fails does not keep the others from
 * being tried, so that a refusal names all that is wrong.
 */
public final class DcapVerifier implements Verifier {
  private final TrustAnchors anchors;

  public DcapVerifier(TrustAnchors anchors) {
    this.anchors = anchors;
  }

  @Override
  public Verdict verify(EvidenceBundle bundle, Bytes reportData, Instant time) {
    try {
      Evidence evidence = QuoteParser.parse(bundle.evidence());
      if (bundle.collateral() instanceof Collateral.Intel collateral) {
        return new Examination(anchors, evidence, collateral, time).verdict(reportData);
      }
      return new Verdict.Refused(
          List.of(
              new Reason(
                  Reason.Code.COLLATERAL_MISSING,
                  "Intel's collateral is needed to judge a quote")));
    } catch (Refusal e) {
      return new Verdict.Refused(List.of(e.reason()));
    }
  }
}

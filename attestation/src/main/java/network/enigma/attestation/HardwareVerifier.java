package network.enigma.attestation;

import java.time.Instant;
import network.enigma.attestation.dcap.DcapVerifier;
import network.enigma.attestation.dcap.TrustAnchors;
import network.enigma.attestation.snp.SnpVerifier;
import network.enigma.protocol.Bytes;

/** Judges the evidence of every hardware vendor, each by its own root. */
final class HardwareVerifier implements Verifier {
  private final Verifier intel = new DcapVerifier(TrustAnchors.intel());
  private final Verifier amd = SnpVerifier.amd();

  @Override
  public Verdict verify(EvidenceBundle bundle, Bytes reportData, Instant time) {
    return bundle.isSnp()
        ? amd.verify(bundle, reportData, time)
        : intel.verify(bundle, reportData, time);
  }
}

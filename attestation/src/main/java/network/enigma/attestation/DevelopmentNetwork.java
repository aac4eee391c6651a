package network.enigma.attestation;

/**
 * Shows that the code which holds it serves a development network: the evidence of its own enclave
 * was judged, and it is simulated. Whatever shows an author what a contract keeps secret takes one
 * as an argument. There is no other way to get one than {@link
 * Verdict.Simulated#developmentNetwork()}, so that code which has a verdict on hardware, or none,
 * does not compile.
 */
public final class DevelopmentNetwork {
  DevelopmentNetwork() {}

  @Override
  public String toString() {
    return "DevelopmentNetwork";
  }
}

package network.enigma.attestation.dcap;

import network.enigma.protocol.Bytes;

/**
 * The names by which evidence of the simulated authority is known. None of them is one that Intel's
 * verifiers or anybody's hardware policy would take for real.
 */
public final class Simulation {
  public static final String ROOT_NAME = "Enigma SIMULATION Root CA - NOT HARDWARE";
  public static final String PCK_AUTHORITY_NAME = "Enigma SIMULATION Processor CA - NOT HARDWARE";
  public static final String PCK_NAME = "Enigma SIMULATED PCK Certificate - NOT HARDWARE";
  public static final String SIGNER_NAME = "Enigma SIMULATION TCB Signing - NOT HARDWARE";

  /**
   * The root's public key, x and y. Its private key is the SHA-256 of {@link #ROOT_NAME}: anybody
   * can have it.
   */
  public static final Bytes ROOT_KEY =
      Bytes.fromHex(
          "8037b6ced663a00eef7972141d607411662e793ef9577bedaaf1974f2ffca710"
              + "45f2ed44bcd430eb5f4a27a121d29c4cd4fb023571d63a9617757abf79ef7063");

  /** The vendor of the simulated quoting enclave: the text {@code ENIGMA-SIMULATED}. */
  public static final Bytes VENDOR_ID = Bytes.ofText("ENIGMA-SIMULATED");

  /**
   * A critical extension of certificates of simulated machines, so that no verifier that does not
   * know it accepts them; below 2.25 (a UUID), registered with nobody.
   */
  public static final String CRITICAL_EXTENSION = "2.25.1162756941.1";

  private Simulation() {}
}

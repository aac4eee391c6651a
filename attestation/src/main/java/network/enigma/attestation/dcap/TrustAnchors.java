package network.enigma.attestation.dcap;

import java.security.PublicKey;
import java.util.Set;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.NetworkConfig.Mode;

/**
 * Whom a verifier believes. There are two: Intel, and the simulated authority; nobody outside this
 * package can make another, so that hardware verdicts rest on Intel's root alone.
 */
public final class TrustAnchors {
  private static final TrustAnchors INTEL =
      new TrustAnchors(
          Mode.HARDWARE,
          // Intel SGX Root CA, 2018 to 2049.
          Bytes.fromHex(
              "0ba9c4c0c0c86193a3fe23d6b02cda10a8bbd4e88e48b4458561a36e705525f5"
                  + "67918e2edc88e40d860bd0cc4ee26aacc988e505a953558c453f6b0904ae7394"),
          Bytes.fromHex("939a7233f79c4ca9940a0db3957f0607"),
          "CN=Intel SGX Root CA",
          Set.of("CN=Intel SGX PCK Platform CA", "CN=Intel SGX PCK Processor CA"),
          "CN=Intel SGX PCK Certificate",
          "CN=Intel SGX TCB Signing",
          Set.of());

  private static final TrustAnchors SIMULATION =
      new TrustAnchors(
          Mode.SIMULATION,
          Simulation.ROOT_KEY,
          Simulation.VENDOR_ID,
          "CN=" + Simulation.ROOT_NAME,
          Set.of("CN=" + Simulation.PCK_AUTHORITY_NAME),
          "CN=" + Simulation.PCK_NAME,
          "CN=" + Simulation.SIGNER_NAME,
          Set.of(Simulation.CRITICAL_EXTENSION));

  private final Mode mode;
  private final Bytes rootPoint;
  private final PublicKey rootKey;
  private final Bytes vendorId;
  private final String rootName;
  private final Set<String> authorityNames;
  private final String leafName;
  private final String signerName;
  private final Set<String> criticalExtensions;

  /**
   * @param rootPoint x and y of the root's key on P-256
   * @param vendorId of the quoting enclave, 16 bytes
   * @param rootName common name of the root, as in {@code CN=...}
   * @param authorityNames common names of those who certify machines
   * @param leafName common name in certificates of machines
   * @param signerName common name of who signs ratings
   * @param criticalExtensions object identifiers that certificates of machines may have critical
   *     beside the usual ones
   */
  TrustAnchors(
      Mode mode,
      Bytes rootPoint,
      Bytes vendorId,
      String rootName,
      Set<String> authorityNames,
      String leafName,
      String signerName,
      Set<String> criticalExtensions) {
    this.mode = mode;
    this.rootPoint = rootPoint;
    this.rootKey =
        P256.key(rootPoint).orElseThrow(() -> new IllegalArgumentException("no key of P-256"));
    this.vendorId = vendorId;
    this.rootName = rootName;
    this.authorityNames = Set.copyOf(authorityNames);
    this.leafName = leafName;
    this.signerName = signerName;
    this.criticalExtensions = Set.copyOf(criticalExtensions);
  }

  /** Intel's root: hardware. */
  public static TrustAnchors intel() {
    return INTEL;
  }

  /** The simulated authority's root, whose key is public. */
  public static TrustAnchors simulation() {
    return SIMULATION;
  }

  Mode mode() {
    return mode;
  }

  Bytes rootPoint() {
    return rootPoint;
  }

  PublicKey rootKey() {
    return rootKey;
  }

  Bytes vendorId() {
    return vendorId;
  }

  String rootName() {
    return rootName;
  }

  Set<String> authorityNames() {
    return authorityNames;
  }

  String leafName() {
    return leafName;
  }

  String signerName() {
    return signerName;
  }

  Set<String> criticalExtensions() {
    return criticalExtensions;
  }
}

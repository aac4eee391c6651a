package network.enigma.attestation.snp;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import network.enigma.protocol.Bytes32;

/**
 * Which root certificate a verifier trusts for each product line.
 *
 * @param pins SHA-256 of the DER form of the root certificate
 */
public record SnpRoots(Map<SnpProduct, Bytes32> pins) {
  private static final SnpRoots AMD =
      new SnpRoots(
          Arrays.stream(SnpProduct.values())
              .collect(Collectors.toMap(Function.identity(), SnpProduct::rootPin)));

  public SnpRoots {
    pins = Map.copyOf(pins);
  }

  /** AMD's own roots. */
  public static SnpRoots amd() {
    return AMD;
  }
}

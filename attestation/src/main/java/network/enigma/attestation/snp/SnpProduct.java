package network.enigma.attestation.snp;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Bytes32;

/**
 * A line of AMD server processors with a root key (ARK) of its own.
 *
 * <p>The pin is the SHA-256 of the root certificate's DER form, as AMD serves it.
 */
public enum SnpProduct {
  /** EPYC 7003. A published attack (2026) extracts the seed of its signing keys by software. */
  MILAN(
      "Milan",
      List.of("Milan"),
      "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd"),
  /** EPYC 9004 and 8004; Bergamo and Siena share the root of Genoa. */
  GENOA(
      "Genoa",
      List.of("Genoa", "Bergamo", "Siena"),
      "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1"),
  /** EPYC 9005, whose TCB version has a fifth component. */
  TURIN(
      "Turin",
      List.of("Turin"),
      "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a");

  private final String line;
  private final List<String> names;
  private final Bytes32 rootPin;

  SnpProduct(String line, List<String> names, String rootPin) {
    this.line = line;
    this.names = names;
    this.rootPin = Bytes32.fromHex(rootPin);
  }

  /** The name in certificates and in addresses of AMD's key distribution service. */
  public String line() {
    return line;
  }

  /** SHA-256 of the DER form of AMD's root certificate (ARK) for this line. */
  public Bytes32 rootPin() {
    return rootPin;
  }

  /** The line whose certificates carry this product name, which may end in a stepping. */
  public static Optional<SnpProduct> ofName(String productName) {
    int dash = productName.indexOf('-');
    String name = dash < 0 ? productName : productName.substring(0, dash);
    return Arrays.stream(values()).filter(product -> product.names.contains(name)).findFirst();
  }

  /**
   * The line of a processor.
   *
   * @param family combined family and extended family of CPUID leaf 1, as reports carry it
   * @param model combined model and extended model
   */
  public static Optional<SnpProduct> ofProcessor(int family, int model) {
    return switch (family) {
      case 0x19 ->
          model <= 0x0f
              ? Optional.of(MILAN)
              : (model >= 0x10 && model <= 0x1f) || (model >= 0xa0 && model <= 0xaf)
                  ? Optional.of(GENOA)
                  : Optional.empty();
      case 0x1a -> model <= 0x11 ? Optional.of(TURIN) : Optional.empty();
      default -> Optional.empty();
    };
  }
}

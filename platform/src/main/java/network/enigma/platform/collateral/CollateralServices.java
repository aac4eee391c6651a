package network.enigma.platform.collateral;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Where collateral is fetched. Plain HTTP is taken for this machine only, where a cache may run.
 *
 * @param intel base of Intel's service or of a cache (PCCS), without {@code /sgx} or {@code /tdx}
 * @param intelRootCrl the revocation list of Intel's root, DER or hexadecimal
 * @param amd base of AMD's service, without {@code /vcek} or {@code /vlek}
 */
public record CollateralServices(URI intel, URI intelRootCrl, URI amd) {
  public CollateralServices {
    requireSafe(intel);
    requireSafe(intelRootCrl);
    requireSafe(amd);
  }

  /** The vendors' own services. */
  public static CollateralServices vendors() {
    return new CollateralServices(
        URI.create("https://api.trustedservices.intel.com"),
        URI.create("https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"),
        URI.create("https://kdsintf.amd.com"));
  }

  /** The same with a cache (PCCS) in place of Intel's service. */
  public CollateralServices withPccs(URI pccs) {
    return new CollateralServices(
        pccs, URI.create(trimmed(pccs) + "/sgx/certification/v4/rootcacrl"), amd);
  }

  /** The same with a cache in place of AMD's service. */
  public CollateralServices withKds(URI kds) {
    return new CollateralServices(intel, intelRootCrl, kds);
  }

  /** The address of a path below a base, which may or may not end in a slash. */
  static URI below(URI base, String path) {
    return URI.create(trimmed(base) + path);
  }

  private static String trimmed(URI base) {
    String text = base.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  private static void requireSafe(URI address) {
    boolean safe =
        "https".equals(address.getScheme())
            || ("http".equals(address.getScheme()) && isHere(address.getHost()));
    if (!safe || address.getHost() == null || address.getUserInfo() != null) {
      throw new EnigmaException(
          ErrorCode.INVALID_CONFIGURATION,
          "a collateral service has an https address, or http on this machine: " + address);
    }
  }

  private static boolean isHere(@Nullable String host) {
    try {
      return host != null
          && (host.equals("localhost")
              || (host.matches("[0-9.]+|\\[[0-9a-f:]+]")
                  && InetAddress.getByName(host).isLoopbackAddress()));
    } catch (UnknownHostException e) {
      return false;
    }
  }
}

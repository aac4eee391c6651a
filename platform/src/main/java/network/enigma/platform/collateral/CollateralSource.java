package network.enigma.platform.collateral;

import network.enigma.attestation.Collateral;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** Where collateral comes from. */
@FunctionalInterface
public interface CollateralSource {
  /**
   * The collateral, valid now by its own dates.
   *
   * @throws EnigmaException {@link ErrorCode#COLLATERAL_UNAVAILABLE} if it is not to be had
   */
  Collateral collateral(CollateralRequest request);
}

package network.enigma.platform.collateral;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * How a host puts collateral beside the evidence of its enclave before it shows it to anybody. What
 * comes with all it needs, as simulated evidence does, stays as it is.
 */
@FunctionalInterface
public interface CollateralSupply extends AutoCloseable {
  /** Longest archive read, in bytes. */
  long LONGEST_ARCHIVE = 16 << 20;

  /**
   * The evidence with all it needs to be judged.
   *
   * @throws EnigmaException {@link ErrorCode#COLLATERAL_UNAVAILABLE} where it is not to be had;
   *     {@link ErrorCode#MALFORMED_MESSAGE} if the evidence cannot be read
   */
  EvidenceBundle complete(EvidenceBundle bundle);

  @Override
  default void close() {}

  /** Goes nowhere: evidence has to come with its collateral. */
  static CollateralSupply none() {
    return bundle -> {
      if (bundle.collateral() instanceof Collateral.None) {
        throw new EnigmaException(
            ErrorCode.COLLATERAL_UNAVAILABLE,
            "the evidence of this machine comes without its vendor's collateral, and the host was"
                + " told of no service or archive that has it");
      }
      return bundle;
    };
  }

  /**
   * Asks the vendors' services, or caches of them, and keeps what they send.
   *
   * @param directory where documents are kept
   * @throws EnigmaException {@link ErrorCode#STATE_DIRECTORY_UNUSABLE}
   */
  static CollateralSupply fetching(CollateralServices services, Path directory, Clock clock) {
    CollateralFetcher fetcher = CollateralFetcher.of(services, directory, clock);
    return new CollateralSupply() {
      @Override
      public EvidenceBundle complete(EvidenceBundle bundle) {
        return Completion.of(bundle, fetcher);
      }

      @Override
      public void close() {
        fetcher.close();
      }
    };
  }

  /**
   * Takes the collateral of an archive (docs/evidence-archive.md), which somebody brought here from
   * a machine with a network. It is read each time, so that a fresh one can be put in its place.
   */
  static CollateralSupply offline(Path archive) {
    return bundle -> {
      if (bundle.collateral() instanceof Collateral.Intel) {
        return bundle;
      }
      Collateral brought = read(archive).collateral();
      if (brought instanceof Collateral.None) {
        throw new EnigmaException(
            ErrorCode.COLLATERAL_UNAVAILABLE, archive + " holds evidence and no collateral");
      }
      return new EvidenceBundle(bundle.evidence(), brought);
    };
  }

  private static EvidenceBundle read(Path archive) {
    try {
      if (Files.size(archive) > LONGEST_ARCHIVE) {
        throw new EnigmaException(
            ErrorCode.COLLATERAL_UNAVAILABLE, archive + " is too big for an archive of evidence");
      }
      return EvidenceArchive.read(Bytes.of(Files.readAllBytes(archive))).bundle();
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.COLLATERAL_UNAVAILABLE, "the archive of collateral cannot be read: " + e, e);
    }
  }
}

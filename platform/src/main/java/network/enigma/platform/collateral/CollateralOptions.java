package network.enigma.platform.collateral;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** Where a host gets collateral for the evidence of its enclave, as its operator says. */
public sealed interface CollateralOptions {
  /** Nowhere: nothing leaves this machine. Enough for simulated evidence. */
  record None() implements CollateralOptions {}

  /** From the vendors' services or caches of them. */
  record From(CollateralServices services) implements CollateralOptions {}

  /** From an archive that somebody brought. */
  record Offline(Path archive) implements CollateralOptions {}

  /**
   * The supply; its owner closes it.
   *
   * @param directory where fetched documents are kept
   */
  default CollateralSupply supply(Path directory, Clock clock) {
    return switch (this) {
      case None none -> CollateralSupply.none();
      case From(CollateralServices services) ->
          CollateralSupply.fetching(services, directory, clock);
      case Offline(Path archive) -> CollateralSupply.offline(archive);
    };
  }

  /**
   * Reads an operator's words: {@code none}; {@code vendors}; {@code pccs=URL} for a cache in place
   * of Intel's service; {@code kds=URL} for a cache in place of AMD's; both, with a comma; {@code
   * offline=FILE}.
   *
   * @throws EnigmaException {@link ErrorCode#INVALID_CONFIGURATION} for other words
   */
  static CollateralOptions parse(String words) {
    if (words.equals("none")) {
      return new None();
    }
    try {
      if (words.startsWith("offline=")) {
        return new Offline(Path.of(words.substring("offline=".length())));
      }
      CollateralServices services = CollateralServices.vendors();
      if (words.equals("vendors")) {
        return new From(services);
      }
      for (String word : words.split(",", -1)) {
        int sign = word.indexOf('=');
        String value = word.substring(sign + 1);
        services =
            switch (word.substring(0, Math.max(0, sign))) {
              case "pccs" -> services.withPccs(URI.create(value));
              case "kds" -> services.withKds(URI.create(value));
              default -> throw unknown(words);
            };
      }
      return new From(services);
    } catch (IllegalArgumentException e) {
      throw unknown(words);
    }
  }

  private static EnigmaException unknown(String words) {
    return new EnigmaException(
        ErrorCode.INVALID_CONFIGURATION,
        "'"
            + words
            + "' is no source of collateral: none, vendors, pccs=URL, kds=URL, or offline=FILE");
  }
}

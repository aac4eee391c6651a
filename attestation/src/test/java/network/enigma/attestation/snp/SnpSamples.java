package network.enigma.attestation.snp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import network.enigma.attestation.Collateral;
import network.enigma.protocol.Bytes;
import org.junit.jupiter.api.Assumptions;

/**
 * Genuine SNP evidence outside the repository: the folder that {@code ENIGMA_ATTESTATION_SAMPLES}
 * names, or {@code shared/attestation-samples} beside the checkout.
 */
final class SnpSamples {
  private static final String VARIABLE = "ENIGMA_ATTESTATION_SAMPLES";

  /**
   * @param meta its {@code meta.json}
   */
  record Sample(String id, String meta, Bytes report, Bytes endorsement, Path roots) {
    /** The collateral of its issuer, as its {@code meta.json} names it; no revocation list. */
    Collateral.Amd collateral() {
      return new Collateral.Amd(
          endorsement,
          read(roots.resolve(text("issuer") + ".der")),
          read(roots.resolve(text("ark") + ".der")),
          Bytes.empty());
    }

    /** The text of the first member of this name, wherever it stands. */
    String text(String name) {
      return member(name, "\"((?:[^\"\\\\]|\\\\.)*)\"");
    }

    /** The number or word of the first member of this name. */
    String word(String name) {
      return member(name, "([a-z0-9]+)");
    }

    private String member(String name, String value) {
      Matcher matcher = Pattern.compile("\"" + name + "\":\\s*" + value).matcher(meta);
      if (!matcher.find()) {
        throw new IllegalStateException(id + "/meta.json has no " + name);
      }
      return matcher.group(1);
    }

    @Override
    public String toString() {
      return id;
    }
  }

  private SnpSamples() {}

  /** All samples; the test is skipped if there is no folder. */
  static List<Sample> all() {
    Optional<Path> folder = folder();
    Assumptions.assumeTrue(
        folder.isPresent(),
        "no SNP samples: set " + VARIABLE + " to a folder of attestation samples to run this test");
    Path snp = folder.get().resolve("snp");
    try (Stream<Path> samples = Files.list(snp.resolve("samples"))) {
      return samples.sorted().map(sample -> sample(sample, snp.resolve("roots"))).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Sample sample(Path folder, Path roots) {
    return new Sample(
        folder.getFileName().toString(),
        new String(read(folder.resolve("meta.json")).toByteArray(), StandardCharsets.UTF_8),
        read(folder.resolve("report.bin")),
        read(folder.resolve("vek.der")),
        roots);
  }

  private static Optional<Path> folder() {
    String named = System.getenv(VARIABLE);
    if (named != null) {
      return Optional.of(Path.of(named)).filter(path -> Files.isDirectory(path.resolve("snp")));
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path beside = at.resolve("shared").resolve("attestation-samples");
      if (Files.isDirectory(beside.resolve("snp"))) {
        return Optional.of(beside);
      }
    }
    return Optional.empty();
  }

  private static Bytes read(Path file) {
    try {
      return Bytes.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package network.enigma.platform.collateral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.simulation.SimulatedMachine;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator may say about collateral, and what comes of it. */
class CollateralOptionsTest {
  private static final EvidenceBundle WHOLE =
      SimulatedMachine.builder(SimulatedMachine.around(Instant.now()))
          .build()
          .bundle(Keccak.hashText("a program"), Bytes.of(new byte[64]));
  private static final EvidenceBundle BARE =
      new EvidenceBundle(WHOLE.evidence(), new Collateral.None());

  @TempDir Path directory;

  private CollateralSupply supply(String words) {
    return CollateralOptions.parse(words).supply(directory.resolve("kept"), Clock.systemUTC());
  }

  private void unavailable(CollateralSupply supply, String why) {
    assertThatThrownBy(() -> supply.complete(BARE))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.COLLATERAL_UNAVAILABLE))
        .hasMessageContaining(why);
  }

  @Test
  void servicesAreTheVendorsUnlessNamed() {
    CollateralServices vendors = CollateralServices.vendors();
    assertThat(CollateralOptions.parse("vendors")).isEqualTo(new CollateralOptions.From(vendors));
    assertThat(CollateralOptions.parse("pccs=https://cache.example,kds=http://127.0.0.1:9"))
        .isEqualTo(
            new CollateralOptions.From(
                vendors
                    .withPccs(URI.create("https://cache.example"))
                    .withKds(URI.create("http://127.0.0.1:9"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "vendor",
        "pccs",
        "pccs=",
        "pccs=http://cache.example",
        "kds=::",
        "pccs=https://u@h",
        "a=b,c"
      })
  void otherWordsAreNone(String words) {
    assertThatThrownBy(() -> CollateralOptions.parse(words))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION));
  }

  @Test
  void whatIsCompleteStaysAsItIsWhateverTheSource() {
    for (String words :
        new String[] {
          "none", "pccs=http://127.0.0.1:1", "offline=" + directory.resolve("no.zip")
        }) {
      try (CollateralSupply supply = supply(words)) {
        assertThat(supply.complete(WHOLE)).isEqualTo(WHOLE);
      }
    }
  }

  @Test
  void withoutASourceTheHostSaysWhatIsMissing() {
    try (CollateralSupply supply = supply("none")) {
      unavailable(supply, "told of no service or archive");
    }
  }

  @Test
  void anArchiveServesWithoutAnyNetworkAndCanBeReplaced() throws Exception {
    Path archive = directory.resolve("machine.zip");
    try (CollateralSupply supply = supply("offline=" + archive)) {
      unavailable(supply, "cannot be read");
      Files.write(archive, new EvidenceArchive(BARE, Optional.empty()).write().toByteArray());
      unavailable(supply, "no collateral");
      Files.write(archive, new EvidenceArchive(WHOLE, Optional.empty()).write().toByteArray());
      assertThat(supply.complete(BARE)).isEqualTo(WHOLE);
    }
  }
}

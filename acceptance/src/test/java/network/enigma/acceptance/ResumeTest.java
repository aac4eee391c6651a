package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import network.enigma.client.DeployOptions;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.store.ClientStore;
import network.enigma.client.store.MemoryClientStore;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.testnet.Testnet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A network that is kept in a directory: what survives, and what the directory is protected from.
 */
class ResumeTest {
  @TempDir Path directory;

  private Testnet start() {
    return Testnet.builder()
        .anyPorts()
        .userDirectory(directory.resolve("user"))
        .state(directory.resolve("net"))
        .start();
  }

  private static EnigmaClient client(Testnet testnet, ClientStore store) {
    return EnigmaClient.builder()
        .ethereum(testnet.ethereumUrl())
        .nodes(testnet.nodeUrls())
        .enigma(testnet.enigma())
        .account(testnet.accounts().getFirst().key())
        .allowSimulated()
        .store(store)
        .home(home())
        .build();
  }

  private static Path home() {
    Path place = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(place.resolve("node_modules"))) {
      place = Objects.requireNonNull(place.getParent());
    }
    return place;
  }

  @Test
  void secretStateSurvivesTheWholeNetworksRestart() {
    ClientStore store = new MemoryClientStore();
    SecretContract before;
    try (Testnet testnet = start();
        EnigmaClient client = client(testnet, store)) {
      before =
          client
              .deploy(
                  client.compiler().compileSample("samples/Millionaires.sol"),
                  List.of(),
                  DeployOptions.DEFAULT)
              .await();
      before.call("submit", 7).await();
      refused(this::start, ErrorCode.STATE_DIRECTORY_IN_USE);
    }

    try (Testnet testnet = start();
        EnigmaClient client = client(testnet, store)) {
      SecretContract after = client.contract(before.address());

      assertThat(after.query("count").value(BigInteger.class)).isEqualTo(BigInteger.ONE);
      after.call("submit", 8).await();
    }
  }

  @Test
  void aDirectoryOfSomebodyElseIsNeitherFilledNorReset() throws IOException {
    Path other = Files.createDirectory(directory.resolve("other"));
    Path file = Files.writeString(other.resolve("thesis.txt"), "years of work");

    refused(
        () -> Testnet.builder().anyPorts().state(other).reset(true).start(),
        ErrorCode.STATE_DIRECTORY_MISMATCH);
    assertThat(file).hasContent("years of work");
  }

  private static void refused(ThrowingCallable call, ErrorCode code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(EnigmaException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}

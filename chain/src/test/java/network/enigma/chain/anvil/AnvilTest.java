package network.enigma.chain.anvil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import network.enigma.chain.BlockTag;
import network.enigma.chain.Call;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresAnvil
class AnvilTest {
  @Test
  void startsOnAFreePortAndAnswers() {
    try (Anvil anvil = Anvil.start(AnvilOptions.standard().withChainId(4_242));
        EthereumRpc rpc = new EthereumRpc(anvil.url())) {
      assertThat(anvil.port()).isPositive();
      assertThat(rpc.chainId()).isEqualTo(4_242);
      assertThat(rpc.balance(Anvil.developmentKey(9).address(), BlockTag.LATEST)).isPositive();
    }
  }

  @Test
  void twoRunBesideEachOther() {
    try (Anvil first = Anvil.start();
        Anvil second = Anvil.start()) {
      assertThat(first.port()).isNotEqualTo(second.port());
    }
  }

  @Test
  void saysThatAPortIsTaken() {
    try (Anvil first = Anvil.start()) {
      assertThatThrownBy(() -> Anvil.start(AnvilOptions.standard().withPort(first.port())))
          .isInstanceOfSatisfying(
              EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PORT_IN_USE));
    }
  }

  @Test
  void keepsItsStateAcrossLives(@TempDir Path folder) {
    AnvilOptions options = AnvilOptions.standard().withState(folder.resolve("chain.json"));
    Address payee = Address.fromHex("0x00000000000000000000000000000000000000aa");
    try (Anvil anvil = Anvil.start(options);
        EthereumRpc rpc = new EthereumRpc(anvil.url())) {
      new EthereumAccount(rpc, Anvil.developmentKey(0))
          .execute(Call.transfer(payee, BigInteger.TEN));
    }
    try (Anvil anvil = Anvil.start(options);
        EthereumRpc rpc = new EthereumRpc(anvil.url())) {
      assertThat(rpc.balance(payee, BlockTag.LATEST)).isEqualTo(BigInteger.TEN);
      assertThat(rpc.blockNumber()).isEqualTo(1);
    }
  }

  @Test
  void leavesNoProcessBehindWhenClosed() {
    List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
    Anvil anvil = Anvil.start();
    List<ProcessHandle> started =
        ProcessHandle.current().descendants().filter(each -> !before.contains(each)).toList();
    assertThat(started).isNotEmpty();
    anvil.close();
    assertThat(anvil.isAlive()).isFalse();
    assertThat(started).allSatisfy(process -> assertThat(ended(process)).isTrue());
  }

  @Test
  void endsWithTheVirtualMachineThatStartedItEvenWhenThatIsKilled() throws Exception {
    Process machine =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-XX:TieredStopAtLevel=1",
                AnvilOwner.class.getName())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(machine.getInputStream(), StandardCharsets.UTF_8))) {
      String line = Optional.ofNullable(output.readLine()).orElse("");
      assertThat(line).startsWith("started ");
      List<ProcessHandle> started = machine.descendants().toList();
      assertThat(started).isNotEmpty();
      machine.destroyForcibly().waitFor();
      assertThat(started).allSatisfy(process -> assertThat(ended(process)).isTrue());
    }
  }

  /** A program that starts an anvil and then waits to be killed. */
  static final class AnvilOwner {
    private AnvilOwner() {}

    public static void main(String[] arguments) throws Exception {
      Anvil anvil = Anvil.start();
      System.out.println("started " + anvil.url());
      System.out.flush();
      Thread.currentThread().join();
    }
  }

  @Test
  void saysWhatToInstallWhenItIsMissing(@TempDir Path empty) {
    String home = System.getProperty("enigma.home");
    System.setProperty("enigma.home", empty.toString());
    try {
      assertThatThrownBy(Anvil::start)
          .isInstanceOfSatisfying(
              EnigmaException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.ANVIL_MISSING);
                assertThat(e.code().remedy()).contains("npm ci");
              });
    } finally {
      if (home == null) {
        System.clearProperty("enigma.home");
      } else {
        System.setProperty("enigma.home", home);
      }
    }
  }

  private static boolean ended(ProcessHandle process) {
    try {
      process.onExit().get(120, TimeUnit.SECONDS);
      return true;
    } catch (Exception e) {
      return !process.isAlive();
    }
  }
}

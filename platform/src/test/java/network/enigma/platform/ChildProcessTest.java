package network.enigma.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.SharedResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How an enclave process lives and ends. */
@Timeout(300)
class ChildProcessTest {
  @TempDir Path directory;

  private ChildProcessChannel start() {
    return new ChildProcessChannel(Role.KEY_MANAGER, Mode.SIMULATION, directory);
  }

  private static void kill(ProcessHandle process, String signal) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor())
        .isZero();
  }

  @Test
  void itEndsWhenItsChannelIsClosed() throws Exception {
    ChildProcessChannel channel = start();
    ProcessHandle process = channel.process();
    channel.close();
    process.onExit().get(60, TimeUnit.SECONDS);
  }

  @Test
  void afterSigkillTheNextCallFindsAnEnclaveThatKnowsNothing() throws Exception {
    try (ChildProcessChannel channel = start()) {
      SharedResponse.Identity before = Asked.configure(channel, Bytes.empty());
      ProcessHandle process = channel.process();
      kill(process, "KILL");
      process.onExit().get(60, TimeUnit.SECONDS);
      Asked.refuses(channel, new KeyManagerRequest.RequestHeads(), ErrorCode.NOT_CONFIGURED);
      assertThat(channel.incarnation()).isEqualTo(2);
      assertThat(Asked.configure(channel, before.sealedState()).enclave())
          .isEqualTo(before.enclave());
    }
  }

  @Test
  void aRestoredKeyManagerKnowsThatItWasRestarted() throws Exception {
    try (ChildProcessChannel channel = start()) {
      SharedResponse.Identity before = Asked.configure(channel, Bytes.empty());
      kill(channel.process(), "KILL");
      channel.process().onExit().get(60, TimeUnit.SECONDS);
      Asked.configure(channel, before.sealedState());
      Asked.refuses(
          channel,
          new KeyManagerRequest.AcknowledgeHead(
              new network.enigma.tee.message.HeadAnchor(
                      network.enigma.protocol.Bytes32.zero(),
                      new network.enigma.tee.message.KnownHead(
                          1, 1, network.enigma.protocol.Bytes32.zero()),
                      1,
                      network.enigma.protocol.Bytes32.zero())
                  .sign(
                      network.enigma.tee.EnclaveIdentity.generate(
                          network.enigma.tee.Entropy.secure()),
                      Asked.CONFIG.hash()),
              java.util.Optional.empty()),
          ErrorCode.HEADS_UNKNOWN);
    }
  }

  @Test
  void aCallThatWaitsWhenTheProcessDiesIsToldSo() throws Exception {
    try (ChildProcessChannel channel = start();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ProcessHandle process = channel.process();
      // Stopped, it answers nothing, so the call is still open when it dies.
      kill(process, "STOP");
      var call = threads.submit(() -> Asked.isStopped(channel));
      kill(process, "KILL");
      call.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void closingDoesNotWaitForAProcessThatHangs() throws Exception {
    ChildProcessChannel channel = start();
    ProcessHandle process = channel.process();
    kill(process, "STOP");
    channel.close();
    process.onExit().get(60, TimeUnit.SECONDS);
  }

  @Test
  void itEndsWhenItsHostIsKilled() throws Exception {
    Process host =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                HostMain.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    ProcessHandle enclave;
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(host.getInputStream(), StandardCharsets.UTF_8))) {
      String line = output.readLine();
      assertThat(line).isNotNull();
      enclave = ProcessHandle.of(Long.parseLong(line)).orElseThrow();
      host.destroyForcibly().waitFor();
    } finally {
      host.destroyForcibly();
    }
    enclave.onExit().get(60, TimeUnit.SECONDS);
  }

  @Test
  void nothingIsLoggedWhileNothingGoesWrong() throws Exception {
    try (ChildProcessChannel channel = start()) {
      Asked.configure(channel, Bytes.empty());
      Asked.master(channel, 1);
    }
    assertThat(logged()).isEmpty();
  }

  private String logged() throws IOException {
    return Files.readString(directory.resolve(ChildProcessChannel.LOG), StandardCharsets.UTF_8);
  }
}

package network.enigma.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.protocol.channel.WorkerResponse;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rule T1: the same enclave behind the same channel, wherever it runs. */
class EnclaveChannelTest {
  @TempDir Path directory;

  private EnclaveChannel keyManager(Placement placement) {
    return Enclaves.start(Role.KEY_MANAGER, Mode.SIMULATION, directory, placement);
  }

  @ParameterizedTest
  @EnumSource
  void anEnclaveKnowsNothingBeforeItIsConfigured(Placement placement) {
    try (EnclaveChannel channel = keyManager(placement)) {
      Asked.refuses(channel, new KeyManagerRequest.GenerateMaster(1), ErrorCode.NOT_CONFIGURED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerEnclaveAnswersToo(Placement placement) {
    try (EnclaveChannel channel =
        Enclaves.start(Role.WORKER, Mode.SIMULATION, directory, placement)) {
      assertThat(
              WorkerResponse.decode(
                  channel.call(new SharedRequest.Configure(Asked.CONFIG, Bytes.empty()).encode())))
          .isInstanceOf(SharedResponse.Identity.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anotherEnclaveOnTheSameMachineOpensWhatTheFirstSealed(Placement placement) {
    SharedResponse.Identity first;
    Bytes sealedState;
    try (EnclaveChannel channel = keyManager(placement)) {
      first = Asked.configure(channel, Bytes.empty());
      sealedState = Asked.master(channel, 1).sealedState();
    }
    try (EnclaveChannel channel = keyManager(placement)) {
      assertThat(Asked.configure(channel, sealedState).enclave()).isEqualTo(first.enclave());
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasSealedOpensInNoOtherDirectory(Placement placement) {
    Bytes sealedState;
    try (EnclaveChannel channel = keyManager(placement)) {
      sealedState = Asked.configure(channel, Bytes.empty()).sealedState();
    }
    try (EnclaveChannel channel =
        Enclaves.start(
            Role.KEY_MANAGER, Mode.SIMULATION, directory.resolve("elsewhere"), placement)) {
      Asked.refuses(
          channel,
          new SharedRequest.Configure(Asked.CONFIG, sealedState),
          ErrorCode.SEALED_STATE_UNREADABLE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void manyCallAtTheSameTimeAndEachGetsItsOwnAnswer(Placement placement) throws Exception {
    try (EnclaveChannel channel = keyManager(placement);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Asked.configure(channel, Bytes.empty());
      List<Callable<Long>> calls =
          LongStream.range(0, 100)
              .<Callable<Long>>mapToObj(
                  generation -> () -> Asked.master(channel, generation).generation())
              .toList();
      long expected = 0;
      for (var answer : threads.invokeAll(calls)) {
        assertThat(answer.get()).isEqualTo(expected++);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void hostAndEnclaveShareNoBytes(Placement placement) {
    try (EnclaveChannel channel = keyManager(placement)) {
      byte[] request = new SharedRequest.Configure(Asked.CONFIG, Bytes.empty()).encode();
      byte[] answer = channel.call(request);
      byte[] copy = answer.clone();
      request[5]++;
      answer[5]++;
      // The identity is the same; only the fresh seal differs, which lies behind it.
      assertThat(Asked.configure(channel, Bytes.empty()).enclave().toByteArray())
          .isEqualTo(java.util.Arrays.copyOfRange(copy, 1, 21));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClosedChannelSaysSo(Placement placement) {
    EnclaveChannel channel = keyManager(placement);
    channel.close();
    channel.close();
    Asked.isStopped(channel);
  }

  @ParameterizedTest
  @EnumSource
  void nothingStartsInHardwareModeWithoutHardware(Placement placement) {
    assertThatThrownBy(() -> Enclaves.start(Role.KEY_MANAGER, Mode.HARDWARE, directory, placement))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HARDWARE_MISSING));
  }

  @ParameterizedTest
  @EnumSource
  void theSimulatedSealingKeySaysWhatItIs(Placement placement) throws Exception {
    keyManager(placement).close();
    assertThat(
            Files.readString(directory.resolve(SimulatedSealingKey.FILE), StandardCharsets.UTF_8))
        .contains("simulated", "in the open");
  }
}

package network.enigma.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;

/** What tests ask enclaves. */
final class Asked {
  static final NetworkConfig CONFIG =
      new NetworkConfig(
          NetworkConfig.Mode.SIMULATION,
          NetworkConfig.HeaderSource.NODE,
          NetworkConfig.FinalityRule.LATEST_K,
          0,
          31337,
          Bytes32.zero(),
          Bytes32.zero(),
          Address.zero(),
          Bytes32.zero(),
          NetworkConfig.Parameters.testnet(1));

  private Asked() {}

  static KeyManagerResponse ask(EnclaveChannel channel, KeyManagerRequest request) {
    return KeyManagerResponse.decode(channel.call(request.encode()));
  }

  static SharedResponse.Identity configure(EnclaveChannel channel, Bytes sealedState) {
    KeyManagerResponse answer = ask(channel, new SharedRequest.Configure(CONFIG, sealedState));
    assertThat(answer).isInstanceOf(SharedResponse.Identity.class);
    return (SharedResponse.Identity) answer;
  }

  static KeyManagerResponse.MasterHeld master(EnclaveChannel channel, long generation) {
    KeyManagerResponse answer = ask(channel, new KeyManagerRequest.GenerateMaster(generation));
    assertThat(answer).isInstanceOf(KeyManagerResponse.MasterHeld.class);
    return (KeyManagerResponse.MasterHeld) answer;
  }

  static void refuses(EnclaveChannel channel, KeyManagerRequest request, ErrorCode code) {
    assertThat(ask(channel, request))
        .isInstanceOfSatisfying(
            SharedResponse.Failure.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }

  static void isStopped(EnclaveChannel channel) {
    assertThatThrownBy(() -> channel.call(new KeyManagerRequest.RequestHeads().encode()))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ENCLAVE_STOPPED));
  }
}

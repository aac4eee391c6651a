package network.enigma.keymanager;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import network.enigma.attestation.simulation.SimulatedAuthority;
import network.enigma.ethereum.storage.KeyManagerSlots;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.tee.Entropy;
import network.enigma.tee.EvidenceSource;
import network.enigma.tee.Machine;
import network.enigma.tee.model.ModelChain;

/** A key-manager enclave and its host, which keeps the sealed state and speaks to it in bytes. */
final class Member {
  private final Machine machine;
  private final NetworkConfig config;
  private final ModelChain chain;
  private KeyManagerEnclave enclave;
  private Bytes sealedState = Bytes.empty();
  private Address address = Address.zero();

  Member(NetworkConfig config, ModelChain chain) {
    this(
        config,
        chain,
        reportData ->
            SimulatedAuthority.evidence(Role.KEY_MANAGER, reportData, chain.tip().timestamp()));
  }

  Member(NetworkConfig config, ModelChain chain, EvidenceSource evidence) {
    this.machine =
        new Machine(
            NetworkConfig.Mode.SIMULATION,
            SimulatedAuthority.measurement(Role.KEY_MANAGER),
            Entropy.secure(),
            SecretBytes.random(32),
            evidence);
    this.config = config;
    this.chain = chain;
    this.enclave = new KeyManagerEnclave(machine);
    configure();
  }

  private Member(Machine machine, NetworkConfig config, ModelChain chain, Bytes sealedState) {
    this.machine = machine;
    this.config = config;
    this.chain = chain;
    this.sealedState = sealedState;
    this.enclave = new KeyManagerEnclave(machine);
    configure();
  }

  /** The process ends and another one starts with what the host kept. */
  void restart() {
    enclave = new KeyManagerEnclave(machine);
    configure();
    follow();
  }

  /** Another process with what the host kept, while this one runs on. */
  Member secondProcess() {
    Member second = new Member(machine, config, chain, sealedState);
    second.follow();
    return second;
  }

  private void configure() {
    SharedResponse.Identity identity =
        ask(new SharedRequest.Configure(config, sealedState), SharedResponse.Identity.class);
    address = identity.enclave();
    sealedState = identity.sealedState();
  }

  /** What lets a member of the first generation count. */
  KeyManagerRequest.CountAsFounder founding() {
    return new KeyManagerRequest.CountAsFounder(chain.proof(KeyManagerSlots.founder(address)));
  }

  Address address() {
    return address;
  }

  Bytes sealedState() {
    return sealedState;
  }

  Machine machine() {
    return machine;
  }

  /** Shows the enclave the whole chain; it skips what it holds. */
  void follow() {
    ask(new SharedRequest.AdvanceHeaders(chain.headersAfter(0)), SharedResponse.ChainTip.class);
  }

  byte[] askBytes(byte[] request) {
    return enclave.handle(request.clone());
  }

  KeyManagerResponse ask(KeyManagerRequest request) {
    KeyManagerResponse response = KeyManagerResponse.decode(askBytes(request.encode()));
    if (response instanceof KeyManagerResponse.MasterHeld held) {
      sealedState = held.sealedState();
    }
    return response;
  }

  <T extends KeyManagerResponse> T ask(KeyManagerRequest request, Class<T> expected) {
    KeyManagerResponse response = ask(request);
    assertThat(response).isInstanceOf(expected);
    return expected.cast(response);
  }

  Bytes message(KeyManagerRequest request) {
    return ask(request, KeyManagerResponse.Message.class).message();
  }

  void refuses(KeyManagerRequest request, ErrorCode code) {
    SharedResponse.Failure failure = ask(request, SharedResponse.Failure.class);
    assertThat(List.of(failure.code(), failure.message()))
        .first()
        .as(failure.message())
        .isEqualTo(code);
  }
}

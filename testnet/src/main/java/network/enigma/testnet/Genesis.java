package network.enigma.testnet;

import java.util.ArrayList;
import java.util.List;
import network.enigma.attestation.simulation.SimulatedAuthority;
import network.enigma.chain.Call;
import network.enigma.chain.EthereumAccount;
import network.enigma.contracts.Enigma;
import network.enigma.node.keymanager.KeyManagerNode;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Role;

/**
 * How a network begins (rule K5): governance lists the programs and the key managers and publishes
 * the first generation; the first key manager makes the master secret, the others fetch it from
 * there by sealed messages.
 */
final class Genesis {
  private static final long GENERATION = 1;
  private static final int THRESHOLD = 1;
  private static final Bytes32 NONCE = Keccak.hashText("enigma testnet listing");
  private static final long GAS = 6_000_000;

  private final EthereumAccount governor;
  private final NetworkConfig config;
  private final Runnable finality;

  /**
   * @param finality makes what is on the chain final
   */
  Genesis(EthereumAccount governor, NetworkConfig config, Runnable finality) {
    this.governor = governor;
    this.config = config;
    this.finality = finality;
  }

  void run(List<KeyManagerNode> keyManagers) {
    KeyManagerNode first = keyManagers.getFirst();
    Bytes32 checkHash = first.generateMaster(GENERATION);
    List<byte[]> calls = new ArrayList<>();
    calls.add(Enigma.addMeasurement(measurement(Role.KEY_MANAGER), Role.KEY_MANAGER.number(), 0));
    calls.add(Enigma.addMeasurement(measurement(Role.WORKER), Role.WORKER.number(), 0));
    for (KeyManagerNode keyManager : keyManagers) {
      calls.add(
          Enigma.addKeyManager(
              keyManager.enclave().toByteArray(),
              keyManager.endpoint().operator().toByteArray(),
              measurement(Role.KEY_MANAGER),
              keyManager.evidence(NONCE).bundle().core().toByteArray()));
    }
    calls.add(
        Enigma.publishGeneration(
            0,
            THRESHOLD,
            keyManagers.size() / 2 + 1,
            keyManagers.stream()
                .map(KeyManagerNode::enclave)
                .sorted()
                .map(Address::toByteArray)
                .toList(),
            checkHash.toByteArray()));
    governor.execute(Call.of(config.enigma(), Enigma.multicall(calls)).withGasLimit(GAS));
    finality.run();
    keyManagers
        .subList(1, keyManagers.size())
        .forEach(later -> later.fetchMaster(GENERATION, first.endpoint()));
  }

  private static byte[] measurement(Role role) {
    return SimulatedAuthority.measurement(role).toByteArray();
  }
}

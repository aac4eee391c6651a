package network.enigma.enclave;

import network.enigma.protocol.NetworkConfig;

/** Network parameters that differ from a test network's in one respect. */
final class TestbedParameters {
  private static final NetworkConfig.Parameters TESTNET = NetworkConfig.Parameters.testnet(3);

  private TestbedParameters() {}

  static NetworkConfig.Parameters withStateBytes(long maxStateBytes) {
    return new NetworkConfig.Parameters(
        TESTNET.epochBlocks(),
        TESTNET.tenureEpochs(),
        TESTNET.failoverBlocks(),
        TESTNET.maxOrderBlocks(),
        TESTNET.maxBatchAge(),
        TESTNET.maxHeaderLag(),
        TESTNET.minBackups(),
        TESTNET.drawDelay(),
        TESTNET.maxLeases(),
        maxStateBytes,
        TESTNET.maxTaskGas(),
        TESTNET.minGasPrice(),
        TESTNET.baseGas(),
        TESTNET.callbackRate());
  }
}

package network.enigma.testnet;

import java.math.BigInteger;
import java.util.List;
import network.enigma.chain.BlockTag;
import network.enigma.chain.Call;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.contracts.Enigma;
import network.enigma.contracts.EnigmaRegistry;
import network.enigma.contracts.EnigmaToken;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;

/**
 * Puts the contracts of a simulated network on a development chain and fixes the network's
 * configuration (rule T3).
 */
final class ContractDeployment {
  /** All ENG there is, in units of 10⁻⁸: 150 million ENG. */
  static final long SUPPLY = 15_000_000_000_000_000L;

  /** ENG of a seat: 1,000. */
  static final long SEAT_UNIT = 100_000_000_000L;

  private static final int MAX_SEATS = 100;
  private static final long CREATION_GAS = 12_000_000;

  private final EthereumRpc rpc;
  private final EthereumAccount deployer;

  /** Where everything is. */
  record Deployed(NetworkConfig config, Address token, Address forwarder) {}

  ContractDeployment(EthereumRpc rpc, EthereumAccount deployer) {
    this.rpc = rpc;
    this.deployer = deployer;
  }

  /**
   * Deploys the contracts of a new network.
   *
   * @param finalityBlocks blocks behind the newest that count as final (finality rule latest-k)
   */
  Deployed deploy(NetworkConfig.Parameters parameters, int finalityBlocks) {
    byte[] owner = deployer.address().toByteArray();
    EthereumAccount.Sent token = create(EnigmaToken.deployment(owner, SUPPLY));
    byte[] tokenAddress = token.contractAddress().toByteArray();
    EthereumAccount.Sent registry =
        create(EnigmaRegistry.deployment(enigmaParameters(parameters), tokenAddress));
    EthereumAccount.Sent enigma =
        create(
            Enigma.deployment(
                enigmaParameters(parameters),
                tokenAddress,
                registry.contractAddress().toByteArray(),
                owner));
    List.of(token, registry, enigma).forEach(EthereumAccount.Sent::await);
    Address address = enigma.contractAddress();
    NetworkConfig config = config(parameters, finalityBlocks, address);
    deployer.execute(Call.of(address, Enigma.setNetworkHash(config.hash().toByteArray())));
    return new Deployed(config, token.contractAddress(), forwarder(address));
  }

  /** The contracts of a network that was deployed before. */
  Deployed find(NetworkConfig config) {
    Address token =
        Address.of(
            Enigma.Results.token(
                rpc.callContract(
                        config.enigma(),
                        network.enigma.protocol.Bytes.of(Enigma.token()),
                        BlockTag.LATEST)
                    .toByteArray()));
    return new Deployed(config, token, forwarder(config.enigma()));
  }

  private EthereumAccount.Sent create(byte[] creationCode) {
    return deployer.send(Call.deployment(creationCode).withGasLimit(CREATION_GAS));
  }

  private Address forwarder(Address enigma) {
    return Address.of(
        Enigma.Results.forwarder(
            rpc.callContract(
                    enigma, network.enigma.protocol.Bytes.of(Enigma.forwarder()), BlockTag.LATEST)
                .toByteArray()));
  }

  private NetworkConfig config(
      NetworkConfig.Parameters parameters, int finalityBlocks, Address enigma) {
    BlockHeader latest = rpc.header(BlockTag.LATEST).orElseThrow();
    Bytes32 genesis = rpc.header(BlockTag.of(0)).orElseThrow().hash();
    return new NetworkConfig(
        NetworkConfig.Mode.SIMULATION,
        NetworkConfig.HeaderSource.NODE,
        NetworkConfig.FinalityRule.LATEST_K,
        finalityBlocks,
        rpc.chainId(),
        genesis,
        latest.hash(),
        enigma,
        Keccak.hash(rpc.code(enigma, BlockTag.LATEST)),
        parameters);
  }

  /** Gives ENG, and a balance inside Enigma, to accounts in one approval and two calls each. */
  void fund(Deployed network, List<Address> accounts, long tokens, long deposit) {
    Address token = network.token();
    Address enigma = network.config().enigma();
    long total = Math.multiplyExact(deposit, accounts.size());
    List<Call> calls = new java.util.ArrayList<>();
    calls.add(
        Call.of(token, EnigmaToken.approve(enigma.toByteArray(), BigInteger.valueOf(total)))
            .withGasLimit(100_000));
    for (Address account : accounts) {
      if (tokens > 0 && !account.equals(deployer.address())) {
        calls.add(
            Call.of(token, EnigmaToken.transfer(account.toByteArray(), BigInteger.valueOf(tokens)))
                .withGasLimit(100_000));
      }
      if (deposit > 0) {
        calls.add(
            Call.of(enigma, Enigma.depositFor(account.toByteArray(), deposit))
                .withGasLimit(200_000));
      }
    }
    deployer.execute(calls);
  }

  private static Enigma.Parameters enigmaParameters(NetworkConfig.Parameters p) {
    long leaveDelay = p.maxOrderBlocks() + p.maxBatchAge();
    return new Enigma.Parameters(
        0,
        p.epochBlocks(),
        p.tenureEpochs(),
        p.failoverBlocks(),
        p.maxOrderBlocks(),
        p.maxBatchAge(),
        p.maxHeaderLag(),
        p.minBackups(),
        p.drawDelay(),
        p.maxLeases(),
        p.maxStateBytes(),
        p.maxTaskGas(),
        SEAT_UNIT,
        MAX_SEATS,
        2 * leaveDelay,
        leaveDelay,
        p.minGasPrice(),
        p.baseGas(),
        1_000,
        100_000,
        10_000,
        p.callbackRate(),
        10_000,
        100_000_000,
        100_000_000,
        0,
        0);
  }
}

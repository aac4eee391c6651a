package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import network.enigma.chain.EthereumRpc;
import network.enigma.client.DeployOptions;
import network.enigma.client.EnigmaClient;
import network.enigma.client.RealmOptions;
import network.enigma.client.SecretContract;
import network.enigma.client.rpc.NodeConnection;
import network.enigma.protocol.Address;
import network.enigma.protocol.Eip712Domain;
import network.enigma.protocol.crypto.SigningKey;
import network.enigma.testnet.Testnet;

/** A testnet on free ports for tests, with clients that are closed with it. */
final class Network implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Path userDirectory;
  private final Testnet testnet;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<EnigmaClient> clients = new ArrayList<>();

  private Network(Path userDirectory, Testnet testnet) {
    this.userDirectory = userDirectory;
    this.testnet = testnet;
  }

  /** Three workers, three key managers, blocks of a second. */
  static Network start() {
    return start(options -> options);
  }

  static Network start(UnaryOperator<Testnet.Builder> options) {
    try {
      Path userDirectory = Files.createTempDirectory("enigma-acceptance-");
      return new Network(
          userDirectory,
          options.apply(Testnet.builder().userDirectory(userDirectory).anyPorts()).start());
    } catch (IOException e) {
      throw new IllegalStateException("no temporary directory", e);
    }
  }

  /** The installation: the folder with the Node packages and the launcher. */
  static Path home() {
    return Path.of(System.getProperty("enigma.home", "..")).toAbsolutePath().normalize();
  }

  /** Where the commands of a user find the network. */
  Path userDirectory() {
    return userDirectory;
  }

  Testnet testnet() {
    return testnet;
  }

  SigningKey key(int account) {
    return testnet.accounts().get(account).key();
  }

  Eip712Domain domain() {
    return new Eip712Domain(testnet.chainId(), testnet.enigma());
  }

  EnigmaClient client(int account) {
    return client(account, builder -> {});
  }

  EnigmaClient client(int account, Consumer<EnigmaClient.Builder> options) {
    return clientOfTheChain(account, options.andThen(each -> each.nodes(testnet.nodeUrls())));
  }

  /** A client that soon asks another node than one that is silent. */
  EnigmaClient impatientClient(int account) {
    return client(account, builder -> builder.nodeTimeout(Duration.ofSeconds(3)));
  }

  /** A secret ERC-20 of the client's account in a realm of its own. */
  static SecretContract deployToken(EnigmaClient client, long supply) {
    return deployToken(client, supply, RealmOptions.DEFAULT);
  }

  /** A secret ERC-20 in a realm that is opened so. */
  static SecretContract deployToken(EnigmaClient client, long supply, RealmOptions opening) {
    return client
        .deploy(
            client.compiler().compileSample("samples/SecretToken.sol"),
            List.of(BigInteger.valueOf(supply)),
            DeployOptions.DEFAULT.opening(opening))
        .await();
  }

  /** A client that is given the chain and the contract, and no node. */
  EnigmaClient clientOfTheChain(int account) {
    return clientOfTheChain(account, builder -> {});
  }

  private synchronized EnigmaClient clientOfTheChain(
      int account, Consumer<EnigmaClient.Builder> options) {
    EnigmaClient.Builder builder =
        EnigmaClient.builder()
            .ethereum(testnet.ethereumUrl())
            .enigma(testnet.enigma())
            .account(key(account))
            .home(home())
            .allowSimulated();
    options.accept(builder);
    EnigmaClient client = builder.build();
    clients.add(client);
    return client;
  }

  /**
   * Waits until the enclaves of all nodes have the chain's newest block: they follow it, each at
   * its own pace, and go by the newest that they have.
   */
  void awaitNewestBlock() {
    long newest;
    try (EthereumRpc rpc = new EthereumRpc(testnet.ethereumUrl())) {
      newest = rpc.blockNumber();
    }
    Instant deadline = Instant.now().plus(PATIENCE);
    for (URI node : testnet.nodeUrls()) {
      while (Long.decode(EnigmaClient.nodeStatus(node).path("headerNumber").asText()) < newest) {
        assertThat(Instant.now()).as("%s has block %d", node, newest).isBefore(deadline);
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    }
  }

  /** The position of the node whose enclave holds the contract's realm. */
  int holder(EnigmaClient client, SecretContract contract) {
    Address enclave = Address.of(client.worker(client.realm(contract.realm()).worker()).enclave());
    List<URI> nodes = testnet.nodeUrls();
    for (int i = 0; i < nodes.size(); i++) {
      String word = EnigmaClient.nodeStatus(nodes.get(i)).path("enclave").asText();
      if (Address.fromHex(word).equals(enclave)) {
        return i;
      }
    }
    throw new AssertionError("no node has the enclave " + enclave.hex());
  }

  /** Raw JSON-RPC to one node, for what the client library would not send. */
  NodeConnection node(int index) {
    return new NodeConnection(testnet.nodeUrls().get(index), http, ANSWER);
  }

  @Override
  public synchronized void close() throws IOException {
    clients.forEach(EnigmaClient::close);
    http.close();
    testnet.close();
    try (Stream<Path> files = Files.walk(userDirectory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

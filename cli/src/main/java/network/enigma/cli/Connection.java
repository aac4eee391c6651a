package network.enigma.cli;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import network.enigma.client.ClientEvent;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.store.ClientStore;
import network.enigma.client.store.ContractRecord;
import network.enigma.client.store.FileClientStore;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.crypto.SigningKey;
import network.enigma.testnet.TestAccount;
import network.enigma.testnet.TestnetRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * Options that say which network and which account; each also an environment variable, else the
 * running testnet is used.
 */
final class Connection {
  @Spec(Target.MIXEE)
  CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--rpc",
      paramLabel = "URL",
      description =
          "Enigma node, several separated by commas (ENIGMA_RPC; default: those the contract's"
              + " registry names if --eth-rpc and --enigma are given, else the running testnet's).")
  @Nullable String rpc;

  @Option(names = "--eth-rpc", paramLabel = "URL", description = "Ethereum endpoint (ETH_RPC).")
  @Nullable String ethereum;

  @Option(
      names = "--enigma",
      paramLabel = "ADDRESS",
      description = "The Enigma contract (ENIGMA_ADDRESS).")
  @Nullable String enigma;

  @Option(
      names = {"-a", "--account"},
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Which account pays and asks: a position in ENIGMA_ACCOUNTS (private keys, separated by"
              + " commas), or of the testnet's accounts. Default: ${DEFAULT-VALUE}.")
  int account;

  @Option(
      names = "--allow-simulated",
      description =
          "Use a network with simulated enclaves although it is not this user's testnet"
              + " (ENIGMA_ALLOW_SIMULATED=1).")
  boolean allowSimulated;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "How long to wait. Default: ${DEFAULT-VALUE}.")
  int timeout;

  private Map<String, String> environment() {
    return EnigmaCommand.environment(spec);
  }

  /** Where this user's testnets, contracts and tasks are kept. */
  static Path userDirectory(Map<String, String> environment) {
    String directory = environment.get("ENIGMA_HOME");
    return directory != null
        ? Path.of(directory)
        : Path.of(System.getProperty("user.home"), ".enigma");
  }

  private @Nullable String given(@Nullable String option, String variable) {
    return option != null ? option : environment().get(variable);
  }

  private Optional<TestnetRecord> testnet() {
    return TestnetRecord.latest(userDirectory(environment()));
  }

  private TestnetRecord runningTestnet(String missing) {
    return testnet()
        .orElseThrow(() ->
            new EnigmaException(
                ErrorCode.NO_TESTNET,
                "no testnet of this user runs, and %s is not given".formatted(missing)));
  }

  /** The running testnet, for commands that only make sense on one. */
  TestnetRecord requireTestnet() {
    return runningTestnet("another network");
  }

  URI ethereumUrl() {
    String text = given(ethereum, "ETH_RPC");
    return text != null ? url(text) : runningTestnet("--eth-rpc").ethereum();
  }

  List<URI> nodeUrls() {
    String text = given(rpc, "ENIGMA_RPC");
    if (text != null) {
      return List.of(text.split(",", -1)).stream().map(Connection::url).toList();
    }
    boolean elsewhere =
        given(ethereum, "ETH_RPC") != null && given(enigma, "ENIGMA_ADDRESS") != null;
    return elsewhere ? List.of() : runningTestnet("--rpc").nodes();
  }

  Address enigmaAddress() {
    String text = given(enigma, "ENIGMA_ADDRESS");
    return text != null ? address(text) : runningTestnet("--enigma").enigma();
  }

  static URI url(String text) {
    try {
      URI url = URI.create(text.strip());
      if (url.getHost() != null && String.valueOf(url.getScheme()).matches("https?")) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      throw notAUrl(text);
    }
    throw notAUrl(text);
  }

  private static EnigmaException notAUrl(String text) {
    return new EnigmaException(
        ErrorCode.INVALID_ARGUMENT, "'%s' is not an http or https URL".formatted(text));
  }

  static Address address(String text) {
    try {
      return Address.fromHex(text);
    } catch (EnigmaException e) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT,
          "'%s' is not an address of 20 bytes in hex".formatted(text),
          e);
    }
  }

  /** Keys of the accounts, in order. */
  List<SigningKey> keys() {
    String text = environment().get("ENIGMA_ACCOUNTS");
    if (text != null && !text.isBlank()) {
      return List.of(text.split(",", -1)).stream()
          .map(key -> SigningKey.fromHex(key.strip()))
          .toList();
    }
    return TestAccount.all().stream().map(TestAccount::key).toList();
  }

  SigningKey key(int position) {
    List<SigningKey> keys = keys();
    if (position < 0 || position >= keys.size()) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT,
          "there is no account %d; accounts are 0 to %d".formatted(position, keys.size() - 1));
    }
    return keys.get(position);
  }

  /** A client for the chosen account. */
  EnigmaClient connect() {
    return connect(account, new ProgressLines(EnigmaCommand.terminal(spec)));
  }

  /** A client for one of the accounts. */
  EnigmaClient connect(int position, Consumer<ClientEvent> listener) {
    boolean simulated =
        allowSimulated
            || "1".equals(environment().get("ENIGMA_ALLOW_SIMULATED"))
            || testnet().map(record -> record.ethereum().equals(ethereumUrl())).orElse(false);
    return EnigmaClient.builder()
        .ethereum(ethereumUrl())
        .nodes(nodeUrls())
        .enigma(enigmaAddress())
        .account(key(position))
        .allowSimulated(simulated)
        .store(store())
        .home(EnigmaCommand.home())
        .patience(Duration.ofSeconds(timeout))
        .keyPatience(Duration.ofSeconds(timeout))
        .listener(listener)
        .build();
  }

  private ClientStore store() {
    return new FileClientStore(
        userDirectory(environment()).resolve("client").resolve(enigmaAddress().hex()), true);
  }

  /** A contract by address, or by name where this user deployed it; of several the latest. */
  SecretContract contract(EnigmaClient client, String nameOrAddress) {
    if (nameOrAddress.startsWith("0x")) {
      return client.contract(address(nameOrAddress));
    }
    List<ContractRecord> known = store().contracts();
    return known.reversed().stream()
        .filter(record -> record.name().equals(nameOrAddress))
        .findFirst()
        .map(record -> client.contract(record.address()))
        .orElseThrow(() ->
            new EnigmaException(
                ErrorCode.NO_SUCH_CONTRACT,
                "no contract %s was deployed by this user on this network; known are %s"
                    .formatted(
                        nameOrAddress,
                        known.isEmpty()
                            ? "none"
                            : String.join(
                                ", ",
                                known.stream().map(ContractRecord::name).distinct().toList()))));
  }
}

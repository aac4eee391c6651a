package network.enigma.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import network.enigma.client.rpc.NodeConnection;
import network.enigma.client.rpc.TaskAnswer;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.DeployData;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Permit;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.crypto.Signature;
import org.jspecify.annotations.Nullable;

/**
 * The nodes a client knows: one that does not answer is left for the next, and when none of them
 * helps, the contract's registry names others.
 */
final class Nodes implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A holder's signed word. */
  record Accepted(long headerNumber, Signature signature) {}

  private final HttpClient http;
  private final Duration timeout;
  private final Function<Optional<Bytes32>, List<URI>> registry;
  private volatile List<NodeConnection> connections;
  private final AtomicInteger preferred = new AtomicInteger();
  private final HolderRoutes holders;

  /** The given nodes and no others. */
  Nodes(List<URI> urls, Duration timeout) {
    this(urls, timeout, realm -> List.of());
  }

  /**
   * @param urls nodes to ask first; may be empty
   * @param registry URLs of nodes that the contract names: those of the ranks of a realm first, if
   *     one is asked about
   */
  Nodes(List<URI> urls, Duration timeout, Function<Optional<Bytes32>, List<URI>> registry) {
    this.timeout = timeout;
    this.registry = registry;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
    this.connections = urls.stream().map(url -> new NodeConnection(url, http, timeout)).toList();
    this.holders = new HolderRoutes(() -> connections);
  }

  List<URI> urls() {
    return connections.stream().map(NodeConnection::url).toList();
  }

  /** The answer of the first node that answers; errors that are about the request are final. */
  JsonNode ask(
      String method, @Nullable JsonNode parameters, BiConsumer<URI, EnigmaException> passedOver) {
    return ask(preferred.get(), method, parameters, false, passedOver);
  }

  /**
   * As {@link #ask(String, JsonNode, BiConsumer)}, of the node that holds the realm first: others
   * would only pass the question on.
   */
  private JsonNode ask(
      Bytes32 realm,
      String method,
      @Nullable JsonNode parameters,
      boolean alone,
      BiConsumer<URI, EnigmaException> passedOver) {
    int usual = preferred.get();
    List<NodeConnection> known = connections;
    return ask(
        known.isEmpty() ? usual : holders.of(realm, known.get(usual)).orElse(usual),
        method,
        parameters,
        alone,
        (url, failure) -> {
          holders.forget(realm);
          passedOver.accept(url, failure);
        });
  }

  private JsonNode ask(
      int first,
      String method,
      @Nullable JsonNode parameters,
      boolean alone,
      BiConsumer<URI, EnigmaException> passedOver) {
    EnigmaException last =
        new EnigmaException(ErrorCode.NODE_UNREACHABLE, "no node's URL is known");
    boolean registryRead = false;
    Deque<NodeConnection> left = startingAt(first);
    while (true) {
      if (left.isEmpty()) {
        if (registryRead) {
          throw last;
        }
        registryRead = true;
        left.addAll(meet(realmOf(parameters), last));
        continue;
      }
      NodeConnection node = left.remove();
      try {
        JsonNode answer =
            alone ? node.callAlone(method, parameters) : node.call(method, parameters);
        if (node != connections.get(first)) {
          preferred.set(connections.indexOf(node));
        }
        return answer;
      } catch (EnigmaException e) {
        if (!anotherMayHelp(e.code())) {
          throw e;
        }
        last = e;
        passedOver.accept(node.url(), e);
      }
    }
  }

  private static Optional<Bytes32> realmOf(@Nullable JsonNode parameters) {
    if (parameters == null) {
      return Optional.empty();
    }
    String realm =
        parameters.path("realm").asText(parameters.path("order").path("realm").asText(""));
    return realm.isEmpty() ? Optional.empty() : Optional.of(Bytes32.fromHex(realm));
  }

  /** The nodes known, in the order in which to ask them. */
  private Deque<NodeConnection> startingAt(int first) {
    List<NodeConnection> known = connections;
    Deque<NodeConnection> order = new ArrayDeque<>(known.size());
    for (int i = 0; i < known.size(); i++) {
      order.add(known.get((first + i) % known.size()));
    }
    return order;
  }

  /**
   * Looks up the nodes in the contract; those that were not known are returned.
   *
   * @param failure why it is looked at; told as well if the registry cannot be read
   */
  private synchronized List<NodeConnection> meet(Optional<Bytes32> realm, EnigmaException failure) {
    List<URI> named;
    try {
      named = registry.apply(realm);
    } catch (EnigmaException e) {
      failure.addSuppressed(e);
      return List.of();
    }
    List<NodeConnection> all = new ArrayList<>(connections);
    List<NodeConnection> fresh = new ArrayList<>();
    for (URI url : named) {
      if (all.stream().noneMatch(each -> each.url().equals(url))) {
        NodeConnection node = new NodeConnection(url, http, timeout);
        all.add(node);
        fresh.add(node);
      }
    }
    connections = List.copyOf(all);
    return fresh;
  }

  static boolean anotherMayHelp(ErrorCode code) {
    return switch (code) {
      case NODE_UNREACHABLE,
          NODE_NOT_READY,
          HOLDER_UNREACHABLE,
          NOT_HOLDER,
          LEASE_REFUSED,
          LEASE_FENCED,
          TOO_MANY_REQUESTS,
          STORAGE_FULL,
          TIMEOUT,
          QUORUM_NOT_REACHED,
          ENCLAVE_STOPPED,
          INTERNAL,
          STORAGE_FAILED ->
          true;
      default -> false;
    };
  }

  JsonNode ask(String method, @Nullable JsonNode parameters) {
    return ask(method, parameters, (url, failure) -> {});
  }

  /** Hands an order over; empty where a posted order's block is not yet known to the enclave. */
  Optional<Accepted> submit(
      TaskOrder order,
      Bytes envelope,
      Optional<DeployData> deploy,
      Optional<Signature> signature,
      Optional<Permit.SignedSession> session,
      BiConsumer<URI, EnigmaException> passedOver) {
    ObjectNode parameters = JSON.createObjectNode();
    parameters.set("order", order(order));
    parameters.put("envelope", envelope.hex());
    deploy.ifPresent(data ->
        parameters
            .putObject("deploy")
            .put("code", data.code().hex())
            .put("dialect", quantity(data.dialect()))
            .put("authority", data.authority().hex())
            .put("delay", quantity(data.delay())));
    signature.ifPresent(value -> parameters.put("signature", value.hex()));
    session.ifPresent(signed ->
        parameters
            .putObject("session")
            .put("owner", signed.session().owner().hex())
            .put("key", signed.session().key().hex())
            .put("realm", signed.session().realm().hex())
            .put("notAfter", quantity(signed.session().notAfter()))
            .put("maxFee", quantity(signed.session().maxFee()))
            .put("epoch", quantity(signed.session().epoch()))
            .put("signature", signed.ownerSignature().hex()));
    JsonNode answer = ask(order.realm(), "enigma_submit", parameters, false, passedOver);
    if (!answer.hasNonNull("acceptance")) {
      return Optional.empty();
    }
    JsonNode acceptance = answer.path("acceptance");
    try {
      return Optional.of(
          new Accepted(
              Long.decode(acceptance.path("headerNumber").asText()),
              Signature.fromHex(acceptance.path("signature").asText())));
    } catch (NumberFormatException | EnigmaException e) {
      throw new EnigmaException(ErrorCode.BAD_PROOF, "the node's acceptance is malformed", e);
    }
  }

  private static ObjectNode order(TaskOrder order) {
    return JSON.createObjectNode()
        .put("sender", order.sender().hex())
        .put("realm", order.realm().hex())
        .put("target", order.target().hex())
        .put("kind", quantity(order.kind().number()))
        .put("codeHash", order.codeHash().hex())
        .put("inputHash", order.inputHash().hex())
        .put("gasLimit", quantity(order.gasLimit()))
        .put("gasPrice", quantity(order.gasPrice()))
        .put("expiry", quantity(order.expiry()))
        .put("salt", order.salt().hex());
  }

  private static String quantity(long number) {
    return "0x" + Long.toHexString(number);
  }

  /**
   * What the nodes know of a task; one that knows nothing is left for the next.
   *
   * @param wait how long the first node may wait for the task's result
   */
  TaskAnswer task(Bytes32 realm, Bytes32 taskId, Duration wait) {
    ObjectNode parameters =
        JSON.createObjectNode().put("realm", realm.hex()).put("taskId", taskId.hex());
    ObjectNode waiting =
        parameters
            .deepCopy()
            .put("wait", quantity(Math.min(wait.toMillis(), timeout.toMillis() / 2)));
    TaskAnswer answer =
        TaskAnswer.parse(ask(realm, "enigma_getTask", waiting, true, (url, failure) -> {}));
    List<NodeConnection> known = connections;
    for (int i = 1; answer.status() == TaskAnswer.Status.UNKNOWN && i < known.size(); i++) {
      NodeConnection other = known.get((preferred.get() + i) % known.size());
      try {
        answer = TaskAnswer.parse(other.call("enigma_getTask", parameters));
      } catch (EnigmaException e) {
        if (!anotherMayHelp(e.code())) {
          throw e;
        }
      }
    }
    return answer;
  }

  JsonNode query(Bytes32 realm, ObjectNode parameters) {
    return ask(realm, "enigma_query", parameters, false, (url, failure) -> {});
  }

  static ObjectNode parameters() {
    return JSON.createObjectNode();
  }

  List<JsonNode> workers() {
    List<JsonNode> workers = new ArrayList<>();
    ask("enigma_workers", null).forEach(workers::add);
    return workers;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}

package network.enigma.chain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * JSON-RPC 2.0 to an Ethereum endpoint over HTTP, blocking, for use by any number of threads.
 *
 * <p>An endpoint that does not answer, answers nonsense or refuses a request is {@link
 * ErrorCode#CHAIN_UNREACHABLE}; a contract that reverts is the code its custom error stands for,
 * with {@link Revert} as the cause, or {@link ErrorCode#TRANSACTION_FAILED}.
 */
public final class EthereumRpc implements AutoCloseable {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
  private static final int LARGEST_ANSWER = 256 << 20;
  private static final int LARGEST_BATCH = 100;

  private final URI endpoint;
  private final Duration timeout;
  private final HttpClient http;
  private final ObjectMapper json = new ObjectMapper();

  /** One request of a batch. */
  public record Request(String method, List<@Nullable Object> parameters) {
    public static Request of(String method, @Nullable Object... parameters) {
      return new Request(method, Arrays.asList(parameters));
    }
  }

  /** A connection with the usual time limit of 30 seconds a request. */
  public EthereumRpc(URI endpoint) {
    this(endpoint, DEFAULT_TIMEOUT);
  }

  /** A connection; nothing is sent before the first request. */
  public EthereumRpc(URI endpoint, Duration timeout) {
    this.endpoint = endpoint;
    this.timeout = timeout;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /** The endpoint's address. */
  public URI endpoint() {
    return endpoint;
  }

  /** The result of one request. */
  public JsonNode call(String method, @Nullable Object... parameters) {
    return exchange(Request.of(method, parameters)).orThrow();
  }

  /**
   * The results of several requests made at once, in their order; throws for the first that failed.
   */
  public List<JsonNode> batch(List<Request> requests) {
    return exchange(requests).stream().map(RpcReply::orThrow).toList();
  }

  /** What the endpoint answered to one request. */
  public RpcReply exchange(Request request) {
    ObjectNode message = message(request, 0);
    return reply(request, post(message));
  }

  /** What the endpoint answered to each of several requests, in their order. */
  public List<RpcReply> exchange(List<Request> requests) {
    List<RpcReply> replies = new ArrayList<>(requests.size());
    for (int from = 0; from < requests.size(); from += LARGEST_BATCH) {
      replies.addAll(
          exchangeOnce(requests.subList(from, Math.min(requests.size(), from + LARGEST_BATCH))));
    }
    return replies;
  }

  private List<RpcReply> exchangeOnce(List<Request> requests) {
    if (requests.size() == 1) {
      return List.of(exchange(requests.getFirst()));
    }
    ArrayNode messages = json.createArrayNode();
    for (int i = 0; i < requests.size(); i++) {
      messages.add(message(requests.get(i), i));
    }
    JsonNode answer = post(messages);
    if (!answer.isArray()) {
      // A refused batch is answered by one error object.
      throw ((RpcReply.Failure) failure("a batch of requests", answer.path("error"))).toException();
    }
    @Nullable RpcReply[] replies = new RpcReply[requests.size()];
    for (JsonNode each : answer) {
      int id = each.path("id").asInt(-1);
      if (id < 0 || id >= replies.length) {
        throw unreachable("answered a request that was not made", null);
      }
      replies[id] = reply(requests.get(id), each);
    }
    List<RpcReply> all = new ArrayList<>(replies.length);
    for (RpcReply reply : replies) {
      if (reply == null) {
        throw unreachable("did not answer every request of a batch", null);
      }
      all.add(reply);
    }
    return all;
  }

  // ------------------------------------------------------------------------------ common requests

  public long chainId() {
    return Quantity.number(call("eth_chainId"));
  }

  public long blockNumber() {
    return Quantity.number(call("eth_blockNumber"));
  }

  /**
   * The header of a block, or nothing if there is none yet; its hash is checked against its fields.
   */
  public Optional<BlockHeader> header(BlockTag block) {
    JsonNode node = call("eth_getBlockByNumber", block.text(), false);
    return node.isNull() ? Optional.empty() : Optional.of(HeaderJson.read(node));
  }

  /** The header of the block with that hash, or nothing if the endpoint has none. */
  public Optional<BlockHeader> header(Bytes32 hash) {
    JsonNode node = call("eth_getBlockByHash", hash.hex(), false);
    return node.isNull() ? Optional.empty() : Optional.of(HeaderJson.read(node));
  }

  /**
   * The headers of consecutive blocks, each the parent of the next.
   *
   * @throws EnigmaException {@link ErrorCode#CHAIN_REORGANISED} when the blocks the endpoint gave
   *     are not one chain or end early
   */
  public List<BlockHeader> headers(long from, long to) {
    List<Request> requests = new ArrayList<>();
    for (long number = from; number <= to; number++) {
      requests.add(Request.of("eth_getBlockByNumber", Quantity.of(number), false));
    }
    List<BlockHeader> headers = new ArrayList<>(requests.size());
    for (JsonNode node : batch(requests)) {
      BlockHeader header = node.isNull() ? null : HeaderJson.read(node);
      if (header == null
          || header.number() != from + headers.size()
          || (!headers.isEmpty() && !header.parentHash().equals(headers.getLast().hash()))) {
        throw new EnigmaException(
            ErrorCode.CHAIN_REORGANISED, "blocks " + from + " to " + to + " are not one chain");
      }
      headers.add(header);
    }
    return headers;
  }

  /** What a contract returns to a call that changes nothing. */
  public Bytes callContract(Address to, Bytes data, BlockTag block) {
    return callContract(Address.zero(), to, data, block);
  }

  /** What a contract returns to a call of that sender that changes nothing. */
  public Bytes callContract(Address from, Address to, Bytes data, BlockTag block) {
    return Quantity.bytes(call("eth_call", callObject(from, to, data), block.text()));
  }

  public BigInteger balance(Address account, BlockTag block) {
    return Quantity.big(call("eth_getBalance", account.hex(), block.text()));
  }

  public long transactionCount(Address account, BlockTag block) {
    return Quantity.number(call("eth_getTransactionCount", account.hex(), block.text()));
  }

  public Bytes code(Address account, BlockTag block) {
    return Quantity.bytes(call("eth_getCode", account.hex(), block.text()));
  }

  public Bytes32 storageAt(Address account, Bytes32 slot, BlockTag block) {
    return Quantity.hash(call("eth_getStorageAt", account.hex(), slot.hex(), block.text()));
  }

  /** The receipt of a transaction, or nothing while it is not in a block. */
  public Optional<TransactionReceipt> receipt(Bytes32 transaction) {
    JsonNode node = call("eth_getTransactionReceipt", transaction.hex());
    return node.isNull() ? Optional.empty() : Optional.of(TransactionReceipt.read(node));
  }

  /** The logs of some contracts in consecutive blocks, in their order. */
  public List<EthereumLog> logs(List<Address> contracts, long from, long to) {
    ObjectNode filter = json.createObjectNode();
    filter.put("fromBlock", Quantity.of(from)).put("toBlock", Quantity.of(to));
    return EthereumLog.readAll(call("eth_getLogs", filter(filter, contracts)));
  }

  /**
   * The logs of one contract with these topics, in their order.
   *
   * @param topics topic 0, then the indexed values
   */
  public List<EthereumLog> logs(Address contract, List<Bytes32> topics, long from, long to) {
    ObjectNode filter = json.createObjectNode();
    filter.put("fromBlock", Quantity.of(from)).put("toBlock", Quantity.of(to));
    ArrayNode wanted = filter(filter, List.of(contract)).putArray("topics");
    topics.forEach(topic -> wanted.add(topic.hex()));
    return EthereumLog.readAll(call("eth_getLogs", filter));
  }

  Request logsRequest(List<Address> contracts, Bytes32 blockHash) {
    return Request.of(
        "eth_getLogs",
        filter(json.createObjectNode().put("blockHash", blockHash.hex()), contracts));
  }

  ObjectNode callObject(@Nullable Address from, @Nullable Address to, Bytes data) {
    ObjectNode call = json.createObjectNode();
    if (from != null) {
      call.put("from", from.hex());
    }
    if (to != null) {
      call.put("to", to.hex());
    }
    return call.put("data", data.hex());
  }

  private static ObjectNode filter(ObjectNode filter, List<Address> contracts) {
    ArrayNode addresses = filter.putArray("address");
    contracts.forEach(contract -> addresses.add(contract.hex()));
    return filter;
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }

  // ------------------------------------------------------------------------------------ transport

  private ObjectNode message(Request request, int id) {
    ObjectNode message = json.createObjectNode();
    message.put("jsonrpc", "2.0").put("id", id).put("method", request.method());
    ArrayNode parameters = message.putArray("params");
    for (Object parameter : request.parameters()) {
      parameters.add(parameter == null ? NullNode.getInstance() : json.valueToTree(parameter));
    }
    return message;
  }

  private JsonNode post(JsonNode message) {
    byte[] body;
    try {
      body = json.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new EnigmaException(ErrorCode.INTERNAL, "a request does not become JSON", e);
    }
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<byte[]> response = send(request);
    try {
      JsonNode answer = json.readTree(response.body());
      if (answer != null && (answer.isObject() || answer.isArray())) {
        return answer;
      }
    } catch (IOException e) {
      if (response.statusCode() == 200) {
        throw unreachable("answered something that is not JSON", e);
      }
    }
    throw unreachable("answered with HTTP status " + response.statusCode(), null);
  }

  private HttpResponse<byte[]> send(HttpRequest request) {
    IOException first = null;
    // A connection kept open may have been closed by the other side meanwhile: one more try, on a
    // new one.
    for (int attempt = 0; attempt < 2; attempt++) {
      CompletableFuture<HttpResponse<byte[]>> answer =
          http.sendAsync(
              request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_ANSWER));
      try {
        // The request's own time limit ends with the answer's headers.
        return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        answer.cancel(true);
        throw unreachable("does not answer in " + timeout, e);
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof IOException failure)) {
          throw new EnigmaException(ErrorCode.INTERNAL, "a request failed: " + e.getCause(), e);
        }
        if (failure instanceof HttpTimeoutException || failure instanceof ConnectException) {
          throw unreachable("does not answer: " + reason(failure), failure);
        }
        first = failure;
      } catch (InterruptedException e) {
        answer.cancel(true);
        Thread.currentThread().interrupt();
        throw unreachable("was not waited for: the thread was interrupted", e);
      }
    }
    throw unreachable("does not answer: " + reason(first), first);
  }

  private static RpcReply reply(Request request, JsonNode answer) {
    JsonNode error = answer.path("error");
    if (!error.isMissingNode() && !error.isNull()) {
      return failure(request.method(), error);
    }
    JsonNode result = answer.get("result");
    return new RpcReply.Result(result == null ? NullNode.getInstance() : result);
  }

  private static RpcReply failure(String method, JsonNode error) {
    JsonNode data = error.path("data");
    // Some nodes wrap the revert data in an object.
    String text = data.isObject() ? data.path("data").asText("") : data.asText("");
    Bytes revert = Bytes.empty();
    if (text.startsWith("0x")) {
      try {
        revert = Bytes.fromHex(text);
      } catch (EnigmaException e) {
        revert = Bytes.empty();
      }
    }
    return new RpcReply.Failure(
        method, error.path("code").asInt(0), error.path("message").asText("no message"), revert);
  }

  private EnigmaException unreachable(String what, @Nullable Throwable cause) {
    return new EnigmaException(
        ErrorCode.CHAIN_UNREACHABLE, "the Ethereum endpoint " + endpoint + " " + what, cause);
  }

  private static String reason(@Nullable Throwable e) {
    if (e == null) {
      return "unknown";
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}

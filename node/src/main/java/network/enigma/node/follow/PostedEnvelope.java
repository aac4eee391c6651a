package network.enigma.node.follow;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import network.enigma.chain.EthereumRpc;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Hex;
import network.enigma.protocol.Keccak;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the envelope of a posted task in the transaction that posted it: the one byte string of its
 * calldata, or of a call it made, that hashes to the order's input hash. So it does not matter
 * which contract posted and how its arguments look.
 */
public final class PostedEnvelope {
  private static final Logger log = LoggerFactory.getLogger(PostedEnvelope.class);
  private static final int LONGEST = 1 << 16;
  private static final int WORD = 32;

  private final EthereumRpc rpc;

  public PostedEnvelope(EthereumRpc rpc) {
    this.rpc = rpc;
  }

  /** The envelope, if the endpoint shows it. */
  public Optional<Bytes> find(PostedOrder task) {
    try {
      JsonNode transaction = rpc.call("eth_getTransactionByHash", task.transaction().hex());
      Optional<Bytes> found =
          in(Hex.decode(transaction.path("input").asText("0x")), task.order().inputHash());
      if (found.isPresent()) {
        return found;
      }
      JsonNode trace =
          rpc.call(
              "debug_traceTransaction",
              task.transaction().hex(),
              java.util.Map.of("tracer", "callTracer"));
      return inCalls(trace, task.order().inputHash());
    } catch (EnigmaException e) {
      log.info("the envelope of task {} is not to be had: {}", task.taskId(), e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<Bytes> inCalls(JsonNode call, Bytes32 inputHash) {
    Optional<Bytes> found = in(Hex.decode(call.path("input").asText("0x")), inputHash);
    for (JsonNode inner : call.path("calls")) {
      if (found.isPresent()) {
        return found;
      }
      found = inCalls(inner, inputHash);
    }
    return found;
  }

  /** Looks at every length-prefixed byte string that ABI-encoded calldata could hold. */
  static Optional<Bytes> in(byte[] calldata, Bytes32 inputHash) {
    for (int position = 4; position + WORD <= calldata.length; position += WORD) {
      int length = length(calldata, position);
      if (length > 0 && length <= LONGEST && position + WORD + length <= calldata.length) {
        byte[] candidate = Arrays.copyOfRange(calldata, position + WORD, position + WORD + length);
        if (Keccak.hash(candidate).equals(inputHash)) {
          return Optional.of(Bytes.of(candidate));
        }
      }
    }
    return inNested(calldata, inputHash);
  }

  /** A multicall's inner calls begin 4 bytes off the words of the outer one. */
  private static Optional<Bytes> inNested(byte[] calldata, Bytes32 inputHash) {
    for (int position = 8; position + WORD <= calldata.length; position += WORD) {
      int length = length(calldata, position);
      if (length > 0 && length <= LONGEST && position + WORD + length <= calldata.length) {
        byte[] candidate = Arrays.copyOfRange(calldata, position + WORD, position + WORD + length);
        if (Keccak.hash(candidate).equals(inputHash)) {
          return Optional.of(Bytes.of(candidate));
        }
      }
    }
    return Optional.empty();
  }

  private static int length(byte[] calldata, int position) {
    for (int i = position; i < position + WORD - 4; i++) {
      if (calldata[i] != 0) {
        return -1;
      }
    }
    return ByteBuffer.wrap(calldata, position + WORD - 4, 4).getInt();
  }
}

package network.enigma.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import network.enigma.chain.EthereumRpc;

/**
 * Somebody who reads the whole chain and everything a node answers, and looks for a secret number
 * in it.
 */
final class Observer {
  /** Numbers below this stand in public data by chance, so finding one says nothing. */
  private static final int TELLING_BITS = 17;

  private final List<String> seen = new ArrayList<>();
  private long transactions;
  private long events;

  /** Reads all transactions and events of some blocks. */
  void readChain(EthereumRpc rpc, long from, long to) {
    for (long number = from; number <= to; number++) {
      JsonNode block = rpc.call("eth_getBlockByNumber", "0x" + Long.toHexString(number), true);
      for (JsonNode transaction : block.path("transactions")) {
        transactions++;
        read(transaction.path("input").asText());
        JsonNode receipt = rpc.call("eth_getTransactionReceipt", transaction.path("hash").asText());
        for (JsonNode log : receipt.path("logs")) {
          events++;
          read(log.path("data").asText());
          log.path("topics").forEach(topic -> read(topic.asText()));
        }
      }
    }
  }

  /** Reads what a node said. */
  void read(String text) {
    seen.add(text.toLowerCase(Locale.ROOT));
  }

  long transactions() {
    return transactions;
  }

  long events() {
    return events;
  }

  /** Characters read. */
  long characters() {
    return seen.stream().mapToLong(String::length).sum();
  }

  /**
   * Whether a number large enough to tell is anywhere in what was read: in decimal, or as the
   * 32-byte word of an encoded argument.
   */
  boolean found(BigInteger secret) {
    if (secret.bitLength() < TELLING_BITS) {
      return false;
    }
    String decimal = secret.toString();
    String word = "%064x".formatted(secret);
    return seen.stream()
        .anyMatch(
            text -> text.contains(word) || (!text.startsWith("0x") && text.contains(decimal)));
  }
}

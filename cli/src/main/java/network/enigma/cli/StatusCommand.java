package network.enigma.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import network.enigma.client.Eng;
import network.enigma.client.EnigmaClient;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.EnigmaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code enigma status}: the network and its nodes at a glance. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description =
        "Show the network: chain, contract, mode, epoch, workers, and which nodes answer.")
final class StatusCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    try (EnigmaClient client = connection.connect()) {
      Enigma.NetworkView network = client.network();
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("mode", client.isSimulated() ? "SIMULATION" : "HARDWARE");
      fields.put("enigma", client.enigma().checksummed());
      fields.put("token", client.token().checksummed());
      fields.put("networkHash", client.networkHash().hex());
      fields.put("ethereum", connection.ethereumUrl().toString());
      fields.put("block", client.blockNumber());
      fields.put("epoch", network.epoch());
      fields.put("workers", network.workerCount());
      fields.put("seats", network.seatCount());
      fields.put("keyManagers", network.keyManagerCount());
      fields.put("generation", network.generation());
      fields.put("pool", Eng.text(network.pool()));
      fields.forEach(terminal::field);
      List<Map<String, Object>> nodes = new ArrayList<>();
      for (URI url : connection.nodeUrls()) {
        nodes.add(node(terminal, url));
      }
      fields.put("nodes", nodes);
      terminal.object(fields);
      return ExitCode.OK;
    }
  }

  private static Map<String, Object> node(Terminal terminal, URI url) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("url", url.toString());
    try {
      JsonNode status = EnigmaClient.nodeStatus(url);
      boolean ready = status.path("ready").asBoolean();
      fields.put("ready", ready);
      fields.put("status", status);
      terminal.field(
          "node",
          "%s %s, header %d, keeps %d MiB and has room for %d MiB"
              .formatted(
                  url,
                  ready ? terminal.green("ready") : terminal.yellow("not ready"),
                  quantity(status, "headerNumber"),
                  quantity(status, "diskUsed") >> 20,
                  quantity(status, "diskLeft") >> 20));
    } catch (EnigmaException e) {
      fields.put("ready", false);
      fields.put("error", String.valueOf(e.getMessage()));
      terminal.field("node", "%s %s: %s".formatted(url, terminal.red("down"), e.getMessage()));
    }
    return fields;
  }

  /** A number of a node's own account of itself; 0 where it says nothing that is one. */
  private static long quantity(JsonNode status, String field) {
    String text = status.path(field).asText();
    return text.matches("0x[0-9a-f]{1,15}") ? Long.decode(text) : 0;
  }
}

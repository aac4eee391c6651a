package network.enigma.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import network.enigma.chain.EthereumRpc;
import network.enigma.client.EnigmaClient;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code enigma epoch}: the current epoch, or the jump to the next on a development chain. */
@Command(
    name = "epoch",
    mixinStandardHelpOptions = true,
    description = "Show the current epoch; on a testnet, `enigma epoch next` goes to the next one.")
final class EpochCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();

  @Override
  public Integer call() {
    try (EnigmaClient client = connection.connect()) {
      show(EnigmaCommand.terminal(spec), client);
      return ExitCode.OK;
    }
  }

  private static void show(Terminal terminal, EnigmaClient client) {
    Enigma.NetworkView network = client.network();
    long block = client.blockNumber();
    long next = network.epochStart() + client.parameters().epochBlocks();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("epoch", network.epoch());
    fields.put("block", block);
    fields.put("startBlock", network.epochStart());
    fields.put("nextSeedFrom", next);
    fields.put("seats", network.seatCount());
    terminal.object(fields);
    terminal.line(
        "epoch %d since block %d; now block %d, next seed from block %d"
            .formatted(network.epoch(), network.epochStart(), block, next));
  }

  @Command(
      name = "next",
      mixinStandardHelpOptions = true,
      description =
          "Mine blocks on a development chain until the epoch can end, and wait for the next one's"
              + " seed.")
  int next(@Mixin Connection connection) {
    Terminal terminal = EnigmaCommand.terminal(spec);
    try (EnigmaClient client = connection.connect();
        EthereumRpc rpc = new EthereumRpc(connection.ethereumUrl())) {
      Enigma.NetworkView before = client.network();
      long missing = before.epochStart() + client.parameters().epochBlocks() - client.blockNumber();
      if (missing > 0) {
        rpc.call("anvil_mine", "0x" + Long.toHexString(missing));
      }
      Instant deadline = Instant.now().plus(Duration.ofSeconds(connection.timeout));
      while (client.network().epoch() == before.epoch()) {
        if (Instant.now().isAfter(deadline)) {
          throw new EnigmaException(
              ErrorCode.TIMEOUT, "no seed for epoch " + (before.epoch() + 1) + " came");
        }
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
      show(terminal, client);
      return ExitCode.OK;
    }
  }
}

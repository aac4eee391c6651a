package network.enigma.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import network.enigma.client.EnigmaClient;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code enigma workers}: the registered workers, read from the contract. */
@Command(
    name = "workers",
    mixinStandardHelpOptions = true,
    description =
        "List the registered workers with their seats and admission, as the contract has them.")
final class WorkersCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    List<Map<String, Object>> workers = new ArrayList<>();
    terminal.line(
        "      %-42s %-42s %5s %6s  %s"
            .formatted("operator", "enclave", "seats", "misses", "state"));
    try (EnigmaClient client = connection.connect()) {
      long count = client.network().workerCount();
      for (long number = 1; number <= count; number++) {
        Enigma.WorkerView worker = client.worker(number);
        String state = state(worker);
        terminal.line(
            "  %2d  %s %s %5d %6d  %s"
                .formatted(
                    number,
                    Address.of(worker.operator()).checksummed(),
                    Address.of(worker.enclave()).checksummed(),
                    worker.seats(),
                    worker.misses(),
                    state));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("worker", number);
        fields.put("operator", Address.of(worker.operator()).checksummed());
        fields.put("enclave", Address.of(worker.enclave()).checksummed());
        fields.put("seats", worker.seats());
        fields.put("misses", worker.misses());
        fields.put("tee", tee(worker.tee()));
        fields.put("measurement", Bytes32.of(worker.measurement()).hex());
        fields.put("admittedUntil", Instant.ofEpochSecond(worker.admittedUntil()).toString());
        fields.put("state", state);
        workers.add(fields);
      }
    }
    terminal.object(Map.of("workers", workers));
    return ExitCode.OK;
  }

  private static String state(Enigma.WorkerView worker) {
    if (worker.evicted()) {
      return "evicted";
    }
    if (worker.loggedOut()) {
      return "logged out";
    }
    return Instant.now().getEpochSecond() > worker.admittedUntil()
        ? "admission ended"
        : "active (" + tee(worker.tee()) + ")";
  }

  private static String tee(int number) {
    return switch (number) {
      case 0 -> "simulated";
      case 1 -> "SGX";
      case 2 -> "TDX";
      case 3 -> "SEV-SNP";
      default -> "TEE " + number;
    };
  }
}

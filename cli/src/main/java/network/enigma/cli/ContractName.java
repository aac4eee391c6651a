package network.enigma.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which contract of a source file is meant. */
final class ContractName {
  @Option(
      names = "--contract",
      paramLabel = "NAME",
      description = "Which contract, if the file has several.")
  @Nullable String value;
}

package network.enigma.cli;

import picocli.CommandLine.Parameters;

/** The secret contract that a command is about. */
final class ContractParameter {
  @Parameters(
      index = "0",
      paramLabel = "CONTRACT",
      description = "Name or address of a contract that this user deployed.")
  String name = "";
}

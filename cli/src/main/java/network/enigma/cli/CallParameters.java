package network.enigma.cli;

import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Which function of which secret contract is called or asked, and with what. */
final class CallParameters {
  @Mixin ContractParameter contract = new ContractParameter();

  @Parameters(
      index = "1",
      paramLabel = "FUNCTION",
      description = "Name, or signature as name(type,type).")
  String function = "";

  @Parameters(
      index = "2..*",
      paramLabel = "ARG",
      description = "Arguments; lists and structs as JSON, large numbers as they are.")
  List<String> arguments = List.of();
}

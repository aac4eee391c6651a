package network.enigma.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import network.enigma.platform.hardware.HardwareSurvey;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

class EnigmaCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return run(Map.of(), false, arguments);
  }

  private int run(Map<String, String> environment, boolean interactive, String... arguments) {
    return EnigmaCommand.run(
        environment,
        interactive,
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        arguments);
  }

  @Test
  void withoutArgumentsTheCommandShowsWhatItCanDo() {
    assertThat(run()).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("enigma testnet").contains("Exit codes");
  }

  @Test
  void everyCommandHasAHelpTextThatSaysWhatItDoes() {
    for (CommandLine command : all(EnigmaCommand.commandLine(Map.of(), false))) {
      assertThat(command.getCommandSpec().usageMessage().description())
          .as(command.getCommandSpec().qualifiedName())
          .isNotEmpty();
      command
          .getCommandSpec()
          .options()
          .forEach(
              option -> assertThat(option.description()).as(option.longestName()).isNotEmpty());
    }
  }

  @Test
  void aCommandThatIsReadAloneOffersWhatItOffersAmongAll() {
    CommandLine whole = EnigmaCommand.commandLine(Map.of(), false);
    whole
        .getSubcommands()
        .forEach((name, among) ->
            assertThat(
                    Objects.requireNonNull(
                            EnigmaCommand.commandLine(Map.of(), false, name)
                                .getSubcommands()
                                .get(name))
                        .getUsageMessage())
                .as(name)
                .isEqualTo(among.getUsageMessage())
                .contains(name.equals("help") ? "COMMAND" : "--json"));
    assertThat(EnigmaCommand.commandLine(Map.of(), false, "testnet").getSubcommands())
        .containsOnlyKeys("testnet");
    for (String first : List.of("help", "completions", "--json", "doctr")) {
      assertThat(EnigmaCommand.commandLine(Map.of(), false, first).getSubcommands())
          .containsOnlyKeys(whole.getSubcommands().keySet());
    }
  }

  private static List<CommandLine> all(CommandLine line) {
    return line.getSubcommands().values().stream()
        .flatMap(sub ->
            java.util.stream.Stream.concat(java.util.stream.Stream.of(sub), all(sub).stream()))
        .toList();
  }

  @Test
  void aMisspeltCommandIsAUsageErrorWithASuggestion() {
    assertThat(run("doctr")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("doctor");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void anUnknownOptionIsAUsageError() {
    assertThat(run("doctor", "--bogus")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--bogus");
  }

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void explainKnowsEveryErrorByNameAndByNumber(ErrorCode code) {
    assertThat(run("explain", code.name())).isEqualTo(ExitCode.OK);
    assertThat(run("explain", String.valueOf(code.number()))).isEqualTo(ExitCode.OK);
    assertThat(out.toString().split(java.util.regex.Pattern.quote(code.explanation()), -1))
        .hasSize(3);
  }

  @Test
  void explainAcceptsTheNameAsItIsWrittenInProse() {
    assertThat(run("explain", "abi-mismatch")).isEqualTo(ExitCode.OK);
    assertThat(run("explain", "AbiMismatch")).isEqualTo(ExitCode.OK);
    assertThat(run("explain", "NOPE")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void jsonIsOneObjectOnStandardOutputAndNothingElse() throws Exception {
    assertThat(run("doctor", "--json")).isIn(ExitCode.OK, ExitCode.CONFIGURATION);
    JsonNode answer = new ObjectMapper().readTree(out.toString());
    assertThat(answer.path("checks")).isNotEmpty();
    assertThat(answer.path("next").asText()).isNotEmpty();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void doctorTellsHowFarHardwareIsAndTheNextStep(@TempDir Path root) throws Exception {
    Files.createDirectories(root.resolve("proc"));
    Files.createDirectories(root.resolve("dev"));
    Files.writeString(
        root.resolve("proc/cpuinfo"),
        "vendor_id\t: AuthenticAMD\nflags\t\t: fpu hypervisor sev_snp\n");
    Files.createFile(root.resolve("dev/sev-guest"));

    run("doctor", "--root", root.toString());

    assertThat(out.toString())
        .contains("enabled: the driver is there")
        .contains("CONFIG_TSM_REPORTS")
        .contains("impossible: this is no TDX virtual machine");
  }

  @Test
  void hardwareModeWithoutHardwareRefusesWithTheNextStep() {
    assumeThat(HardwareSurvey.of(Path.of("/")).isUsable()).isFalse();

    assertThat(run("testnet", "--mode", "hardware")).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(err.toString())
        .contains("HARDWARE_MISSING")
        .contains("Nothing falls back to simulation")
        .contains("Next:");
    assertThat(run("testnet", "--mode", "both")).isEqualTo(ExitCode.USER);
  }

  @Test
  void coloursAppearOnlyForAPersonWhoDidNotDeclineThem() {
    run(Map.of(), true, "doctor");
    assertThat(out.toString()).contains("\u001b[");

    out.getBuffer().setLength(0);
    run(Map.of("NO_COLOR", "1"), true, "doctor");
    assertThat(out.toString()).doesNotContain("\u001b[");

    out.getBuffer().setLength(0);
    run(Map.of(), true, "--no-color", "doctor");
    assertThat(out.toString()).doesNotContain("\u001b[");

    out.getBuffer().setLength(0);
    run("doctor");
    assertThat(out.toString()).doesNotContain("\u001b[");
  }

  @Test
  void completionsNameEverySubcommand() {
    assertThat(run("completions", "bash")).isEqualTo(ExitCode.OK);
    EnigmaCommand.commandLine(Map.of(), false)
        .getSubcommands()
        .forEach((name, command) -> {
          boolean hidden = command.getCommandSpec().usageMessage().hidden();
          assertThat(Arrays.asList(out.toString().split("[^a-z]+", -1)).contains(name))
              .as(name)
              .isEqualTo(!hidden);
        });
    out.getBuffer().setLength(0);
    run("completions", "zsh");
    assertThat(out.toString()).startsWith("autoload -U +X compinit");
  }

  @Test
  void exitCodesTellTheKindsOfErrorsApart() {
    assertThat(ExitCode.of(ErrorCode.ABI_MISMATCH)).isEqualTo(3);
    assertThat(ExitCode.of(ErrorCode.NODE_UNREACHABLE)).isEqualTo(4);
    assertThat(ExitCode.of(ErrorCode.EVIDENCE_REJECTED)).isEqualTo(5);
    assertThat(ExitCode.of(ErrorCode.ANVIL_MISSING)).isEqualTo(78);
    assertThat(ExitCode.of(ErrorCode.INTERNAL)).isEqualTo(1);
  }
}

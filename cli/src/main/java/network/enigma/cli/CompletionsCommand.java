package network.enigma.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code enigma completions}: a script that makes the shell complete this command. */
@Command(
    name = "completions",
    mixinStandardHelpOptions = true,
    description = {
      "Print a completion script for a shell.",
      "",
      "  bash:  source <(enigma completions bash)",
      "  zsh:   source <(enigma completions zsh)"
    })
final class CompletionsCommand implements Callable<Integer> {
  enum Shell {
    bash,
    zsh
  }

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
  Shell shell = Shell.bash;

  @Override
  public Integer call() {
    // One script serves both: zsh loads its emulation of bash completion first.
    String script = AutoComplete.bash("enigma", spec.root().commandLine());
    spec.commandLine()
        .getOut()
        .println(shell == Shell.zsh ? "autoload -U +X compinit && compinit\n" + script : script);
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }
}

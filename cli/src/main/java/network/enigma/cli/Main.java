package network.enigma.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The entry of the {@code enigma} command. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    boolean interactive =
        System.console() != null
            && System.console().isTerminal()
            && !"dumb".equals(System.getenv("TERM"));
    System.exit(EnigmaCommand.run(System.getenv(), interactive, out, err, arguments));
  }
}

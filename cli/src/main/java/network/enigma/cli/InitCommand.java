package network.enigma.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code enigma init}: writes a dApp that works on a running testnet, with the client library as a
 * file in it.
 */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Write a dApp to start from: a secret contract in Solidity, a page (Vite, React, viem), tests"
          + " for both.",
      "",
      "Then, in its directory: npm install, npm test, npm run dev."
    })
final class InitCommand implements Callable<Integer> {
  private static final String TEMPLATE = "/network/enigma/web/template/";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,100}");

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "DIRECTORY",
      description = "A new or empty directory; its name becomes the project's.")
  Path directory = Path.of("");

  @Override
  public Integer call() {
    Path place = directory.toAbsolutePath().normalize();
    String name = nameOf(place);
    requireEmpty(place);
    List<String> files = new String(resource("files.txt"), StandardCharsets.UTF_8).lines().toList();
    for (String file : files) {
      write(place.resolve(file.equals("gitignore") ? ".gitignore" : file), content(file, name));
    }
    Terminal terminal = EnigmaCommand.terminal(spec);
    terminal.line("Wrote " + files.size() + " files to " + place);
    terminal.line("");
    terminal.line("  " + terminal.bold("cd " + directory + " && npm install"));
    terminal.line("  npm test        runs its tests on a testnet of their own");
    terminal.line("  npm run dev     with \"enigma testnet\" in another terminal: edit, save, see");
    terminal.object(Map.of("directory", place.toString(), "files", files));
    return ExitCode.OK;
  }

  private static String nameOf(Path place) {
    String name = String.valueOf(place.getFileName());
    if (!NAME.matcher(name).matches()) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT,
          "'%s' cannot be a project's name: lower-case letters, digits, dots and dashes are wanted"
              .formatted(name));
    }
    return name;
  }

  private static void requireEmpty(Path place) {
    if (!Files.exists(place)) {
      return;
    }
    try (Stream<Path> inside = Files.list(place)) {
      if (inside.findAny().isPresent()) {
        throw new EnigmaException(ErrorCode.INVALID_ARGUMENT, place + " is not empty");
      }
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT, place + " is not a directory that can be read", e);
    }
  }

  /** A file of the template, with the project's name and this installation's command in it. */
  private static byte[] content(String file, String name) {
    byte[] bytes = resource(file);
    return switch (file) {
      case "package.json" -> replaced(bytes, "\"name\": \"[^\"]*\"", "\"name\": \"" + name + "\"");
      case "enigma.toml" -> replaced(bytes, "command = \"enigma\"", "command = " + quoted());
      default -> bytes;
    };
  }

  /** The command as a TOML literal string; by name where there is no launcher. */
  private static String quoted() {
    Path launcher = EnigmaCommand.home().resolve("enigma").toAbsolutePath().normalize();
    String text = Files.isExecutable(launcher) ? launcher.toString() : "enigma";
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static byte[] replaced(byte[] text, String pattern, String by) {
    return Pattern.compile(pattern)
        .matcher(new String(text, StandardCharsets.UTF_8))
        .replaceFirst(Matcher.quoteReplacement(by))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] resource(String name) {
    try (InputStream in = InitCommand.class.getResourceAsStream(TEMPLATE + name)) {
      if (in == null) {
        throw new EnigmaException(
            ErrorCode.FILE_NOT_READABLE, "this build has no template; build the module web");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new EnigmaException(ErrorCode.FILE_NOT_READABLE, "cannot read the template", e);
    }
  }

  private static void write(Path file, byte[] content) {
    try {
      Path parent = file.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.write(file, content);
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.STATE_DIRECTORY_UNUSABLE, "cannot write %s: %s".formatted(file, e), e);
    }
  }
}

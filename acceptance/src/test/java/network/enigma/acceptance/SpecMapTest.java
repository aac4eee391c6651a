package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/spec-map.md points an auditor to files: it must not point into the void. */
class SpecMapTest {
  private static final Path ROOT = Path.of("..");
  private static final Set<String> SKIPPED = Set.of("target", "node_modules", ".git");

  @Test
  void everyFileTheMapNamesExists() throws IOException {
    Set<String> files = sources();
    List<String> named = names(Files.readString(ROOT.resolve("docs/spec-map.md")));

    assertThat(named).hasSizeGreaterThan(50).allSatisfy(name -> assertThat(files).contains(name));
  }

  @Test
  void everyRuleOfTheProtocolIsOnTheMap() throws IOException {
    String map = Files.readString(ROOT.resolve("docs/spec-map.md"));
    Stream<String> rules =
        Pattern.compile("^- \\*\\*([TKCSE]\\d+)\\b", Pattern.MULTILINE)
            .matcher(Files.readString(ROOT.resolve("docs/protocol.md")))
            .results()
            .map(match -> match.group(1));

    assertThat(rules.filter(rule -> !rule.equals("T4")))
        .isNotEmpty()
        .allSatisfy(rule -> assertThat(map).contains("| " + rule + " |"));
  }

  private static List<String> names(String map) {
    return Pattern.compile("`([A-Z][A-Za-z0-9]*(\\.t)?(\\.sol)?)`")
        .matcher(map)
        .results()
        .map(match -> match.group(1))
        .map(name -> name.endsWith(".sol") ? name : name + ".java")
        .toList();
  }

  private static Set<String> sources() throws IOException {
    Set<String> names = new HashSet<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return SKIPPED.contains(String.valueOf(directory.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            names.add(String.valueOf(file.getFileName()));
            return FileVisitResult.CONTINUE;
          }
        });
    return names;
  }
}

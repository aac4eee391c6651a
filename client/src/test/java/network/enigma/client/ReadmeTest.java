package network.enigma.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the client's README shows is Java that compiles. */
class ReadmeTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private static final String IMPORTS =
      """
      import java.math.BigInteger;
      import java.net.URI;
      import java.nio.file.Path;
      import java.time.Duration;
      import java.util.List;
      import java.util.Optional;
      import network.enigma.client.*;
      import network.enigma.client.abi.*;
      import network.enigma.client.solidity.*;
      import network.enigma.client.store.*;
      import network.enigma.protocol.*;
      import network.enigma.protocol.crypto.*;
      """;

  @Test
  void itsExamplesCompile(@TempDir Path output) throws IOException {
    List<String> blocks =
        JAVA.matcher(Files.readString(Path.of("README.md")))
            .results()
            .map((MatchResult block) -> block.group(1))
            .toList();
    assertThat(blocks).hasSizeGreaterThan(3);
    // The first stands alone; the others go on with what it declares.
    String others = blocks.stream().skip(1).collect(Collectors.joining("\n"));
    String source =
        IMPORTS
            + "class Readme {\n  void first() {\n"
            + blocks.getFirst()
            + "}\n  void others(EnigmaClient alice, SecretContract token, Address bob) {\n"
            + others
            + "}\n}\n";

    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    boolean compiles =
        compiler
            .getTask(
                complaints,
                null,
                null,
                List.of("-d", output.toString(), "-cp", System.getProperty("java.class.path")),
                null,
                List.of(
                    new SimpleJavaFileObject(
                        URI.create("string:///Readme.java"), SimpleJavaFileObject.Kind.SOURCE) {
                      @Override
                      public String getCharContent(boolean ignoreErrors) {
                        return source;
                      }
                    }))
            .call();
    assertThat(compiles).as(complaints.toString()).isTrue();
  }
}

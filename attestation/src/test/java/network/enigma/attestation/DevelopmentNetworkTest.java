package network.enigma.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Code that has no verdict of simulation and wants a development network does not compile. */
class DevelopmentNetworkTest {
  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///Author.java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** The compiler's errors on a method with this parameter and body. */
  private static List<String> errors(String parameter, String expression) throws IOException {
    String text =
        """
        import network.enigma.attestation.*;
        class Author {
          DevelopmentNetwork network(%s) { return %s; }
        }
        """
            .formatted(parameter, expression);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
      compiler
          .getTask(
              null,
              files,
              found,
              List.of(
                  "-proc:none",
                  "-d",
                  "target",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "-implicit:none",
                  "-Xlint:none"),
              null,
              List.of(new Source(text)))
          .call();
    }
    return found.getDiagnostics().stream()
        .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
        .map(Diagnostic::getCode)
        .toList();
  }

  @Test
  void aSimulatedVerdictGivesOne() throws IOException {
    assertThat(errors("Verdict.Simulated verdict", "verdict.developmentNetwork()")).isEmpty();
  }

  @Test
  void aHardwareVerdictDoesNot() throws IOException {
    assertThat(errors("Verdict.Hardware verdict", "verdict.developmentNetwork()"))
        .containsExactly("compiler.err.cant.resolve.location.args");
  }

  @Test
  void noVerdictInParticularDoesNot() throws IOException {
    assertThat(errors("Verdict.Proven verdict", "verdict.developmentNetwork()"))
        .containsExactly("compiler.err.cant.resolve.location.args");
  }

  @Test
  void nobodyMakesOne() throws IOException {
    assertThat(errors("", "new DevelopmentNetwork()"))
        .containsExactly("compiler.err.not.def.public.cant.access");
  }
}

package network.enigma.runtime.evm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs the official state tests from the command line: {@code StateTestMain [--compiled] [text in
 * the path …]} prints a line for each failing case and the totals, and exits with 1 if any failed.
 */
final class StateTestMain {
  private StateTestMain() {}

  public static void main(String[] arguments) throws IOException {
    Optional<Path> location = StateTestArchive.locate();
    if (location.isEmpty()) {
      System.out.println(
          "No state tests found: set " + StateTestArchive.VARIABLE + " to the archive or folder.");
      System.exit(2);
    }
    boolean verbose = List.of(arguments).contains("--times");
    List<String> wanted = new ArrayList<>(List.of(arguments));
    wanted.remove("--times");
    boolean compiled = wanted.remove("--compiled");
    Compilation compilation = compiled ? Compilation.ofAllCode() : Compilation.none();
    long passed = 0;
    long failed = 0;
    long start = System.nanoTime();
    for (StateTestArchive.TestFile file : StateTestArchive.read(location.get())) {
      if (!wanted.isEmpty() && wanted.stream().noneMatch(file.path()::contains)) {
        continue;
      }
      long before = System.nanoTime();
      for (StateTest.Result result : StateTest.run(file, compilation)) {
        if (result.passed()) {
          passed++;
        } else {
          failed++;
          System.out.println("FAILED " + result.name() + ": " + result.problem());
        }
      }
      long millis = (System.nanoTime() - before) / 1_000_000;
      if (verbose && millis > 1_000) {
        System.out.println("SLOW " + file.path() + " " + millis + " ms");
      }
    }
    System.out.printf(
        "%d passed, %d failed in %.1f s%n", passed, failed, (System.nanoTime() - start) / 1e9);
    System.exit(failed == 0 ? 0 : 1);
  }
}

package network.enigma.runtime.evm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MethodLayoutTest {
  private static final int FIRST = 0;
  private static final int SECOND = 6;
  private static final int BRANCH = 18;

  /** Two loops, one behind the other; the second has a branch that goes its own way round. */
  private static List<Trace> traces() {
    Assembler program =
        new Assembler()
            .label("first")
            .op(Op.GAS)
            .jumpIf("first")
            .label("second")
            .op(Op.GAS)
            .jumpIf("branch")
            .op(Op.GAS)
            .jumpIf("second")
            .op(Op.STOP)
            .label("branch")
            .op(Op.GAS, Op.POP)
            .jump("second");
    Code code = new Code(program.code().toByteArray());
    Map<Integer, Trace> traces = new LinkedHashMap<>();
    Deque<Integer> waiting = new ArrayDeque<>(List.of(FIRST));
    while (!waiting.isEmpty()) {
      int entry = waiting.remove();
      if (!traces.containsKey(entry)) {
        Trace trace = new Trace(code, entry, Set.of(FIRST, SECOND), 0);
        traces.put(entry, trace);
        waiting.addAll(trace.successors);
      }
    }
    return List.copyOf(traces.values());
  }

  private static List<List<Integer>> layout(int sharedSize, int largestSize) {
    return new MethodLayout(traces(), sharedSize, largestSize)
        .methods().stream()
            .map(method -> method.stream().map(trace -> trace.entry).toList())
            .toList();
  }

  @Test
  void aLoopStaysInOneMethodThoughItIsLongerThanWhatSharesOne() {
    assertThat(layout(1, 8_000)).containsExactly(List.of(FIRST), List.of(SECOND, BRANCH));
  }

  @Test
  void whatIsShortSharesAMethod() {
    assertThat(layout(4_000, 8_000)).containsExactly(List.of(FIRST, SECOND, BRANCH));
  }

  @Test
  void aLoopTooLongForAMethodIsParted() {
    assertThat(layout(1, 200)).containsExactly(List.of(FIRST), List.of(SECOND), List.of(BRANCH));
  }
}

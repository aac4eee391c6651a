package network.enigma.runtime.evm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which traces share a method. Traces that form a loop stay together where they can, as going from
 * one method to another costs as much as some dozen instructions; the rest is packed in order.
 */
final class MethodLayout {
  /** Bytes of a method beside its traces. */
  static final int OVERHEAD = 140;

  /** Bytes beside each trace. */
  static final int SWITCH_CASE = 4;

  /** How many loops within loops are told apart. */
  private static final int NESTING = 6;

  private final List<Trace> order;
  private final int sharedSize;
  private final int largestSize;
  private final List<List<Trace>> methods = new ArrayList<>();
  private int used;

  /**
   * Lays traces out.
   *
   * @param order all traces, those that follow one another close together
   * @param sharedSize bytes up to which traces that are no loop share a method
   * @param largestSize bytes of the largest method
   */
  MethodLayout(List<Trace> order, int sharedSize, int largestSize) {
    this.order = order;
    this.sharedSize = sharedSize;
    this.largestSize = largestSize;
  }

  List<List<Trace>> methods() {
    used = sharedSize;
    place(order, NESTING);
    return methods;
  }

  private void place(List<Trace> traces, int nesting) {
    for (List<Trace> loop : loops(traces)) {
      if (OVERHEAD + size(loop) <= largestSize) {
        add(loop);
      } else if (nesting == 0) {
        loop.forEach(trace -> add(List.of(trace)));
      } else {
        // Too long in one piece: without the trace it begins with, inner loops are left.
        add(List.of(loop.getFirst()));
        place(loop.subList(1, loop.size()), nesting - 1);
      }
    }
  }

  private void add(List<Trace> together) {
    int needed = size(together);
    if (used + needed > sharedSize) {
      methods.add(new ArrayList<>());
      used = OVERHEAD;
    }
    methods.getLast().addAll(together);
    used += needed;
  }

  private static int size(List<Trace> traces) {
    int size = 0;
    for (Trace trace : traces) {
      size += trace.size() + SWITCH_CASE;
    }
    return size;
  }

  /** A trace on the way of the search, with the edges not looked at yet. */
  private record Visit(Trace trace, Iterator<Integer> edges) {}

  /**
   * The strongly connected parts of the graph of traces (Tarjan, Depth-first search and linear
   * graph algorithms), each in the order given, ordered by their first trace.
   */
  private static List<List<Trace>> loops(List<Trace> traces) {
    Map<Integer, Trace> byEntry = new HashMap<>();
    traces.forEach(trace -> byEntry.put(trace.entry, trace));
    Map<Integer, Integer> index = new HashMap<>();
    Map<Integer, Integer> low = new HashMap<>();
    Map<Integer, Integer> part = new HashMap<>();
    Deque<Integer> open = new ArrayDeque<>();
    Set<Integer> isOpen = new HashSet<>();
    Deque<Visit> path = new ArrayDeque<>();
    for (Trace root : traces) {
      if (index.containsKey(root.entry)) {
        continue;
      }
      path.push(visit(root, index, low, open, isOpen));
      while (!path.isEmpty()) {
        Visit visit = path.element();
        int from = visit.trace().entry;
        if (visit.edges().hasNext()) {
          int to = visit.edges().next();
          Trace next = byEntry.get(to);
          if (next == null) {
            continue;
          }
          if (!index.containsKey(to)) {
            path.push(visit(next, index, low, open, isOpen));
          } else if (isOpen.contains(to)) {
            low.merge(from, number(index, to), Math::min);
          }
          continue;
        }
        path.pop();
        if (!path.isEmpty()) {
          low.merge(path.element().trace().entry, number(low, from), Math::min);
        }
        if (number(low, from) == number(index, from)) {
          int member;
          do {
            member = open.pop();
            isOpen.remove(member);
            part.put(member, from);
          } while (member != from);
        }
      }
    }
    Map<Integer, List<Trace>> parts = new LinkedHashMap<>();
    for (Trace trace : traces) {
      parts.computeIfAbsent(number(part, trace.entry), none -> new ArrayList<>()).add(trace);
    }
    return List.copyOf(parts.values());
  }

  private static Visit visit(
      Trace trace,
      Map<Integer, Integer> index,
      Map<Integer, Integer> low,
      Deque<Integer> open,
      Set<Integer> isOpen) {
    int number = index.size();
    index.put(trace.entry, number);
    low.put(trace.entry, number);
    open.push(trace.entry);
    isOpen.add(trace.entry);
    List<Integer> edges = new ArrayList<>(trace.successors);
    edges.addAll(trace.returns);
    return new Visit(trace, edges.iterator());
  }

  private static int number(Map<Integer, Integer> numbers, int entry) {
    return numbers.getOrDefault(entry, -1);
  }
}

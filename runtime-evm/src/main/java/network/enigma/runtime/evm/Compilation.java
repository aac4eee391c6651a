package network.enigma.runtime.evm;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Decides which code is compiled, and how much compiled code is kept. Code is compiled once it has
 * run for a fair part of the time that compiling it takes, so that nobody can make a worker spend
 * much more on compiling than was paid for in gas; the longest kept goes first. Safe for several
 * threads.
 */
final class Compilation {
  /** Jumps and calls that code must have made before it is compiled, at least. */
  private static final int LEAST_HEAT = 2_000;

  /** Jumps and calls more for each byte of code. */
  private static final int HEAT_PER_BYTE = 64;

  /** Classes kept at most. */
  static final int MAXIMUM_CLASSES = 512;

  private static final long MAXIMUM_BYTES = 32 << 20;

  private static final int COMPILE_NOTHING = 0;
  private static final int COMPILE_HOT = 1;
  private static final int COMPILE_ALL = 2;

  private final int mode;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Code> kept = new ArrayDeque<>();
  private long bytes;

  private Compilation(int mode) {
    this.mode = mode;
  }

  /** Compiles what is hot. */
  static Compilation ofHotCode() {
    return new Compilation(COMPILE_HOT);
  }

  /** Compiles everything before it first runs. */
  static Compilation ofAllCode() {
    return new Compilation(COMPILE_ALL);
  }

  /** Compiles nothing. */
  static Compilation none() {
    return new Compilation(COMPILE_NOTHING);
  }

  /** Heat that code has at the start: at zero it is compiled. */
  int initialHeat(int length) {
    return switch (mode) {
      case COMPILE_NOTHING -> Integer.MAX_VALUE;
      case COMPILE_HOT -> LEAST_HEAT + HEAT_PER_BYTE * length;
      default -> 0;
    };
  }

  /**
   * Compiles code that is hot. While another thread compiles, hot code is left to the interpreter a
   * little longer instead of waiting.
   */
  void compile(Code code) {
    if (mode == COMPILE_ALL) {
      lock.lock();
    } else if (!lock.tryLock()) {
      code.heat = LEAST_HEAT;
      return;
    }
    try {
      compileAlone(code);
    } finally {
      lock.unlock();
    }
  }

  private void compileAlone(Code code) {
    if (mode == COMPILE_NOTHING || code.compiled != null || code.refusesCompilation) {
      return;
    }
    // Longer code is creation code, which runs once.
    CompiledCode compiled = code.length > Code.MAXIMUM_LENGTH ? null : CodeCompiler.compile(code);
    if (compiled == null) {
      code.refusesCompilation = true;
      return;
    }
    bytes += compiled.size;
    kept.add(code);
    code.compiled = compiled;
    while (kept.size() > MAXIMUM_CLASSES || bytes > MAXIMUM_BYTES) {
      Code oldest = kept.remove();
      CompiledCode gone = oldest.compiled;
      if (gone != null) {
        bytes -= gone.size;
        oldest.compiled = null;
        oldest.heat = initialHeat(oldest.length);
      }
    }
  }
}

package network.enigma.runtime.evm;

import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * The arrays one execution works in. They serve one execution after another, cleared in between, so
 * that a call neither waits for fresh memory nor leaves garbage behind.
 */
final class Workspace {
  private static final int STACK_WORDS = 1_024 + 64;
  private static final int MEMORY = 8_192;

  /** Longer arrays are not kept for the next execution. */
  private static final int LONGEST_KEPT_MEMORY = 4 << 20;

  private static final int LONGEST_KEPT_STACK = 32 * STACK_WORDS;

  final Keccak256 keccak = new Keccak256();
  long[] stack = new long[Words.SIZE * STACK_WORDS];
  byte[] memory = new byte[MEMORY];

  /**
   * Removes what an execution left.
   *
   * @param used bytes of memory from the start that may be other than zero
   */
  private void clear(int used) {
    if (stack.length > LONGEST_KEPT_STACK) {
      stack = new long[Words.SIZE * STACK_WORDS];
    } else {
      Arrays.fill(stack, 0);
    }
    if (memory.length > LONGEST_KEPT_MEMORY) {
      memory = new byte[MEMORY];
    } else {
      Arrays.fill(memory, 0, used, (byte) 0);
    }
    keccak.forget();
  }

  /** Workspaces that no execution uses at present. Safe for several threads. */
  static final class Pool {
    private static final int KEPT = 4;

    private final BlockingQueue<Workspace> idle = new ArrayBlockingQueue<>(KEPT);

    /** A workspace for one execution; holds zeros only. */
    Workspace take() {
      Workspace kept = idle.poll();
      return kept == null ? new Workspace() : kept;
    }

    /**
     * Takes back a workspace whose execution has ended.
     *
     * @param used bytes of memory from the start that may be other than zero
     */
    void giveBack(Workspace workspace, int used) {
      if (idle.remainingCapacity() > 0) {
        workspace.clear(used);
        idle.offer(workspace);
      }
    }
  }
}

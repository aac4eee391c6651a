package network.enigma.runtime.evm;

import java.security.SecureRandom;

/**
 * Secret odd multipliers for the hash tables, so that a contract cannot choose keys that collide.
 * They influence where things lie in memory, never a result.
 */
final class HashSeed {
  private static final SecureRandom RANDOM = new SecureRandom();

  private HashSeed() {}

  static long next() {
    return RANDOM.nextLong() | 1;
  }
}

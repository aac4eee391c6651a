package network.enigma.tee.message;

import java.util.List;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** The rule that members of a quorum see about the same chain (rule S2). */
final class HeaderLag {
  private HeaderLag() {}

  static void require(List<Long> headerNumbers, long maxHeaderLag) {
    long lowest = headerNumbers.stream().mapToLong(Long::longValue).min().orElse(0);
    long highest = headerNumbers.stream().mapToLong(Long::longValue).max().orElse(0);
    if (highest - lowest > maxHeaderLag) {
      throw new EnigmaException(
          ErrorCode.QUORUM_STALE,
          "the key managers' headers lie "
              + (highest - lowest)
              + " blocks apart, more than "
              + maxHeaderLag);
    }
  }
}

package network.enigma.protocol;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** The draw of a realm's workers from the seats of an epoch (rule C4). */
public final class Draw {
  /** How many draws are made, so that duplicates rarely leave a rank empty. */
  public static final int DRAWS = 16;

  /** The most ranks. */
  public static final int RANKS = 3;

  private Draw() {}

  /**
   * The seat of one draw: uint256(keccak256(abi.encode(tag, seed, realm, tenure, i))) mod seats.
   *
   * @param seats how many seats the epoch's draws use, at least 1
   */
  public static long seat(Bytes32 seed, Bytes32 realm, long tenure, int i, long seats) {
    return Preimage.words("DRAW", 4)
        .bytes32(seed)
        .bytes32(realm)
        .uint(tenure)
        .uint(i)
        .hash()
        .toBigInteger()
        .mod(BigInteger.valueOf(seats))
        .longValueExact();
  }

  /**
   * The distinct workers in the order of the draws, at most three; the first is the realm's worker.
   *
   * @param workerOfSeat the worker in a seat as the epoch's draws see it; 0 where there is none, or
   *     where it may not be drawn: logged out, evicted, expired
   * @throws EnigmaException {@link ErrorCode#NO_WORKERS} if there are no seats
   */
  public static List<Long> ranks(
      Bytes32 seed, Bytes32 realm, long tenure, long seats, LongUnaryOperator workerOfSeat) {
    if (seats < 1) {
      throw new EnigmaException(ErrorCode.NO_WORKERS, "no worker has a seat in this epoch");
    }
    List<Long> ranks = new ArrayList<>(RANKS);
    for (int i = 0; i < DRAWS && ranks.size() < RANKS; i++) {
      long worker = workerOfSeat.applyAsLong(seat(seed, realm, tenure, i, seats));
      if (worker != 0 && !ranks.contains(worker)) {
        ranks.add(worker);
      }
    }
    return List.copyOf(ranks);
  }
}

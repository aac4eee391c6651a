package network.enigma.tee.message;

import java.util.Map;
import java.util.TreeMap;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.Roster;

/**
 * In which life a key manager spoke, and which lives of the others it knows of (rule S3). A
 * restarted key manager reads the heads from others, which from then on know its new life: what its
 * earlier process says, still running somewhere, goes together with none of them. One that comes
 * back by a nonce on chain tells everybody.
 *
 * @param own the life of the key manager that speaks
 * @param known latest lives of others, as far as they read heads here; with nonce zero, which is
 *     nobody's, where two lives were heard of and which is the later one is unknown
 */
public record Incarnations(Life own, Map<Address, Life> known) {
  /** Most key managers whose incarnations one remembers. */
  public static final int MAXIMUM_KNOWN = 256;

  public Incarnations {
    known = Map.copyOf(known);
  }

  /**
   * One life of a key manager.
   *
   * @param nonce fresh in it
   * @param number how many nonces of this key manager were on chain when it began to count, a
   *     uint32
   */
  public record Life(Bytes32 nonce, long number) {
    /** Whether somebody who knows this life may not count with the other one. */
    boolean endsOrContradicts(Life other) {
      return number > other.number || (number == other.number && !nonce.equals(other.nonce));
    }

    /** What is known to one who heard of both lives. */
    public Life latest(Life other) {
      if (number != other.number) {
        return number > other.number ? this : other;
      }
      return nonce.equals(other.nonce) ? this : new Life(Bytes32.zero(), number);
    }

    void write(WireWriter writer) {
      writer.bytes32(nonce).uint32(number);
    }

    static Life read(WireReader reader) {
      return new Life(reader.bytes32(), reader.uint32());
    }
  }

  /**
   * Checks that each speaks in its latest life: the one the chain knows of, and no other than the
   * others know of.
   *
   * @param speakers what each key manager said of itself and the others; members of the roster
   * @throws EnigmaException {@link ErrorCode#QUORUM_STALE} naming the restarted one
   */
  public static void requireLatest(Map<Address, Incarnations> speakers, Roster roster) {
    speakers.forEach((speaker, said) -> {
      if (roster.recordedLives(speaker) != said.own.number) {
        throw stale(speaker, "the chain");
      }
    });
    for (Incarnations one : speakers.values()) {
      speakers.forEach((other, said) -> {
        Life latest = one.known.get(other);
        if (latest != null && latest.endsOrContradicts(said.own)) {
          throw stale(other, "another one");
        }
      });
    }
  }

  private static EnigmaException stale(Address speaker, String knower) {
    return new EnigmaException(
        ErrorCode.QUORUM_STALE,
        "key manager " + speaker + " spoke in a life that " + knower + " knows not to be its last");
  }

  void write(WireWriter writer) {
    own.write(writer);
    writer.list(
        new TreeMap<>(known).entrySet(),
        (each, entry) -> entry.getValue().write(each.address(entry.getKey())));
  }

  private record Known(Address keyManager, Life life) {}

  static Incarnations read(WireReader reader) {
    Life own = Life.read(reader);
    Map<Address, Life> known = new TreeMap<>();
    for (Known each :
        reader.list(MAXIMUM_KNOWN, item -> new Known(item.address(), Life.read(item)))) {
      if (known.put(each.keyManager(), each.life()) != null) {
        throw new EnigmaException(
            ErrorCode.MALFORMED_MESSAGE, "two incarnations of " + each.keyManager());
      }
    }
    return new Incarnations(own, known);
  }
}

package network.enigma.tee.message;

import java.util.Map;
import java.util.TreeMap;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * In which life a key manager spoke, and which lives of the others it knows of (rule S3). A
 * restarted key manager reads the heads from others, which from then on know its new life: what its
 * earlier process says, still running somewhere, goes together with none of them.
 *
 * @param own a value fresh in each life of the key manager that speaks
 * @param known latest incarnation of others, as far as they read heads here; zero, which is
 *     nobody's, where two lives were heard of and which is the later one is unknown
 */
public record Incarnations(Bytes32 own, Map<Address, Bytes32> known) {
  /** Most key managers whose incarnations one remembers. */
  public static final int MAXIMUM_KNOWN = 256;

  public Incarnations {
    known = Map.copyOf(known);
  }

  /**
   * Checks that none of them knows of a later life of another one.
   *
   * @param speakers what each key manager said of itself and the others
   * @throws EnigmaException {@link ErrorCode#QUORUM_STALE} naming the restarted one
   */
  public static void requireLatest(Map<Address, Incarnations> speakers) {
    for (Incarnations one : speakers.values()) {
      speakers.forEach((other, said) -> {
        Bytes32 latest = one.known.get(other);
        if (latest != null && !latest.equals(said.own)) {
          throw new EnigmaException(
              ErrorCode.QUORUM_STALE,
              "key manager " + other + " spoke in a life that another one knows to be over");
        }
      });
    }
  }

  void write(WireWriter writer) {
    writer
        .bytes32(own)
        .list(
            new TreeMap<>(known).entrySet(),
            (each, entry) -> each.address(entry.getKey()).bytes32(entry.getValue()));
  }

  private record Known(Address keyManager, Bytes32 incarnation) {}

  static Incarnations read(WireReader reader) {
    Bytes32 own = reader.bytes32();
    Map<Address, Bytes32> known = new TreeMap<>();
    for (Known each :
        reader.list(MAXIMUM_KNOWN, item -> new Known(item.address(), item.bytes32()))) {
      if (known.put(each.keyManager(), each.incarnation()) != null) {
        throw new EnigmaException(
            ErrorCode.MALFORMED_MESSAGE, "two incarnations of " + each.keyManager());
      }
    }
    return new Incarnations(own, known);
  }
}

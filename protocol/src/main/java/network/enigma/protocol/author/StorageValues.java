package network.enigma.protocol.author;

import java.util.List;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * The values of the slots a {@link AuthorRequest.Storage} asked for, in its order; zero for a slot
 * that was never written.
 */
public record StorageValues(List<Bytes32> values) {
  public StorageValues {
    values = List.copyOf(values);
  }

  public byte[] encode() {
    return new WireWriter().list(values, WireWriter::bytes32).toByteArray();
  }

  public static StorageValues decode(byte[] message) {
    WireReader from = new WireReader(message);
    StorageValues values =
        new StorageValues(from.list(AuthorRequest.MAXIMUM_SLOTS, WireReader::bytes32));
    from.end();
    return values;
  }

  /** Without the values, which are secret. */
  @Override
  public String toString() {
    return "StorageValues[" + values.size() + "]";
  }
}

package network.enigma.protocol;

import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * The lease holder's word that it has taken a task and can run it.
 *
 * @param headerNumber the holder's newest header
 */
public record Acceptance(Bytes32 taskId, Bytes32 realm, long headerNumber)
    implements Eip712Message {
  public static final String TYPE = "Acceptance(bytes32 taskId,bytes32 realm,uint64 headerNumber)";

  private static final Bytes32 TYPE_HASH = Keccak.hashText(TYPE);

  @Override
  public Bytes32 structHash() {
    return new Words(4).bytes32(TYPE_HASH).bytes32(taskId).bytes32(realm).uint(headerNumber).hash();
  }

  public void write(WireWriter writer) {
    writer.bytes32(taskId).bytes32(realm).uint64(headerNumber);
  }

  public static Acceptance read(WireReader reader) {
    return new Acceptance(reader.bytes32(), reader.bytes32(), reader.uint64());
  }

  public byte[] encode() {
    WireWriter writer = new WireWriter();
    write(writer);
    return writer.toByteArray();
  }

  public static Acceptance decode(byte[] message) {
    WireReader reader = new WireReader(message);
    Acceptance value = read(reader);
    reader.end();
    return value;
  }
}

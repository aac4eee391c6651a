package network.enigma.protocol;

import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/** The random seed of an epoch, signed by key managers (rule C3). */
public record Seed(long epoch, Bytes32 seed) implements Eip712Message {
  public static final String TYPE = "Seed(uint64 epoch,bytes32 seed)";

  private static final Bytes32 TYPE_HASH = Keccak.hashText(TYPE);

  @Override
  public Bytes32 structHash() {
    return new Words(3).bytes32(TYPE_HASH).uint(epoch).bytes32(seed).hash();
  }

  public void write(WireWriter writer) {
    writer.uint64(epoch).bytes32(seed);
  }

  public static Seed read(WireReader reader) {
    return new Seed(reader.uint64(), reader.bytes32());
  }

  public byte[] encode() {
    WireWriter writer = new WireWriter();
    write(writer);
    return writer.toByteArray();
  }

  public static Seed decode(byte[] message) {
    WireReader reader = new WireReader(message);
    Seed value = read(reader);
    reader.end();
    return value;
  }
}

package network.enigma.protocol;

import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * A backup enclave's word that it holds every delta since the last committed snapshot, under a
 * lease whose quorum of grants it verified (rule C8).
 */
public record Backup(Bytes32 realm, long lease, long endSequence, Bytes32 stateHash)
    implements Eip712Message {
  public static final String TYPE =
      "Backup(bytes32 realm,uint64 lease,uint64 endSequence,bytes32 stateHash)";

  private static final Bytes32 TYPE_HASH = Keccak.hashText(TYPE);

  @Override
  public Bytes32 structHash() {
    return new Words(5)
        .bytes32(TYPE_HASH)
        .bytes32(realm)
        .uint(lease)
        .uint(endSequence)
        .bytes32(stateHash)
        .hash();
  }

  public void write(WireWriter writer) {
    writer.bytes32(realm).uint64(lease).uint64(endSequence).bytes32(stateHash);
  }

  public static Backup read(WireReader reader) {
    return new Backup(reader.bytes32(), reader.uint64(), reader.uint64(), reader.bytes32());
  }

  public byte[] encode() {
    WireWriter writer = new WireWriter();
    write(writer);
    return writer.toByteArray();
  }

  public static Backup decode(byte[] message) {
    WireReader reader = new WireReader(message);
    Backup value = read(reader);
    reader.end();
    return value;
  }
}

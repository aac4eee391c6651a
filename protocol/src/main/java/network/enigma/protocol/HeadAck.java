package network.enigma.protocol;

import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * A key manager's acknowledgement of a head (rule S3); never on chain.
 *
 * @param headerNumber the newest header that the key manager holds
 */
public record HeadAck(
    Bytes32 realm,
    long lease,
    long endSequence,
    Bytes32 stateHash,
    long headerNumber,
    Bytes32 headerHash)
    implements Eip712Message {
  public static final String TYPE =
      "HeadAck(bytes32 realm,uint64 lease,uint64 endSequence,bytes32 stateHash,uint64"
          + " headerNumber,bytes32 headerHash)";

  private static final Bytes32 TYPE_HASH = Keccak.hashText(TYPE);

  @Override
  public Bytes32 structHash() {
    return new Words(7)
        .bytes32(TYPE_HASH)
        .bytes32(realm)
        .uint(lease)
        .uint(endSequence)
        .bytes32(stateHash)
        .uint(headerNumber)
        .bytes32(headerHash)
        .hash();
  }

  public void write(WireWriter writer) {
    writer
        .bytes32(realm)
        .uint64(lease)
        .uint64(endSequence)
        .bytes32(stateHash)
        .uint64(headerNumber)
        .bytes32(headerHash);
  }

  public static HeadAck read(WireReader reader) {
    return new HeadAck(
        reader.bytes32(),
        reader.uint64(),
        reader.uint64(),
        reader.bytes32(),
        reader.uint64(),
        reader.bytes32());
  }

  public byte[] encode() {
    WireWriter writer = new WireWriter();
    write(writer);
    return writer.toByteArray();
  }

  public static HeadAck decode(byte[] message) {
    WireReader reader = new WireReader(message);
    HeadAck value = read(reader);
    reader.end();
    return value;
  }
}

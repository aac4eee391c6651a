package network.enigma.protocol;

import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * The state of a realm after a batch, signed by the worker's enclave (rule C8). The contract
 * recomputes it, key managers acknowledge it, and two that contradict each other are slashed (rule
 * C13).
 *
 * @param lease the lease under which the batch was made
 * @param endSequence the batch's last sequence number
 * @param stateHash the hash that the batch leads to
 */
public record Head(Bytes32 realm, long lease, long endSequence, Bytes32 stateHash)
    implements Eip712Message {
  public static final String TYPE =
      "Head(bytes32 realm,uint64 lease,uint64 endSequence,bytes32 stateHash)";

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

  public static Head read(WireReader reader) {
    return new Head(reader.bytes32(), reader.uint64(), reader.uint64(), reader.bytes32());
  }

  public byte[] encode() {
    WireWriter writer = new WireWriter();
    write(writer);
    return writer.toByteArray();
  }

  public static Head decode(byte[] message) {
    WireReader reader = new WireReader(message);
    Head value = read(reader);
    reader.end();
    return value;
  }
}

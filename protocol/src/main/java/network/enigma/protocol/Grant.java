package network.enigma.protocol;

import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * The public part of a lease, signed by each key manager that grants it (rules K2 and S2).
 *
 * @param lease see {@link LeaseNumber}
 * @param enclave the enclave that holds the lease
 */
public record Grant(Bytes32 realm, long tenure, long lease, Address enclave)
    implements Eip712Message {
  public static final String TYPE =
      "Grant(bytes32 realm,uint64 tenure,uint64 lease,address enclave)";

  private static final Bytes32 TYPE_HASH = Keccak.hashText(TYPE);

  @Override
  public Bytes32 structHash() {
    return new Words(5)
        .bytes32(TYPE_HASH)
        .bytes32(realm)
        .uint(tenure)
        .uint(lease)
        .address(enclave)
        .hash();
  }

  public void write(WireWriter writer) {
    writer.bytes32(realm).uint64(tenure).uint64(lease).address(enclave);
  }

  public static Grant read(WireReader reader) {
    return new Grant(reader.bytes32(), reader.uint64(), reader.uint64(), reader.address());
  }

  public byte[] encode() {
    WireWriter writer = new WireWriter();
    write(writer);
    return writer.toByteArray();
  }

  public static Grant decode(byte[] message) {
    WireReader reader = new WireReader(message);
    Grant value = read(reader);
    reader.end();
    return value;
  }
}

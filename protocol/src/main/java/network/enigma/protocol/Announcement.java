package network.enigma.protocol;

import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * The realm key of a tenure, signed by the enclave that derived it (rule K2).
 *
 * @param suite the HPKE KEM id
 * @param inputKeyHash keccak256 of suite and key, see {@link Realms#inputKeyHash}
 */
public record Announcement(Bytes32 realm, long tenure, int suite, Bytes32 inputKeyHash)
    implements Eip712Message {
  public static final String TYPE =
      "Announcement(bytes32 realm,uint64 tenure,uint16 suite,bytes32 inputKeyHash)";

  private static final Bytes32 TYPE_HASH = Keccak.hashText(TYPE);

  public Announcement {
    Unsigned.check(suite, 16, "suite");
  }

  @Override
  public Bytes32 structHash() {
    return new Words(5)
        .bytes32(TYPE_HASH)
        .bytes32(realm)
        .uint(tenure)
        .uint(suite)
        .bytes32(inputKeyHash)
        .hash();
  }

  public void write(WireWriter writer) {
    writer.bytes32(realm).uint64(tenure).uint16(suite).bytes32(inputKeyHash);
  }

  public static Announcement read(WireReader reader) {
    return new Announcement(reader.bytes32(), reader.uint64(), reader.uint16(), reader.bytes32());
  }

  public byte[] encode() {
    WireWriter writer = new WireWriter();
    write(writer);
    return writer.toByteArray();
  }

  public static Announcement decode(byte[] message) {
    WireReader reader = new WireReader(message);
    Announcement value = read(reader);
    reader.end();
    return value;
  }
}

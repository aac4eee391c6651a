package network.enigma.protocol;

import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What key managers state about an enclave whose evidence they verified (rule C1).
 *
 * @param operator the account that registers the enclave
 * @param enclave the account of the enclave's signing key
 * @param role the number of a {@link Role}
 * @param measurement what code runs in the enclave
 * @param tee 0 simulation, 1 SGX, 2 TDX, 3 SEV-SNP
 * @param platformHash names the machine
 * @param tcbNumber how current the machine's trusted base is; higher is newer
 * @param notAfter in seconds since 1970, at most 30 days ahead
 * @param evidenceHash keccak256 of the published evidence
 */
public record Admission(
    Address operator,
    Address enclave,
    int role,
    Bytes32 measurement,
    int tee,
    Bytes32 platformHash,
    long tcbNumber,
    long notAfter,
    Bytes32 evidenceHash)
    implements Eip712Message {
  public static final String TYPE =
      "Admission(address operator,address enclave,uint8 role,bytes32 measurement,uint8 tee,bytes32"
          + " platformHash,uint32 tcbNumber,uint64 notAfter,bytes32 evidenceHash)";

  private static final Bytes32 TYPE_HASH = Keccak.hashText(TYPE);

  public Admission {
    Unsigned.check(role, 8, "role");
    Unsigned.check(tee, 8, "tee");
    Unsigned.check(tcbNumber, 32, "tcbNumber");
  }

  @Override
  public Bytes32 structHash() {
    return new Words(10)
        .bytes32(TYPE_HASH)
        .address(operator)
        .address(enclave)
        .uint(role)
        .bytes32(measurement)
        .uint(tee)
        .bytes32(platformHash)
        .uint(tcbNumber)
        .uint(notAfter)
        .bytes32(evidenceHash)
        .hash();
  }

  public void write(WireWriter writer) {
    writer
        .address(operator)
        .address(enclave)
        .uint8(role)
        .bytes32(measurement)
        .uint8(tee)
        .bytes32(platformHash)
        .uint32(tcbNumber)
        .uint64(notAfter)
        .bytes32(evidenceHash);
  }

  public static Admission read(WireReader reader) {
    return new Admission(
        reader.address(),
        reader.address(),
        reader.uint8(),
        reader.bytes32(),
        reader.uint8(),
        reader.bytes32(),
        reader.uint32(),
        reader.uint64(),
        reader.bytes32());
  }

  public byte[] encode() {
    WireWriter writer = new WireWriter();
    write(writer);
    return writer.toByteArray();
  }

  public static Admission decode(byte[] message) {
    WireReader reader = new WireReader(message);
    Admission value = read(reader);
    reader.end();
    return value;
  }
}

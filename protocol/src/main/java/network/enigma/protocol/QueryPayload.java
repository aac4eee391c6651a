package network.enigma.protocol;

import java.util.Optional;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What is sealed inside the envelope of a query (rule E4): the permit, if the query is asked in
 * somebody's name, and the call's input.
 */
public record QueryPayload(Optional<Permit.Signed> permit, Bytes input) {

  /** The sender that goes into the envelope's associated data: the permit's owner, else zero. */
  public Address sender() {
    return permit.map(signed -> signed.permit().owner()).orElse(Address.zero());
  }

  public byte[] encode() {
    return new WireWriter()
        .optional(permit, (to, signed) -> signed.write(to))
        .bytes(input)
        .toByteArray();
  }

  public static QueryPayload decode(byte[] message) {
    WireReader reader = new WireReader(message);
    QueryPayload payload = new QueryPayload(reader.optional(Permit.Signed::read), reader.bytes());
    reader.end();
    return payload;
  }
}

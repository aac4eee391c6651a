package network.enigma.tee.message;

import java.util.List;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.PartialSecret;
import network.enigma.tee.RealmSecret;

/**
 * The partial secrets of one tenure that one key manager gives.
 *
 * @param generation of the master secret they come from, a uint32
 * @param tenure of the realm
 * @param parts this key manager's partial secrets
 */
public record TenureSecret(long generation, long tenure, List<PartialSecret> parts) {
  public TenureSecret {
    parts = List.copyOf(parts);
  }

  void write(WireWriter writer) {
    writer.uint32(generation).uint64(tenure).list(parts, (each, part) -> part.write(each));
  }

  static TenureSecret read(WireReader reader) {
    return new TenureSecret(
        reader.uint32(),
        reader.uint64(),
        reader.list(RealmSecret.MAXIMUM_PARTS, PartialSecret::read));
  }
}

package network.enigma.tee;

import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * One of the values a realm secret is made of (rule K5). With one master secret held by every key
 * manager there is one, with index 0, and every grant carries the same.
 *
 * @param index place in the concatenation, a uint16
 * @param value 32 bytes
 */
public record PartialSecret(int index, SecretBytes value) {
  public static final int LENGTH = 32;

  public PartialSecret {
    if (value.length() != LENGTH || index >>> 16 != 0) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE, "a partial secret has 32 bytes and an index of 16 bits");
    }
  }

  public void write(WireWriter writer) {
    writer.uint16(index).raw(value.toByteArray(SecretAccess.granted()));
  }

  public static PartialSecret read(WireReader reader) {
    return new PartialSecret(reader.uint16(), SecretBytes.of(reader.raw(LENGTH)));
  }
}

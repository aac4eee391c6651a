package network.enigma.protocol;

import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What opens the answer to one sealed input (rule K9): kept by the client until the task has ended.
 *
 * @param encapsulation the {@code enc} of the input's envelope
 * @param secret 32 bytes exported from the HPKE context
 */
public record ResponseKey(Bytes encapsulation, SecretBytes secret) {

  /** For the client's own storage, so that a result can be opened after a restart. */
  public SecretBytes encode() {
    return SecretBytes.of(
        new WireWriter()
            .bytes(encapsulation)
            .bytes(secret.toByteArray(SecretAccess.granted()))
            .toByteArray());
  }

  public static ResponseKey decode(SecretBytes encoded) {
    WireReader reader = new WireReader(encoded.toByteArray(SecretAccess.granted()));
    ResponseKey key = new ResponseKey(reader.bytes(), SecretBytes.of(reader.byteArray()));
    reader.end();
    return key;
  }
}

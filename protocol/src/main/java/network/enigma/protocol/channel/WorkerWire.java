package network.enigma.protocol.channel;

import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireReader;

/** Readings that several messages of the worker channel share. */
final class WorkerWire {
  private WorkerWire() {}

  static Signature readSignature(WireReader reader) {
    return Signature.of(reader.raw(Signature.LENGTH));
  }

  static int readCount(WireReader reader) {
    long count = reader.uint32();
    if (count > Integer.MAX_VALUE) {
      throw malformed("a count of " + count);
    }
    return (int) count;
  }

  static ErrorCode readCode(WireReader reader) {
    int number = reader.uint16();
    return ErrorCode.fromNumber(number)
        .orElseThrow(() -> malformed("no error has number " + number));
  }

  static EnigmaException malformed(String message) {
    return new EnigmaException(ErrorCode.MALFORMED_MESSAGE, message);
  }
}

package network.enigma.protocol.author;

import network.enigma.protocol.CallResult;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * The answer to {@link AuthorRequest.Trace}: what the call gave, and what it did.
 *
 * @param result as the sender of such a call would get it
 */
public record TracedCall(CallResult result, CallTrace trace) {
  public byte[] encode() {
    WireWriter to = new WireWriter().bytes(result.encode());
    trace.write(to);
    return to.toByteArray();
  }

  public static TracedCall decode(byte[] message) {
    WireReader from = new WireReader(message);
    TracedCall traced = new TracedCall(CallResult.decode(from.byteArray()), CallTrace.read(from));
    from.end();
    return traced;
  }
}

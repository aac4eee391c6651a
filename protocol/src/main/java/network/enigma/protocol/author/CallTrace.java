package network.enigma.protocol.author;

import java.util.List;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What a call did, from its {@link TraceEvent.Called} on.
 *
 * @param events in the order they happened
 * @param complete whether nothing was left out for length
 */
public record CallTrace(List<TraceEvent> events, boolean complete) {
  /** About the most bytes of events; what a call does beyond is left out. */
  public static final int MAXIMUM_BYTES = 256 << 10;

  private static final int MAXIMUM_EVENTS = MAXIMUM_BYTES / 24;

  public CallTrace {
    events = List.copyOf(events);
  }

  void write(WireWriter to) {
    to.bool(complete).list(events, (writer, event) -> event.write(writer));
  }

  static CallTrace read(WireReader from) {
    boolean complete = from.bool();
    return new CallTrace(from.list(MAXIMUM_EVENTS, TraceEvent::read), complete);
  }

  /** Without the events, which are secret. */
  @Override
  public String toString() {
    return "CallTrace[" + events.size() + " events]";
  }
}

package network.enigma.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import network.enigma.attestation.DevelopmentNetwork;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.CallResult;
import network.enigma.protocol.author.CallTrace;
import network.enigma.protocol.author.TraceEvent;

/**
 * What is noted of one call while it runs, for the contract's author. It holds secrets, and exists
 * on development networks only. For one thread.
 */
public final class Observation {
  /** Most bytes of console lines without the rest of a trace. */
  public static final int MAXIMUM_CONSOLE_BYTES = 16 << 10;

  private final boolean everything;
  private final List<TraceEvent> events = new ArrayList<>();
  private int bytesLeft;
  private boolean complete = true;

  private Observation(DevelopmentNetwork network, boolean everything, int bytes) {
    Objects.requireNonNull(network);
    this.everything = everything;
    this.bytesLeft = bytes;
  }

  /** Notes console lines only, which costs next to nothing. */
  public static Observation ofConsole(DevelopmentNetwork network) {
    return new Observation(network, false, MAXIMUM_CONSOLE_BYTES);
  }

  /** Notes everything a trace shows; the call runs slower. */
  public static Observation ofEverything(DevelopmentNetwork network) {
    return new Observation(network, true, CallTrace.MAXIMUM_BYTES);
  }

  /** Whether more than console lines is noted. */
  public boolean isOfEverything() {
    return everything;
  }

  /** Notes an event, if there is room; once there is not, none that follows. */
  public void note(TraceEvent event) {
    if (!everything
        && (!(event instanceof TraceEvent.ConsoleLine)
            || events.size() == CallResult.MAXIMUM_LINES)) {
      return;
    }
    bytesLeft -= event.size();
    complete &= bytesLeft >= 0;
    if (complete) {
      events.add(event);
    }
  }

  /** What the call did. */
  public CallTrace trace() {
    return new CallTrace(events, complete);
  }

  /** The console lines, each as selector and arguments of {@code log(…)}. */
  public List<Bytes> console() {
    return events.stream()
        .filter(TraceEvent.ConsoleLine.class::isInstance)
        .map(event -> ((TraceEvent.ConsoleLine) event).input())
        .limit(CallResult.MAXIMUM_LINES)
        .toList();
  }
}

package network.enigma.acceptance;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import network.enigma.platform.EnclaveChannel;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.WorkerRequest;

/**
 * Stops a host at a chosen request to its enclave and holds it there, so that a test can kill it at
 * exactly this moment.
 */
final class FaultPoint {
  private static final int PATIENCE_SECONDS = 180;

  /** When the host stops. */
  enum Moment {
    /** Before the enclave hears of the batch. */
    BEFORE_EXECUTION(WorkerRequest.Execute.class, false),
    /** The batch is made; nothing of it has left the enclave. */
    AFTER_EXECUTION(WorkerRequest.Execute.class, true),
    /** Key managers acknowledged the head; the results are still inside. */
    ANCHORED(WorkerRequest.Release.class, false),
    /** The results are out; the host has neither stored them nor committed the batch. */
    RELEASED(WorkerRequest.Release.class, true),
    /** The chain has the commit; the enclave has not heard of it. */
    COMMITTED(WorkerRequest.ConfirmCommitted.class, false),
    /** A key manager acknowledged a head and nobody has heard of it. */
    ACKNOWLEDGED(KeyManagerRequest.AcknowledgeHead.class, true);

    private final Class<?> request;
    private final boolean after;

    Moment(Class<?> request, boolean after) {
      this.request = request;
      this.after = after;
    }
  }

  private record Place(Role role, int index) {}

  private record Armed(Moment moment, CountDownLatch reached) {}

  private final Map<Place, Armed> armed = new ConcurrentHashMap<>();

  /** The next such request of a worker's, or key manager's, host does not come back. */
  void arm(Role role, int index, Moment moment) {
    armed.put(new Place(role, index), new Armed(moment, new CountDownLatch(1)));
  }

  /** Waits until the host has come to the moment. */
  void await(Role role, int index) {
    Armed point = armed.get(new Place(role, index));
    try {
      if (point == null || !point.reached.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(role + " " + index + " does not come to " + point);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  void disarm(Role role, int index) {
    armed.remove(new Place(role, index));
  }

  EnclaveChannel between(Role role, int index, EnclaveChannel channel) {
    return new Stopping(new Place(role, index), channel);
  }

  private static Object decode(Role role, byte[] request) {
    return role == Role.WORKER ? WorkerRequest.decode(request) : KeyManagerRequest.decode(request);
  }

  private final class Stopping implements EnclaveChannel {
    private final Place place;
    private final EnclaveChannel channel;
    private final CountDownLatch closed = new CountDownLatch(1);

    Stopping(Place place, EnclaveChannel channel) {
      this.place = place;
      this.channel = channel;
    }

    @Override
    public byte[] call(byte[] request) {
      Armed point = armed.get(place);
      if (point == null || !point.moment.request.isInstance(decode(place.role, request))) {
        return channel.call(request);
      }
      if (point.moment.after) {
        channel.call(request);
      }
      point.reached.countDown();
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new EnigmaException(ErrorCode.ENCLAVE_STOPPED, "the host was killed at this moment");
    }

    @Override
    public long incarnation() {
      return channel.incarnation();
    }

    @Override
    public void close() {
      closed.countDown();
      channel.close();
    }
  }
}

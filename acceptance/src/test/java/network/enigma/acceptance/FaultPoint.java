package network.enigma.acceptance;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import network.enigma.platform.EnclaveChannel;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.WorkerRequest;

/**
 * Stops a worker's host at a chosen request to its enclave and holds it there, so that a test can
 * kill it at exactly this moment.
 */
final class FaultPoint {
  private static final int PATIENCE_SECONDS = 60;

  /** When the host stops. */
  enum Moment {
    /** Before the enclave hears of the batch. */
    BEFORE_EXECUTION(WorkerRequest.Execute.class, false),
    /** The batch is made; nothing of it has left the enclave. */
    AFTER_EXECUTION(WorkerRequest.Execute.class, true),
    /** Key managers acknowledged the head; the results are still inside. */
    ANCHORED(WorkerRequest.Release.class, false),
    /** The results are out; the host has neither stored them nor committed the batch. */
    RELEASED(WorkerRequest.Release.class, true);

    private final Class<? extends WorkerRequest> request;
    private final boolean after;

    Moment(Class<? extends WorkerRequest> request, boolean after) {
      this.request = request;
      this.after = after;
    }
  }

  private record Armed(Moment moment, CountDownLatch reached) {}

  private final Map<Integer, Armed> armed = new ConcurrentHashMap<>();

  /** The next such request of a worker's host does not come back. */
  void arm(int worker, Moment moment) {
    armed.put(worker, new Armed(moment, new CountDownLatch(1)));
  }

  /** Waits until the host has come to the moment. */
  void await(int worker) {
    Armed point = armed.get(worker);
    try {
      if (point == null || !point.reached.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("worker " + worker + " does not come to " + point);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  void disarm(int worker) {
    armed.remove(worker);
  }

  EnclaveChannel between(Role role, int index, EnclaveChannel channel) {
    return role == Role.WORKER ? new Stopping(index, channel) : channel;
  }

  private final class Stopping implements EnclaveChannel {
    private final int worker;
    private final EnclaveChannel channel;
    private final CountDownLatch closed = new CountDownLatch(1);

    Stopping(int worker, EnclaveChannel channel) {
      this.worker = worker;
      this.channel = channel;
    }

    @Override
    public byte[] call(byte[] request) {
      Predicate<Class<? extends WorkerRequest>> isOf =
          kind -> request.length > 0 && WorkerRequest.decode(request).getClass().equals(kind);
      Armed point = armed.get(worker);
      if (point == null || !isOf.test(point.moment.request)) {
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

package network.enigma.acceptance;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import network.enigma.platform.EnclaveChannel;
import network.enigma.protocol.BatchKind;
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
    /** The enclave has a lease, and has signed what announces it; nobody has heard of it. */
    LEASE_TAKEN(WorkerRequest.TakeLease.class, true),
    /** A snapshot has come to a backup, whose enclave has not seen it. */
    SNAPSHOT_COMES(WorkerRequest.HoldDelta.class, false),
    /** A backup's enclave acknowledged a snapshot that is not on the backup's disk. */
    SNAPSHOT_ACKNOWLEDGED(WorkerRequest.HoldDelta.class, true),
    /** A key manager acknowledged a head and nobody has heard of it. */
    ACKNOWLEDGED(KeyManagerRequest.AcknowledgeHead.class, true),
    /** A key manager granted a lease and nobody has heard of it. */
    GRANTED(KeyManagerRequest.GrantLease.class, true);

    private final Class<?> request;
    private final boolean after;

    Moment(Class<?> request, boolean after) {
      this.request = request;
      this.after = after;
    }

    private boolean isOf(Object message) {
      return request.isInstance(message)
          && (!(message instanceof WorkerRequest.HoldDelta hold) || withSnapshot(hold));
    }

    private static boolean withSnapshot(WorkerRequest.HoldDelta hold) {
      return hold.batches().stream().anyMatch(each -> each.batch().kind() == BatchKind.SNAPSHOT);
    }
  }

  private record Place(Role role, int index) {}

  private record Armed(Moment moment, CountDownLatch reached, CountDownLatch over) {}

  private final Map<Place, Armed> armed = new ConcurrentHashMap<>();
  private final BlockingQueue<Place> arrivals = new LinkedBlockingQueue<>();

  /** The next such request of a worker's, or key manager's, host does not come back. */
  void arm(Role role, int index, Moment moment) {
    arrivals.clear();
    armed.put(
        new Place(role, index), new Armed(moment, new CountDownLatch(1), new CountDownLatch(1)));
  }

  /** Waits until one of the hosts has come to its moment; says which. */
  int awaitFirst() {
    try {
      Place first = arrivals.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (first == null) {
        throw new AssertionError("nobody comes to any of " + armed);
      }
      return first.index;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
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

  /** No such moment any more: what stopped there and was not killed goes on. */
  void disarm(Role role, int index) {
    Armed point = armed.remove(new Place(role, index));
    if (point != null) {
      point.over.countDown();
    }
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
    private final Set<Armed> stoppedAt = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Stopping(Place place, EnclaveChannel channel) {
      this.place = place;
      this.channel = channel;
    }

    @Override
    public byte[] call(byte[] request) {
      Armed point = armed.get(place);
      if (point == null || !point.moment.isOf(decode(place.role, request))) {
        return channel.call(request);
      }
      byte[] answer = point.moment.after ? channel.call(request) : null;
      stoppedAt.add(point);
      point.reached.countDown();
      arrivals.add(place);
      try {
        if (!closed) {
          point.over.await();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        closed = true;
      }
      if (closed) {
        throw new EnigmaException(ErrorCode.ENCLAVE_STOPPED, "the host was killed at this moment");
      }
      return answer == null ? channel.call(request) : answer;
    }

    @Override
    public long incarnation() {
      return channel.incarnation();
    }

    @Override
    public void close() {
      closed = true;
      stoppedAt.forEach(point -> point.over.countDown());
      channel.close();
    }
  }
}

package network.enigma.enclave;

import java.util.List;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;
import network.enigma.runtime.Runtime;
import network.enigma.tee.Machine;
import network.enigma.tee.TrustedCore;
import org.jspecify.annotations.Nullable;

/**
 * The worker enclave behind its channel: reads a request, answers it, and turns whatever goes wrong
 * into a typed failure that leaves its state as it was (Rule T1). It knows nothing before {@link
 * SharedRequest.Configure}. Any number of threads may call it.
 */
public final class WorkerEnclave implements TrustedCore {
  private final Machine machine;
  private final List<Runtime> runtimes;
  private final Object configuring = new Object();
  private volatile @Nullable Worker worker;

  /**
   * @param runtimes one for each dialect that contracts may have
   */
  public WorkerEnclave(Machine machine, List<Runtime> runtimes) {
    this.machine = machine;
    this.runtimes = List.copyOf(runtimes);
  }

  /** The role this program has in evidence. */
  public static Role role() {
    return Role.WORKER;
  }

  @Override
  public byte[] handle(byte[] request) {
    try {
      return answer(WorkerRequest.decode(request)).encode();
    } catch (EnigmaException e) {
      return SharedResponse.Failure.of(e).encode();
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      // Its message is not ours and could hold anything: only its type leaves the enclave.
      return new SharedResponse.Failure(
              ErrorCode.INTERNAL, "the worker enclave failed with " + e.getClass().getSimpleName())
          .encode();
    }
  }

  private WorkerResponse answer(WorkerRequest request) {
    if (request instanceof SharedRequest.Configure configure) {
      return configure(configure);
    }
    Worker configured = worker;
    if (configured == null) {
      throw new EnigmaException(
          ErrorCode.NOT_CONFIGURED, "the worker enclave has no network configuration yet");
    }
    return switch (request) {
      case SharedRequest.Configure configure -> configure(configure);
      case SharedRequest.Attest attest -> configured.attest(attest);
      case SharedRequest.AdvanceHeaders advance -> configured.advance(advance);
      case WorkerRequest.RequestLease ask -> configured.leases().request(ask);
      case WorkerRequest.TakeLease take -> configured.take(take);
      case WorkerRequest.Accept accept -> configured.accept(accept);
      case WorkerRequest.Execute execute -> configured.execute(execute);
      case WorkerRequest.Snapshot snapshot -> configured.snapshot(snapshot);
      case WorkerRequest.Release release -> configured.release(release);
      case WorkerRequest.ConfirmCommitted confirm -> configured.confirm(confirm);
      case WorkerRequest.AnswerQuery query -> configured.query(query);
      case WorkerRequest.HoldDelta hold -> configured.backups().hold(hold);
      case WorkerRequest.OpenStep open -> configured.openStep(open);
      case WorkerRequest.DropRealm drop -> configured.drop(drop);
    };
  }

  private SharedResponse.Identity configure(SharedRequest.Configure request) {
    synchronized (configuring) {
      Worker configured = worker;
      if (configured == null) {
        configured = Worker.start(machine, runtimes, request);
        worker = configured;
      } else if (!configured.network().hash().equals(request.config().hash())) {
        throw new EnigmaException(
            ErrorCode.ALREADY_CONFIGURED,
            "the worker enclave belongs to network " + configured.network().hash());
      }
      return configured.identity();
    }
  }
}

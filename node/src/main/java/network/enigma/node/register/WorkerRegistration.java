package network.enigma.node.register;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumAccount;
import network.enigma.contracts.Enigma;
import network.enigma.node.keymanager.KeyManagerCall;
import network.enigma.node.keymanager.KeyManagerClient;
import network.enigma.platform.EnclaveChannel;
import network.enigma.protocol.Address;
import network.enigma.protocol.Admission;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerResponse.Admitted;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.protocol.channel.WorkerResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers a worker's enclave and keeps it registered: fresh evidence goes to the key managers, a
 * quorum of whom sign the same admission, which the operator puts on chain. Renewed at half life.
 */
public final class WorkerRegistration {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerRegistration.class);
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Between attempts to renew an admission that is over. */
  private static final long RETRY_SECONDS = 60;

  private final EnigmaContract contract;
  private final EthereumAccount operator;
  private final EnclaveChannel channel;
  private final Address enclave;
  private final Supplier<List<KeyManagerClient>> keyManagers;
  private final NetworkConfig network;
  private final EvidenceCompletion completion;
  private final RegistrationEvidence kept;
  private final ReentrantLock renewing = new ReentrantLock();
  private volatile long renewAt;

  /**
   * @param operator has a balance in the contract for the seats
   * @param channel to the enclave, configured
   * @param completion completes the evidence of a machine that gives none with it
   * @param kept keeps the evidence of each registration, to publish it
   */
  public WorkerRegistration(
      EnigmaContract contract,
      EthereumAccount operator,
      EnclaveChannel channel,
      Address enclave,
      Supplier<List<KeyManagerClient>> keyManagers,
      NetworkConfig network,
      EvidenceCompletion completion,
      RegistrationEvidence kept) {
    this.contract = contract;
    this.operator = operator;
    this.channel = channel;
    this.enclave = enclave;
    this.keyManagers = keyManagers;
    this.network = network;
    this.completion = completion;
    this.kept = kept;
  }

  /**
   * Registers what is not registered, takes seats up to a number, and logs in.
   *
   * @param now seconds since 1970, of the latest block
   * @return the worker's number
   * @throws EnigmaException QUORUM_NOT_REACHED with the key managers' reasons, or the contract's
   *     error
   */
  public long ensure(int seats, long now) {
    long worker = contract.workerOf(enclave);
    if (worker == 0 || contract.worker(worker).admittedUntil() <= now) {
      register(now);
      worker = contract.workerOf(enclave);
    }
    Enigma.WorkerView view = contract.worker(worker);
    renewAt = halfway(now);
    if (view.seats() < seats) {
      operator.execute(contract.takeSeats(worker, seats - view.seats()));
    }
    if (view.loggedOut()) {
      operator.execute(contract.logIn(worker));
    }
    return worker;
  }

  /**
   * Renews the admission once half of its life is over. One attempt at a time; after one that
   * failed, the next comes when half of what is left is over, or a minute later.
   *
   * @throws EnigmaException as {@link #ensure}
   */
  public void renewIfDue(long now) {
    if (now < renewAt || !renewing.tryLock()) {
      return;
    }
    try {
      if (now < renewAt) {
        return;
      }
      renewAt = halfway(now);
      register(now);
      renewAt = halfway(now);
    } finally {
      renewing.unlock();
    }
  }

  private long halfway(long now) {
    long left = contract.worker(contract.workerOf(enclave)).admittedUntil() - now;
    return now + (left > 0 ? Math.max(1, left / 2) : RETRY_SECONDS);
  }

  private void register(long now) {
    byte[] random = new byte[32];
    RANDOM.nextBytes(random);
    Bytes32 nonce = Bytes32.of(random);
    EvidenceBundle bundle = completion.complete(EvidenceBundle.decode(evidence(nonce)));
    Bytes evidence = bundle.encode();
    int quorum = contract.generation(contract.network().generation()).quorum();
    List<Admitted> admitted = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    for (KeyManagerClient keyManager : keyManagers.get()) {
      try {
        Admitted answer =
            keyManager.admit(
                new KeyManagerCall.Admit(
                    operator.address(), enclave, Role.WORKER.number(), nonce, evidence));
        if (admitted.isEmpty() || answer.admission().equals(admitted.getFirst().admission())) {
          admitted.add(answer);
        }
      } catch (EnigmaException e) {
        refusals.add(e.getMessage());
      }
      if (admitted.size() == quorum) {
        break;
      }
    }
    if (admitted.size() < quorum) {
      throw new EnigmaException(
          ErrorCode.QUORUM_NOT_REACHED,
          "%d key managers admitted the enclave where %d are needed%s"
              .formatted(
                  admitted.size(),
                  quorum,
                  refusals.isEmpty() ? "" : ": " + String.join("; ", refusals)));
    }
    List<byte[]> signatures =
        admitted.stream()
            .sorted(Comparator.comparing(Admitted::keyManager))
            .map(each -> each.signature().toByteArray())
            .toList();
    EnclaveEvidence published =
        new EnclaveEvidence(
            network.hash(),
            network.mode(),
            Role.WORKER,
            enclave,
            operator.address(),
            nonce,
            bundle);
    kept.offered(published);
    operator.execute(
        contract.register(
            arguments(admitted.getFirst().admission()), signatures, bundle.core().toByteArray()));
    kept.registered(published);
    LOG.info("registered enclave {} at {}", enclave, now);
  }

  private Bytes evidence(Bytes32 nonce) {
    WorkerResponse answer =
        WorkerResponse.decode(
            channel.call(new SharedRequest.Attest(operator.address(), nonce).encode()));
    return switch (answer) {
      case SharedResponse.Evidence(Bytes evidence) -> evidence;
      case SharedResponse.Failure failure -> throw failure.toException();
      default ->
          throw new EnigmaException(
              ErrorCode.MALFORMED_MESSAGE, "the enclave gave no evidence where it was due");
    };
  }

  private static Enigma.Admission arguments(Admission admission) {
    return new Enigma.Admission(
        admission.operator().toByteArray(),
        admission.enclave().toByteArray(),
        admission.role(),
        admission.measurement().toByteArray(),
        admission.tee(),
        admission.platformHash().toByteArray(),
        admission.tcbNumber(),
        admission.notAfter(),
        admission.evidenceHash().toByteArray());
  }
}

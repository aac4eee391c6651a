package network.enigma.keymanager;

import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.tee.Machine;
import network.enigma.tee.TrustedCore;
import org.jspecify.annotations.Nullable;

/**
 * The key-manager enclave behind its channel: reads a request, answers it, turns whatever goes
 * wrong into a typed failure. It knows nothing before {@link SharedRequest.Configure}.
 */
public final class KeyManagerEnclave implements TrustedCore {
  private final Machine machine;
  private final Object configuring = new Object();
  private volatile @Nullable KeyManager keyManager;

  public KeyManagerEnclave(Machine machine) {
    this.machine = machine;
  }

  @Override
  public byte[] handle(byte[] request) {
    try {
      return answer(KeyManagerRequest.decode(request)).encode();
    } catch (EnigmaException e) {
      return SharedResponse.Failure.of(e).encode();
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      // Its message is not ours and could hold anything: only its type leaves the enclave.
      return new SharedResponse.Failure(
              ErrorCode.INTERNAL, "the key manager failed with " + e.getClass().getSimpleName())
          .encode();
    }
  }

  private KeyManagerResponse answer(KeyManagerRequest request) {
    if (request instanceof SharedRequest.Configure configure) {
      return configure(configure);
    }
    KeyManager configured = keyManager;
    if (configured == null) {
      throw new EnigmaException(
          ErrorCode.NOT_CONFIGURED, "the key manager has no network configuration yet");
    }
    return switch (request) {
      case SharedRequest.Configure configure -> configure(configure);
      case SharedRequest.Attest attest -> configured.attest(attest);
      case SharedRequest.AdvanceHeaders advance -> configured.advance(advance);
      case KeyManagerRequest.GenerateMaster generate -> configured.masters().generate(generate);
      case KeyManagerRequest.RequestMaster ask -> configured.masters().request(ask);
      case KeyManagerRequest.ServeMaster serve -> configured.masters().serve(serve);
      case KeyManagerRequest.ReceiveMaster receive -> configured.masters().receive(receive);
      case KeyManagerRequest.Admit admit -> configured.admissions().admit(admit);
      case KeyManagerRequest.GrantLease grant -> configured.leases().grant(grant);
      case KeyManagerRequest.AcknowledgeHead anchor -> configured.leases().acknowledge(anchor);
      case KeyManagerRequest.ReleaseSeed release -> configured.seeds().release(release);
      case KeyManagerRequest.RequestHeads ask -> configured.memory().request();
      case KeyManagerRequest.ReadHeads read -> configured.memory().read(read);
      case KeyManagerRequest.LoadHeads load -> configured.memory().load(load);
      case KeyManagerRequest.SignNonce sign -> configured.memory().sign(sign);
      case KeyManagerRequest.ResumeByNonce resume -> configured.memory().resume(resume);
      case KeyManagerRequest.CountAsFounder found -> configured.memory().found(found);
    };
  }

  private SharedResponse.Identity configure(SharedRequest.Configure request) {
    synchronized (configuring) {
      KeyManager configured = keyManager;
      if (configured == null) {
        configured = KeyManager.start(machine, request);
        keyManager = configured;
      } else if (!configured.network().hash().equals(request.config().hash())) {
        throw new EnigmaException(
            ErrorCode.ALREADY_CONFIGURED,
            "the key manager belongs to network " + configured.network().hash());
      }
      return configured.identity();
    }
  }

  /** The role this program has in evidence. */
  public static Role role() {
    return Role.KEY_MANAGER;
  }
}

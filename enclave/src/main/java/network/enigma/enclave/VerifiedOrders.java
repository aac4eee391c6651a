package network.enigma.enclave;

import java.util.LinkedHashMap;
import java.util.Map;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Eip712Domain;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.SessionKey;
import network.enigma.protocol.channel.TaskInput;
import network.enigma.protocol.crypto.Signature;

/**
 * Checks the signatures of orders, and remembers who signed what, so that an order's signature is
 * recovered once when it is accepted and not again when it runs. Whether a session key is in time
 * and not revoked is checked at each header (see {@link OrderRules}).
 */
final class VerifiedOrders {
  private static final int MOST_ENTRIES = 20_000;

  private record Signed(Bytes32 digest, Signature signature) {}

  private final Map<Signed, Address> signers =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Signed, Address> eldest) {
          return size() > MOST_ENTRIES;
        }
      };

  /**
   * Checks that the order's sender wants it, as far as signatures show.
   *
   * @throws EnigmaException {@link ErrorCode#BAD_SIGNATURE}
   */
  void requireAuthorized(Eip712Domain domain, TaskInput task, Bytes32 taskId) {
    Address sender = task.order().sender();
    switch (task.authorization()) {
      case TaskInput.Posted() -> {}
      case TaskInput.Signed(Signature signature) -> require(sender, taskId, signature);
      case TaskInput.BySession(
              SessionKey session,
              Signature ownerSignature,
              Signature signature) -> {
        if (!session.owner().equals(sender)) {
          throw new EnigmaException(
              ErrorCode.BAD_SIGNATURE, "the session key is not of the order's sender");
        }
        require(session.owner(), session.digest(domain), ownerSignature);
        require(session.key(), taskId, signature);
      }
    }
  }

  private void require(Address expected, Bytes32 digest, Signature signature) {
    Signed signed = new Signed(digest, signature);
    Address signer;
    synchronized (signers) {
      signer = signers.get(signed);
    }
    if (signer == null) {
      signer = network.enigma.protocol.crypto.Secp256k1.recover(digest, signature);
      synchronized (signers) {
        signers.put(signed, signer);
      }
    }
    if (!signer.equals(expected)) {
      throw new EnigmaException(
          ErrorCode.BAD_SIGNATURE, "the signature was not made by " + expected);
    }
  }
}

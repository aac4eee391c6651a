package network.enigma.client;

import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.crypto.Suite;

/**
 * What inputs for a realm are sealed to: read from the announcement's event and checked against the
 * hash in the contract.
 *
 * @param realm whose key it is
 * @param suite its kind
 * @param generation of the key managers' secret
 * @param tenure the key belongs to
 * @param inputKey the public key
 */
public record RealmKey(Bytes32 realm, Suite suite, long generation, long tenure, Bytes inputKey) {

  /** Seals an input for the realm's enclave. */
  Envelope.Sealed seal(Bytes32 networkHash, Envelope.Context context, byte[] input) {
    return Envelope.seal(suite, inputKey, networkHash, generation, tenure, context, input);
  }
}

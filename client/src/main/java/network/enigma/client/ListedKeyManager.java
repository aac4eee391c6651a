package network.enigma.client;

import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;

/**
 * A key manager as the chain has it.
 *
 * @param enclave the account of its signing key
 * @param operator who runs it
 * @param measurement of the program it was listed with
 * @param evidence published when it was listed
 */
record ListedKeyManager(Address enclave, Address operator, Bytes32 measurement, Bytes evidence) {
  static ListedKeyManager of(Address operator, Enigma.Event.KeyManagerAdded listing) {
    return new ListedKeyManager(
        Address.of(listing.enclave()),
        operator,
        Bytes32.of(listing.measurement()),
        Bytes.of(listing.evidence()));
  }
}

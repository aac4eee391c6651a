package network.enigma.enclave;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * What the realm knows of a contract that an order deployed: public facts only. Whether its
 * constructor succeeded is known to the contract part of the state alone (Rule C10).
 *
 * @param codeHash of the code as deployed or last upgraded
 * @param dialect the runtime's number
 * @param authority who may upgrade, zero for nobody
 * @param delay of an upgrade, in blocks
 */
record ContractEntry(Bytes32 codeHash, int dialect, Address authority, long delay) {}

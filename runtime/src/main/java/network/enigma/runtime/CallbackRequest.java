package network.enigma.runtime;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;

/**
 * A call into an ordinary Ethereum contract that a secret contract asks for (Rule C12). The gas it
 * may use is already paid for by the task.
 *
 * @param origin the secret contract that asks
 * @param target the Ethereum contract to call
 * @param gas how much gas that call gets
 * @param data what is handed to it
 */
public record CallbackRequest(Address origin, Address target, long gas, Bytes data) {}

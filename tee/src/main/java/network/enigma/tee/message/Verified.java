package network.enigma.tee.message;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * A message whose signature was right. Whether its sender may say such a thing is the receiver's to
 * check.
 *
 * @param sender the account of the enclave that signed
 * @param body what it says
 * @param digest what it signed: names the message
 */
public record Verified<T>(Address sender, T body, Bytes32 digest) {}

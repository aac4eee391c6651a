package network.enigma.client.store;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * A contract the client can call.
 *
 * @param name for people
 * @param address of the contract
 * @param realm it lives in
 * @param abi the compiler's JSON
 * @param layout how the compiler lays out its storage, in its JSON; empty if unknown
 * @param savedAt milliseconds since 1970
 */
public record ContractRecord(
    String name, Address address, Bytes32 realm, String abi, String layout, long savedAt) {}

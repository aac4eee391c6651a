package network.enigma.enclave;

import java.util.Optional;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ContractTerms;

/**
 * What a realm knows of a contract deployed into it (Rules K1, C7). Contracts that a contract made
 * while it ran have no entry: nobody may upgrade them.
 *
 * @param terms what its address commits to
 * @param codeHash of the creation code it runs by now, as deployed or last upgraded; empty while no
 *     constructor succeeded
 */
record ContractEntry(ContractTerms terms, Optional<Bytes32> codeHash) {}

package network.enigma.runtime.evm;

import java.util.List;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;

/** An event as LOG0 to LOG4 write it. */
record Log(Address contract, List<Bytes32> topics, Bytes data) {}

package network.enigma.node.keymanager;

import java.net.URI;
import java.nio.file.Path;
import network.enigma.node.peer.PeerTraffic;
import network.enigma.node.register.EvidenceCompletion;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.crypto.SigningKey;

/**
 * What a key manager's host is started with.
 *
 * @param network the network
 * @param ethereum JSON-RPC of its Ethereum node
 * @param operator sends its transactions and names it to its peers
 * @param directory where it keeps its files; its own
 * @param peerPort on loopback; 0 for a free one
 * @param traffic is shown what it sends to other hosts
 * @param completion completes evidence that its machine gives without collateral
 */
public record KeyManagerNodeConfig(
    NetworkConfig network,
    URI ethereum,
    SigningKey operator,
    Path directory,
    int peerPort,
    PeerTraffic traffic,
    EvidenceCompletion completion) {}

package network.enigma.node;

import java.net.URI;
import java.nio.file.Path;
import network.enigma.node.peer.PeerTraffic;
import network.enigma.node.register.EvidenceCompletion;
import network.enigma.node.schedule.Renewals;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.crypto.SigningKey;

/**
 * What a worker's host is started with.
 *
 * @param network the network
 * @param ethereum JSON-RPC of its Ethereum node
 * @param operator sends its transactions, is paid, and names it to its peers; its balance in the
 *     contract pays for the seats
 * @param seats stake to hold, in seats
 * @param directory where it keeps its files; its own
 * @param disk bytes that it may keep there; as many as the disk has for 0
 * @param rpcPort JSON-RPC on loopback; 0 for a free one
 * @param peerPort gRPC on loopback; 0 for a free one
 * @param metricsPort Prometheus on loopback; 0 for a free one, −1 for none
 * @param renewals which of its realms it renews when their tenure ends
 * @param traffic is shown what it sends to other hosts
 * @param completion completes evidence that its machine gives without collateral
 */
public record WorkerNodeConfig(
    NetworkConfig network,
    URI ethereum,
    SigningKey operator,
    int seats,
    Path directory,
    long disk,
    int rpcPort,
    int peerPort,
    int metricsPort,
    Renewals renewals,
    PeerTraffic traffic,
    EvidenceCompletion completion) {}

package network.enigma.node.schedule;

import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumAccount;
import network.enigma.node.commit.Committer;
import network.enigma.node.enclave.WorkerEnclave;
import network.enigma.node.follow.ChainState;
import network.enigma.node.follow.ContractCodes;
import network.enigma.node.follow.ProofCache;
import network.enigma.node.lease.KeyManagerQuorum;
import network.enigma.node.lease.LeaseTaker;
import network.enigma.node.peer.WorkerPeers;
import network.enigma.node.replicate.BackupChoice;
import network.enigma.node.replicate.KeptOrders;
import network.enigma.node.rpc.NodeMetrics;
import network.enigma.node.storage.NodeStore;

/**
 * What the realms of a worker share.
 *
 * @param worker this worker's number
 */
public record WorkerParts(
    long worker,
    EthereumAccount account,
    EnigmaContract contract,
    WorkerEnclave enclave,
    ChainState state,
    ProofCache proofs,
    ContractCodes codes,
    KeyManagerQuorum keyManagers,
    LeaseTaker leases,
    NodeStore store,
    KeptOrders kept,
    BackupChoice backups,
    TaskBoard board,
    WorkerPeers peers,
    Committer committer,
    NodeMetrics metrics) {}

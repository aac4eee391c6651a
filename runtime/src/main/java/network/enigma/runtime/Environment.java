package network.enigma.runtime;

import network.enigma.protocol.Bytes32;

/**
 * What a contract may know and ask for while a task runs (Rule E1).
 *
 * @param realm the realm the call runs in
 * @param chainId the chain id of the Ethereum network that Enigma lives on
 * @param blockNumber the number of the batch's Ethereum header, unsigned
 * @param timestamp that header's timestamp in seconds, unsigned
 * @param gasPrice the order's gas price in 10⁻⁸ ENG per 1,000 gas, unsigned; zero for a query
 * @param callbackRate how much task gas one unit of callback gas costs (Rule C12), unsigned
 * @param random the task's secret randomness
 * @param limits what bounds the call beside its gas
 */
public record Environment(
    Bytes32 realm,
    long chainId,
    long blockNumber,
    long timestamp,
    long gasPrice,
    long callbackRate,
    RandomSource random,
    Limits limits) {}

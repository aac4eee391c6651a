package network.enigma.client.store;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ResponseKey;
import network.enigma.protocol.TaskOrder;

/**
 * A task that was sent: enough to send it again and to open its result.
 *
 * @param taskId its id
 * @param order what was ordered
 * @param envelope the sealed input
 * @param responseKey opens the result
 * @param contract the contract that runs
 * @param signature of the function, for people; {@code constructor} for a deployment
 * @param outputs tuple type of the result
 * @param abi the contract's interface, to read revert reasons
 * @param posted whether the order was posted on Ethereum
 */
public record TaskRecord(
    Bytes32 taskId,
    TaskOrder order,
    Bytes envelope,
    ResponseKey responseKey,
    Address contract,
    String signature,
    String outputs,
    String abi,
    boolean posted) {}

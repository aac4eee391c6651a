// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What an Ethereum contract implements to receive results of secret contracts (rule C12).
interface IEnigmaCallback {
    /// @notice Called by the network's CallbackForwarder when a batch commits.
    /// @dev The receiver must check that msg.sender is the forwarder of the network it trusts (`IEnigma.forwarder()`) and that
    /// `secretContract` is the contract it expects. A failure does not undo the commit; anyone may retry it.
    /// @param secretContract the secret contract whose call asked for this one; for a task of kind CALLABLE, the receiver itself
    /// @param taskId the task that ran
    /// @param data what the secret contract sent, public
    function onResult(address secretContract, bytes32 taskId, bytes calldata data) external;
}

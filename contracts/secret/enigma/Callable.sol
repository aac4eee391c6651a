// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEnigmaCallback} from "enigma/IEnigmaCallback.sol";

/// @title Callable
/// @notice An ordinary Ethereum contract in the style of the first Enigma release: it has callables, `pure` or `view` functions that
/// enclaves run on sealed arguments, and callbacks, which receive the results. A task of kind CALLABLE names a pair of them.
/// @dev An enclave runs this contract's own code, as Ethereum has it, on empty storage: a callable reads constants, immutables and its
/// arguments, and nothing else. msg.sender is whoever ordered the task. `Secret.randomBytes` works in a `view` callable. What a callable
/// returns, and which one it was, becomes public with the callback; its arguments do not.
abstract contract Callable is IEnigmaCallback {
    /// Only results delivered by the network's forwarder come here.
    error OnlyEnigma();
    /// The result is of another contract's code.
    error NotThisContract(address contract_);
    /// The order named a callback that does not receive results of this callable, or a task that is not wanted.
    error NotWanted(bytes32 taskId, bytes4 callable, bytes4 callback);

    /// @notice The forwarder of the network this contract trusts (`IEnigma.forwarder()`).
    address public immutable forwarder;

    constructor(address forwarder_) {
        forwarder = forwarder_;
    }

    /// @notice Marks a callback: it runs only with a result that `onResult` has checked.
    modifier onlyEnigma() {
        if (msg.sender != address(this)) revert OnlyEnigma();
        _;
    }

    /// @notice Whether a callback may receive what a callable returned. Whoever orders a task names both, so without this check somebody
    /// could send the result of one function to the callback of another.
    /// @param taskId the task, for contracts that expect certain ones, such as those they posted
    function wants(bytes32 taskId, bytes4 callable, bytes4 callback) internal view virtual returns (bool);

    /// @inheritdoc IEnigmaCallback
    /// @dev data is the callable's selector, the callback's, and what the callable returned, which becomes the callback's arguments.
    function onResult(address secretContract, bytes32 taskId, bytes calldata data) external {
        if (msg.sender != forwarder) revert OnlyEnigma();
        if (secretContract != address(this)) revert NotThisContract(secretContract);
        (bytes4 callable, bytes4 callback) = (bytes4(data[:4]), bytes4(data[4:8]));
        if (!wants(taskId, callable, callback)) revert NotWanted(taskId, callable, callback);
        (bool success, bytes memory reason) = address(this).call(data[4:]);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(reason, 32), mload(reason))
            }
        }
    }
}

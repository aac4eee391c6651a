// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEnigmaCallback} from "./interfaces/IEnigmaCallback.sol";

/// @title CallbackForwarder
/// @notice Makes the calls that secret contracts ask for. It owns nothing and may do nothing, so a call through it can take nothing:
/// the contract that holds stakes never calls a stranger.
contract CallbackForwarder {
    /// @notice Only the Enigma contract may forward.
    error OnlyEnigma();
    /// @notice Less gas arrived than the callback was promised.
    error PromisedGasMissing();

    /// @notice The contract whose commits this forwarder serves; it deploys the forwarder.
    address public immutable enigma;

    constructor() {
        enigma = msg.sender;
    }

    /// @notice Calls `target.onResult(secretContract, taskId, data)` with exactly `gas_`.
    /// @return success whether the target accepted
    /// @return reason the first 32 bytes the target returned or reverted with; never more are copied
    function forward(address target, uint256 gas_, address secretContract, bytes32 taskId, bytes calldata data)
        external
        returns (bool success, bytes32 reason)
    {
        if (msg.sender != enigma) revert OnlyEnigma();
        if (target.code.length == 0) return (false, "no code at target");
        bytes memory input = abi.encodeCall(IEnigmaCallback.onResult, (secretContract, taskId, data));
        // 63/64 of what is left goes into the call at most (EIP-150).
        if ((gasleft() - 1_000) * 63 / 64 < gas_) revert PromisedGasMissing();
        assembly ("memory-safe") {
            mstore(0, 0)
            success := call(gas_, target, 0, add(input, 32), mload(input), 0, 32)
            reason := mload(0)
        }
    }
}

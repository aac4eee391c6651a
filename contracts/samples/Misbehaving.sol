// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Secret} from "enigma/Secret.sol";

/// @title RevertingConstructor
/// @notice Cannot be deployed.
contract RevertingConstructor {
    /// Always.
    error NeverDeployed(uint256 reason);

    constructor() {
        revert NeverDeployed(42);
    }
}

/// @title Misbehaving
/// @notice Ends in every way that is not a success, for tests of networks and clients.
contract Misbehaving {
    /// Asked for by the caller.
    error AskedFor(string reason);

    uint256 private value;
    mapping(uint256 index => uint256) private values;

    /// @notice What the state holds; unchanged by every call here that fails.
    function stored() external view returns (uint256) {
        return value;
    }

    /// @notice Writes and succeeds.
    function store(uint256 value_) external {
        value = value_;
    }

    /// @notice Reverts with a custom error after a write.
    function storeAndRevert(uint256 value_, string calldata reason) external {
        value = value_;
        revert AskedFor(reason);
    }

    /// @notice Never ends by itself.
    function loop() external pure {
        for (uint256 i;; ++i) {}
    }

    /// @notice Writes new slots until the gas is used up.
    function writeUntilOutOfGas(uint256 value_) external {
        value = value_;
        for (uint256 i;; ++i) values[i] = i + 1;
    }

    /// @notice Returns a megabyte of zeros.
    function returnMegabyte() external pure returns (bytes memory) {
        return new bytes(1 << 20);
    }

    /// @notice Runs into an invalid instruction.
    function invalid() external pure {
        assembly {
            invalid()
        }
    }

    /// @notice Calls itself until the depth or the gas is used up.
    function recurse() external {
        this.recurse();
    }

    /// @notice Asks for more callbacks than a task may have.
    function callBackTooOften(address target) external {
        for (uint256 i; i < 5; ++i) Secret.callback(target, 50_000, "");
    }
}

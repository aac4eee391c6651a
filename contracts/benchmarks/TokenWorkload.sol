// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title TokenWorkload
/// @notice Loops over an ordinary ERC-20, each in one call; for measuring the EVM runtime, never for a deployment.
contract TokenWorkload is ERC20 {
    constructor() ERC20("Workload", "WORK") {}

    /// @notice Mints to the sender `count` times.
    function mints(uint256 count) external returns (uint256) {
        for (uint256 i = 0; i < count; ++i) {
            _mint(msg.sender, i);
        }
        return totalSupply();
    }

    /// @notice Transfers from the sender to as many others `count` times.
    function transfers(uint256 count) external returns (uint256) {
        _mint(msg.sender, count * count);
        for (uint256 i = 0; i < count; ++i) {
            transfer(address(uint160(0x1000 + (i & 63))), i);
        }
        return balanceOf(msg.sender);
    }

    /// @notice Approves and lets the approved spender, the sender itself, transfer, `count` times.
    function approvals(uint256 count) external returns (uint256) {
        _mint(msg.sender, count * count);
        for (uint256 i = 1; i < count; ++i) {
            approve(msg.sender, i);
            transferFrom(msg.sender, address(0x1000), i);
        }
        return balanceOf(address(0x1000));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Secret} from "enigma/Secret.sol";

/// @title Roulette
/// @notice Secret randomness at work: a number between 0 and 36 that neither the player nor the operator can foresee.
contract Roulette {
    uint256 private spins;

    /// @notice Spins the wheel; the fee tells nothing about the number.
    function spin() external returns (uint8 number) {
        ++spins;
        Secret.chargeFullLimit();
        return uint8(Secret.randomBelow(37));
    }

    /// @notice How often the wheel was spun.
    function count() external view returns (uint256) {
        return spins;
    }
}

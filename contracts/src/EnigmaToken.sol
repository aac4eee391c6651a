// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title ENG
/// @notice The token fees and stakes are paid in: 8 decimals, a fixed supply that only burning lessens, ERC-2612 permits.
contract EnigmaToken is ERC20, ERC20Burnable, ERC20Permit {
    /// @param holder receives the whole supply
    /// @param supply in units of 10^-8 ENG; fits 64 bits, as every amount in the Enigma contract does
    constructor(address holder, uint64 supply) ERC20("Enigma", "ENG") ERC20Permit("Enigma") {
        _mint(holder, supply);
    }

    /// @notice One ENG has 10^8 units.
    function decimals() public pure override returns (uint8) {
        return 8;
    }
}

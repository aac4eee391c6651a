// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title SecretToken
/// @notice A token whose balances and transfers nobody sees but the parties: as a secret contract, its state is encrypted.
contract SecretToken {
    /// The holder has less than the amount.
    error InsufficientBalance(uint256 available, uint256 required);
    /// The spender was allowed less than the amount.
    error InsufficientAllowance(uint256 available, uint256 required);
    /// Only the parties concerned may read this.
    error NotYours();

    uint256 public immutable totalSupply;
    mapping(address holder => uint256) private balances;
    mapping(address holder => mapping(address spender => uint256)) private allowances;

    constructor(uint256 supply) {
        totalSupply = supply;
        balances[msg.sender] = supply;
    }

    /// @notice The sender's own balance; others' are refused.
    function balanceOf(address holder) external view returns (uint256) {
        if (msg.sender != holder) revert NotYours();
        return balances[holder];
    }

    /// @notice What a holder lets a spender move; told to these two only.
    function allowance(address holder, address spender) external view returns (uint256) {
        if (msg.sender != holder && msg.sender != spender) revert NotYours();
        return allowances[holder][spender];
    }

    /// @notice Moves an amount from the sender.
    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    /// @notice Lets a spender move up to an amount of the sender's.
    function approve(address spender, uint256 amount) external returns (bool) {
        allowances[msg.sender][spender] = amount;
        return true;
    }

    /// @notice Moves an amount of a holder that allowed the sender to.
    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 available = allowances[from][msg.sender];
        if (available < amount) revert InsufficientAllowance(available, amount);
        allowances[from][msg.sender] = available - amount;
        _move(from, to, amount);
        return true;
    }

    function _move(address from, address to, uint256 amount) private {
        uint256 available = balances[from];
        if (available < amount) revert InsufficientBalance(available, amount);
        balances[from] = available - amount;
        balances[to] += amount;
    }
}

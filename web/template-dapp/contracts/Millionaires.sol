// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Secret} from "enigma/Secret.sol";

/// @title Millionaires
/// @notice Yao's millionaires: everybody submits a fortune that nobody else sees; all learn who is richest and nothing more.
contract Millionaires {
    /// No fortune has been submitted.
    error NobodySubmitted();

    uint32 private constant CALLBACK_GAS = 150_000;

    address[] private people;
    mapping(address person => uint256 fortune) private fortunes;
    mapping(address person => bool) private known;

    /// @notice Submits the sender's fortune; a second one replaces the first.
    function submit(uint256 fortune) external {
        if (!known[msg.sender]) {
            known[msg.sender] = true;
            people.push(msg.sender);
        }
        fortunes[msg.sender] = fortune;
    }

    /// @notice How many people have submitted a fortune.
    function count() external view returns (uint256) {
        return people.length;
    }

    /// @notice Who is richest; of equals the one who submitted first.
    function richest() public view returns (address person) {
        if (people.length == 0) revert NobodySubmitted();
        person = people[0];
        for (uint256 i = 1; i < people.length; ++i) {
            if (fortunes[people[i]] > fortunes[person]) person = people[i];
        }
    }

    /// @notice Tells the sender who is richest and publishes it in an Ethereum contract.
    /// @param board an IEnigmaCallback that receives abi.encode(address richest)
    function announceRichest(address board) external returns (address person) {
        person = richest();
        Secret.callback(board, CALLBACK_GAS, abi.encode(person));
    }
}

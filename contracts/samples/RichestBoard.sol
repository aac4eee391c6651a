// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEnigmaCallback} from "enigma/IEnigmaCallback.sol";

/// @title RichestBoard
/// @notice An ordinary Ethereum contract that receives results of the secret contract Millionaires.
contract RichestBoard is IEnigmaCallback {
    /// Only the network's forwarder may deliver results.
    error NotTheForwarder(address caller);
    /// The result comes from another secret contract than this board trusts.
    error NotTheMillionaires(address secretContract);

    event RichestAnnounced(bytes32 indexed taskId, address indexed person);

    /// @notice The forwarder of the network this board trusts.
    address public immutable forwarder;
    /// @notice The secret contract this board trusts.
    address public immutable millionaires;
    /// @notice The person announced last.
    address public richest;

    constructor(address forwarder_, address millionaires_) {
        forwarder = forwarder_;
        millionaires = millionaires_;
    }

    /// @inheritdoc IEnigmaCallback
    function onResult(address secretContract, bytes32 taskId, bytes calldata data) external {
        if (msg.sender != forwarder) revert NotTheForwarder(msg.sender);
        if (secretContract != millionaires) revert NotTheMillionaires(secretContract);
        richest = abi.decode(data, (address));
        emit RichestAnnounced(taskId, richest);
    }
}

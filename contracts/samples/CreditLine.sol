// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Callable} from "enigma/Callable.sol";

/// @title CreditLine
/// @notice An ordinary Ethereum contract in the style of the first Enigma release: it grants credit on a bank's signed statement that
/// nobody but the applicant and the enclave sees. `assess` runs in an enclave on sealed arguments, `assessed` receives the verdict here.
contract CreditLine is Callable {
    /// The statement was signed by somebody else than the bank.
    error NotTheBank(address signer);

    event CreditGranted(address indexed applicant, uint256 limit);

    /// @notice The limits are multiples of this, so that a limit says little about an income.
    uint256 public constant STEP = 1_000;

    /// @notice Whose statements count.
    address public immutable bank;
    /// @notice How much credit an applicant has.
    mapping(address applicant => uint256) public limitOf;

    constructor(address forwarder_, address bank_) Callable(forwarder_) {
        bank = bank_;
    }

    /// @notice The callable: a fifth of what a year's income leaves above all debts.
    /// @param signature the bank's personal signature (EIP-191) over keccak256(abi.encode(applicant, income, debts))
    /// @return signer who signed the statement; the callback compares it with the bank
    function assess(address applicant, uint256 income, uint256[] calldata debts, bytes calldata signature)
        external
        pure
        returns (address signer, address applicant_, uint256 limit)
    {
        require(signature.length == 65, "a signature has 65 bytes");
        bytes32 statement = keccak256(abi.encode(applicant, income, debts));
        signer = ecrecover(
            keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n32", statement)),
            uint8(signature[64]),
            bytes32(signature[:32]),
            bytes32(signature[32:64])
        );
        require(signer != address(0), "the signature is not one");
        uint256 owed;
        for (uint256 i; i < debts.length; ++i) owed += debts[i];
        uint256 free = income > owed ? income - owed : 0;
        return (signer, applicant, free / 5 / STEP * STEP);
    }

    /// @notice The callback: what `assess` returned.
    function assessed(address signer, address applicant, uint256 limit) external onlyEnigma {
        if (signer != bank) revert NotTheBank(signer);
        limitOf[applicant] = limit;
        emit CreditGranted(applicant, limit);
    }

    function wants(bytes32, bytes4 callable, bytes4 callback) internal pure override returns (bool) {
        return callable == this.assess.selector && callback == this.assessed.selector;
    }
}

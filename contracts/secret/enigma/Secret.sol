// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title Secret
/// @notice What a secret contract can do beyond an ordinary one. The calls go to precompiles that exist only inside an Enigma enclave;
/// elsewhere they fail with NotInEnclave.
/// @dev Precompiles and their formats:
///   RANDOM  (view)        input abi.encode(uint256 length), output exactly length random bytes
///   CALLBACK              input abi.encode(address target, uint256 gas, bytes data), no output
///   CHARGE_FULL_LIMIT     no input, no output
library Secret {
    /// The code does not run inside an enclave, or the request breaks a limit.
    error NotInEnclave();

    address internal constant RANDOM = address(0x456e69676d610001);
    address internal constant CALLBACK = address(0x456e69676d610002);
    address internal constant CHARGE_FULL_LIMIT = address(0x456e69676d610003);

    /// @notice Secret random bytes: nobody outside the enclave can foresee or learn them. Each request gives new ones.
    function randomBytes(uint256 length) internal view returns (bytes memory random) {
        bool success;
        (success, random) = RANDOM.staticcall(abi.encode(length));
        if (!success || random.length != length) revert NotInEnclave();
    }

    /// @notice A secret random number, uniform over all 256-bit numbers.
    function randomUint() internal view returns (uint256) {
        return uint256(bytes32(randomBytes(32)));
    }

    /// @notice A secret random number below a bound, without bias.
    function randomBelow(uint256 bound) internal view returns (uint256 number) {
        require(bound != 0, "bound is zero");
        uint256 excess = (type(uint256).max % bound + 1) % bound;
        do {
            number = randomUint();
        } while (number > type(uint256).max - excess);
        return number % bound;
    }

    /// @notice Asks for a call of an Ethereum contract when this task is committed: target.onResult(this contract, task id, data). The
    /// data becomes public. At most 4 in a task, each with at most 1,000,000 gas and 4 KiB; the task pays that gas and 60,000 more at the
    /// network's callback rate.
    function callback(address target, uint32 gas_, bytes memory data) internal {
        (bool success,) = CALLBACK.call(abi.encode(target, uint256(gas_), data));
        if (!success) revert NotInEnclave();
    }

    /// @notice Charges the task's whole gas limit whatever it uses, so that the fee tells nothing about the way it took.
    function chargeFullLimit() internal {
        (bool success,) = CHARGE_FULL_LIMIT.call("");
        if (!success) revert NotInEnclave();
    }
}

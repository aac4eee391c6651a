// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title ComputeWorkload
/// @notice Work without calls to others, each in one call; for measuring the EVM runtime, never for a deployment.
contract ComputeWorkload {
    uint256 private constant PRIME = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f;

    uint256[] private numbers;

    /// @notice A chain of `count` hashes.
    function hashes(uint256 count) external pure returns (bytes32 result) {
        for (uint256 i = 0; i < count; ++i) {
            result = keccak256(abi.encodePacked(result, i));
        }
    }

    /// @notice `count` rounds of full-width products, quotients, remainders and modular products.
    function arithmetic(uint256 count) external pure returns (uint256 sum) {
        uint256 x = 0x123456789abcdef0fedcba9876543210123456789abcdef0fedcba9876543211;
        uint256 y = 0x0fedcba987654321;
        for (uint256 i = 0; i < count; ++i) {
            unchecked {
                x = x * x + y;
                y = (x >> 7) / (y | 1) + (x % (i + 3));
                sum = addmod(sum, mulmod(x, y, PRIME), PRIME);
                sum ^= (y << 13) ^ (x >> 11);
            }
        }
    }

    /// @notice Rays against a sphere in signed fixed-point numbers of 64 fractional bits, with every check the compiler adds.
    function rays(uint256 count) external pure returns (uint256 hits) {
        int256 one = int256(1) << 64;
        for (uint256 i = 0; i < count; ++i) {
            int256 dx = (int256(i % 31) - 15) * one / 24;
            int256 dy = (int256(i % 29) - 14) * one / 24;
            int256 dz = one;
            int256 a = (dx * dx + dy * dy + dz * dz) >> 64;
            int256 b = -((5 * one * dz) >> 64) * 2;
            int256 c = 25 * one - 2 * one;
            int256 discriminant = (b * b >> 64) - 4 * ((a * c) >> 64);
            if (discriminant >= 0) {
                hits += 1 + _root(uint256(discriminant) << 64) % 7;
            }
        }
    }

    /// @notice Fills an array in storage with `count` numbers and sorts them.
    function sort(uint256 count) external returns (uint256 check) {
        uint256 seed = 7;
        for (uint256 i = 0; i < count; ++i) {
            unchecked {
                seed = seed * 6364136223846793005 + 1442695040888963407;
            }
            numbers.push(seed >> 33 & 0xffffffff);
        }
        _sort(0, count - 1);
        for (uint256 i = 0; i < count; ++i) {
            unchecked {
                check = check * 31 + numbers[i];
            }
        }
    }

    function _sort(uint256 low, uint256 high) private {
        uint256 i = low;
        uint256 j = high;
        uint256 pivot = numbers[(low + high) / 2];
        while (i <= j) {
            while (numbers[i] < pivot) ++i;
            while (numbers[j] > pivot) --j;
            if (i <= j) {
                (numbers[i], numbers[j]) = (numbers[j], numbers[i]);
                ++i;
                if (j == 0) break;
                --j;
            }
        }
        if (low < j) _sort(low, j);
        if (i < high) _sort(i, high);
    }

    function _root(uint256 x) private pure returns (uint256 y) {
        if (x == 0) return 0;
        y = x;
        uint256 z = x / 2 + 1;
        while (z < y) {
            y = z;
            z = (x / z + z) / 2;
        }
    }
}

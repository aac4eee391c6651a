// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./Vm.sol";
import "../src/EnigmaStorage.sol";

/// @dev Reads and writes each packed word in both ways: by hand, as the contract does, and as the compiler places the struct's members.
contract StorageTest is Assertions, OwnerSlots, EnigmaStorage {
    using Packed for *;

    function put(uint256 slot, uint256 word) private {
        assembly {
            sstore(slot, word)
        }
    }

    function get(uint256 slot) private view returns (uint256 word) {
        assembly {
            word := sload(slot)
        }
    }

    function test_the_hot_word_of_a_realm(uint256 word) public {
        RealmHot storage cell = _realms["r"].hot;
        uint256 slot;
        assembly {
            slot := cell.slot
        }
        same(uint256(keccak256(abi.encode(bytes32("r"), uint256(4)))), slot, "slot");
        put(slot, word);
        RealmHot memory a = cell.load();
        RealmHot memory b = cell;
        same(keccak256(abi.encode(b)), keccak256(abi.encode(a)), "load");
        put(slot, 0);
        cell.store(a);
        same(word, get(slot), "store");
    }

    function test_the_owners_word_of_a_realm(uint256 word) public {
        RealmOwner storage cell = _realms["r"].own;
        uint256 slot;
        assembly {
            slot := cell.slot
        }
        same(uint256(keccak256(abi.encode(bytes32("r"), uint256(4)))) + 2, slot, "slot");
        put(slot, word);
        RealmOwner memory a = cell.load();
        RealmOwner memory b = cell;
        same(keccak256(abi.encode(b)), keccak256(abi.encode(a)), "load");
        put(slot, 0);
        cell.store(a);
        same(word, get(slot), "store");
    }

    function test_the_word_of_a_posted_task(uint256 word) public {
        PostedTask storage cell = _tasks["t"];
        uint256 slot;
        assembly {
            slot := cell.slot
        }
        same(uint256(keccak256(abi.encode(bytes32("t"), uint256(5)))), slot, "slot");
        put(slot, word);
        PostedTask memory a = cell.load();
        PostedTask memory b = cell;
        same(keccak256(abi.encode(b)), keccak256(abi.encode(a)), "load");
        put(slot, 0);
        cell.store(a);
        same(word, get(slot), "store");
        cell.clear();
        same(0, get(slot), "clear");
    }

    function test_the_core_of_a_worker(uint256 word) public {
        WorkerCore storage cell = _workers[7].core;
        uint256 slot;
        assembly {
            slot := cell.slot
        }
        same(uint256(keccak256(abi.encode(uint256(7), uint256(8)))), slot, "slot");
        put(slot, word);
        WorkerCore memory a = cell.load();
        WorkerCore memory b = cell;
        same(keccak256(abi.encode(b)), keccak256(abi.encode(a)), "load");
    }

    function test_the_word_of_a_seat(uint160 word) public {
        Seat storage cell = _seats[7];
        uint256 slot;
        assembly {
            slot := cell.slot
        }
        put(slot, word);
        Seat memory a = cell.load();
        Seat memory b = cell;
        same(keccak256(abi.encode(b)), keccak256(abi.encode(a)), "load");
        put(slot, 0);
        cell.store(a);
        same(word, get(slot), "store");
    }

    function test_the_counters(uint240 word) public {
        put(3, word);
        Counters memory a = _counters.load();
        Counters memory b = _counters;
        same(keccak256(abi.encode(b)), keccak256(abi.encode(a)), "load");
        put(3, 0);
        _counters.store(a);
        same(word, get(3), "store");
    }

    function test_a_charge_moves_nothing_but_what_it_takes(
        uint64 allocated,
        uint64 charged,
        uint64 left,
        uint64 unreleased,
        uint64 amount,
        uint64 rest
    ) public {
        charged = uint64(bounded(charged, 0, allocated));
        left = uint64(bounded(left, 0, allocated - charged));
        unreleased = uint64(bounded(unreleased, 0, left));
        Allocation storage cell = _allocations["r"][address(1)];
        (cell.allocated, cell.charged, cell.left) = (allocated, charged, left);
        (cell.leaveAt, cell.sessionEpoch) = (uint32(rest), uint32(rest >> 32));
        _leaving["r"][address(1)] = unreleased;
        uint64 available = allocated - charged - left;
        uint64 fromLeaving = amount <= available ? 0 : amount - available;
        if (fromLeaving > unreleased) fromLeaving = unreleased;
        uint64 expected = fromLeaving == 0 && amount < available ? amount : available + fromLeaving;
        same(expected, cell.charge(_leaving["r"], address(1), amount), "paid");
        same(charged + expected, cell.charged, "charged");
        same(allocated, cell.allocated, "allocated");
        same(left - fromLeaving, cell.left, "left");
        same(unreleased - fromLeaving, _leaving["r"][address(1)], "leaving");
        same(rest, uint64(cell.leaveAt) | (uint64(cell.sessionEpoch) << 32), "rest");
    }

    function test_the_slots_of_an_epoch_lie_as_the_contract_writes_them() public {
        Epoch storage cell = _epochs[3];
        uint256 slot;
        assembly {
            slot := cell.slot
        }
        bytes24 seed = bytes24(keccak256("seed"));
        put(slot, (uint256(77) << 224) | (uint256(8) << 192) | uint192(seed));
        same(bytes32(seed), bytes32(cell.seed), "seed");
        same(8, cell.seats, "seats");
        same(77, cell.startBlock, "start");
    }
}

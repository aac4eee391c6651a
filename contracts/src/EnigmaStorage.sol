// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Endpoint, Generation} from "./EnigmaTypes.sol";

/*
 * Storage of the Enigma contract. Enclaves prove single slots of it, so positions and packing are part of the protocol: the first
 * member of a struct lies in the lowest bits. `Packed` reads and writes whole words; a test compares both with the compiler's layout.
 *
 *   slot  0  owner (Ownable)                            slot 13  keyManagers[enclave]
 *   slot  1  pending owner (Ownable2Step)               slot 14  measurements[measurement]
 *   slot  2  networkHash                                slot 15  TCB minima, 8 times 32 bits by TEE
 *   slot  3  counters                                   slot 16  roots[root]
 *   slot  4  realms[realm], 5 slots                     slot 17  checkpoints[slot]
 *   slot  5  tasks[keccak256(realm || taskId)]          slot 18  incarnations[key manager's enclave]
 *   slot  6  allocations[realm][payer]                  slot 19  upgrades[keccak256(realm || target || codeHash)]
 *   slot  7  balances[account]                          slot 20  challenges[realm]
 *   slot  8  workers[id], 3 slots                       slot 21  leaving[realm][payer]
 *   slot  9  workerIds[enclave]                         slot 22  failedCallbacks[keccak256(realm || callbackHash)]
 *   slot 10  seats[index]                               slot 23  scheduled[callHash]
 *   slot 11  epochs[epoch]                              slot 24  tally
 *   slot 12  generations[generation], 3 slots           slot 25  measurementAt[index]
 *                                                       slot 26  endpoints[enclave]
 *
 * mapping[key] lies at keccak256(key padded to 32 bytes || slot padded to 32 bytes), as the compiler places it.
 */

/// @dev Slot +0 of a realm: everything a commit needs of it but the state hash.
struct RealmHot {
    uint40 sequence;
    /// Of the last commit, 0 before the first.
    uint48 lease;
    uint32 headerNumber;
    uint24 worker;
    uint24 tenure;
    /// Block from which anyone may renew; while tenure is 0 the first epoch that can draw the realm.
    uint32 tenureEnd;
    uint16 generation;
    /// Block of the draw while one is pending, else the block since which the worker holds the realm.
    uint32 since;
    /// RealmFlags.
    uint8 flags;
}

library RealmFlags {
    uint8 internal constant PENDING = 1;
    uint8 internal constant CHALLENGED = 2;
    /// A snapshot made in the tenure is committed: nobody needs the keys of the tenure before to load the state (rule K3).
    uint8 internal constant REKEYED = 4;
}

library RealmOptions {
    uint8 internal constant WAITS_FOR_COMMIT = 1;
    uint8 internal constant OWNER_PAYS_RENEWALS = 2;
    uint8 internal constant ALL = 3;
}

/// @dev Slot +2 of a realm.
struct RealmOwner {
    address owner;
    /// Ranks of the tenure, or of the pending one; 0 where there is none.
    uint24 rank0;
    uint24 rank1;
    uint24 rank2;
    uint16 nextGeneration;
    uint8 options;
}

struct Realm {
    RealmHot hot;
    /// Zero until the first batch: the genesis state hash then counts.
    bytes32 stateHash;
    RealmOwner own;
    /// By tenure modulo 2: keccak256(suite || key) of the tenure and of the one before.
    bytes32[2] inputKeys;
}

struct PostedTask {
    address payer;
    uint32 postedAt;
    /// expiry = postedAt + life. The highest bit says that the task counts as overdue when it gets old.
    uint16 life;
    uint48 reserved;
}

struct Allocation {
    uint64 allocated;
    uint64 charged;
    /// Released or not (_leaving); a charge takes from what is not released where the rest is short, and makes it less.
    uint64 left;
    uint32 leaveAt;
    uint32 sessionEpoch;
}

/// @dev Slot +0 of a worker: all that draws, signatures and failovers need.
struct WorkerCore {
    address enclave;
    /// Seconds since 1970.
    uint32 admittedUntil;
    uint32 tcbNumber;
    uint8 tee;
    /// WorkerFlags.
    uint8 flags;
    uint16 misses;
}

library WorkerFlags {
    uint8 internal constant LOGGED_OUT = 1;
    uint8 internal constant EVICTED = 2;
    uint8 internal constant SLASHED = 4;
}

struct Worker {
    WorkerCore core;
    // Slot +1.
    address operator;
    uint16 seats;
    uint64 debt;
    /// Position in the list of measurements.
    uint16 measurement;
    // Slot +2.
    uint64 unbonding;
    uint64 unbondedAt;
}

struct Seat {
    uint32 current;
    uint32 before;
    uint32 beforeThat;
    uint32 epoch;
    uint32 epochBefore;
}

struct Epoch {
    bytes24 seed;
    uint32 seats;
    uint32 startBlock;
}

struct KeyManager {
    address operator;
    bool listed;
    uint16 generation;
    uint64 claimed;
}

/// @dev The latest life of a key manager that came back by a nonce on chain (rule S3).
struct Incarnation {
    /// The first 20 bytes of it.
    bytes20 nonce;
    /// Nonces recorded of this key manager so far; 0 before the first.
    uint32 number;
    uint64 recordedAt;
}

struct Measurement {
    bool listed;
    uint8 role;
    uint8 tee;
    /// Position in the list, from 1.
    uint16 index;
}

struct Upgrade {
    address authority;
    uint64 readyAt;
}

struct ChallengeRecord {
    address challenger;
    uint32 challengedAt;
    uint64 deposited;
}

/// @dev Slot 3.
struct Counters {
    uint32 epoch;
    uint32 epochStart;
    uint64 pool;
    uint24 seatCount;
    /// Seats at the start of the current epoch.
    uint24 seatsAtStart;
    uint16 generation;
    uint40 lastSeedAt;
    uint8 keyManagerCount;
}

/// @dev Slot 24.
struct Tally {
    uint32 workerCount;
    /// What one key manager could have claimed since the beginning.
    uint64 poolPerMember;
    uint16 measurementCount;
}

/// @dev Slots 0 and 1, which OpenZeppelin's Ownable2Step governs in the module; Enigma itself has no code that writes them.
abstract contract OwnerSlots {
    address internal _owner;
    address internal _pendingOwner;
}

/// @dev Slots 2 and up; inherited right after slots 0 and 1.
abstract contract EnigmaStorage {
    bytes32 internal _networkHash;
    Counters internal _counters;
    mapping(bytes32 realm => Realm) internal _realms;
    mapping(bytes32 taskKey => PostedTask) internal _tasks;
    mapping(bytes32 realm => mapping(address payer => Allocation)) internal _allocations;
    mapping(address account => uint64) internal _balances;
    mapping(uint256 worker => Worker) internal _workers;
    mapping(address enclave => uint32) internal _workerIds;
    mapping(uint256 index => Seat) internal _seats;
    mapping(uint256 epoch => Epoch) internal _epochs;
    mapping(uint256 generation => Generation) internal _generations;
    mapping(address enclave => KeyManager) internal _keyManagers;
    mapping(bytes32 measurement => Measurement) internal _measurements;
    uint256 internal _tcbMinima;
    mapping(bytes32 root => bool) internal _roots;
    mapping(uint256 slot => bytes32) internal _checkpoints;
    mapping(address enclave => Incarnation) internal _incarnations;
    mapping(bytes32 upgradeKey => Upgrade) internal _upgrades;
    mapping(bytes32 realm => ChallengeRecord) internal _challenges;
    mapping(bytes32 realm => mapping(address payer => uint64)) internal _leaving;
    mapping(bytes32 failedKey => uint256) internal _failedCallbacks;
    mapping(bytes32 callHash => uint64) internal _scheduled;
    Tally internal _tally;
    mapping(uint256 index => bytes32) internal _measurementAt;
    mapping(address enclave => Endpoint) internal _endpoints;
}

/// @dev One-word structs, read with one SLOAD and written with one SSTORE.
library Packed {
    function raw(RealmHot storage cell) internal view returns (uint256 value) {
        assembly ("memory-safe") {
            value := sload(cell.slot)
        }
    }

    function put(RealmHot storage cell, uint256 value) internal {
        assembly ("memory-safe") {
            sstore(cell.slot, value)
        }
    }

    function raw(RealmOwner storage cell) internal view returns (uint256 value) {
        assembly ("memory-safe") {
            value := sload(cell.slot)
        }
    }

    function put(RealmOwner storage cell, uint256 value) internal {
        assembly ("memory-safe") {
            sstore(cell.slot, value)
        }
    }

    function raw(Counters storage cell) internal view returns (uint256 value) {
        assembly ("memory-safe") {
            value := sload(cell.slot)
        }
    }

    function put(Counters storage cell, uint256 value) internal {
        assembly ("memory-safe") {
            sstore(cell.slot, value)
        }
    }

    function raw(WorkerCore storage cell) internal view returns (uint256 value) {
        assembly ("memory-safe") {
            value := sload(cell.slot)
        }
    }

    function raw(Seat storage cell) internal view returns (uint256 value) {
        assembly ("memory-safe") {
            value := sload(cell.slot)
        }
    }

    function put(Epoch storage cell, uint256 value) internal {
        assembly ("memory-safe") {
            sstore(cell.slot, value)
        }
    }

    function raw(Epoch storage cell) internal view returns (uint256 value) {
        assembly ("memory-safe") {
            value := sload(cell.slot)
        }
    }

    function load(RealmHot storage cell) internal view returns (RealmHot memory hot) {
        uint256 word;
        assembly ("memory-safe") {
            word := sload(cell.slot)
        }
        hot.sequence = uint40(word);
        hot.lease = uint48(word >> 40);
        hot.headerNumber = uint32(word >> 88);
        hot.worker = uint24(word >> 120);
        hot.tenure = uint24(word >> 144);
        hot.tenureEnd = uint32(word >> 168);
        hot.generation = uint16(word >> 200);
        hot.since = uint32(word >> 216);
        hot.flags = uint8(word >> 248);
    }

    function store(RealmHot storage cell, RealmHot memory hot) internal {
        uint256 word = uint256(hot.sequence) | (uint256(hot.lease) << 40) | (uint256(hot.headerNumber) << 88)
            | (uint256(hot.worker) << 120) | (uint256(hot.tenure) << 144) | (uint256(hot.tenureEnd) << 168)
            | (uint256(hot.generation) << 200) | (uint256(hot.since) << 216) | (uint256(hot.flags) << 248);
        assembly ("memory-safe") {
            sstore(cell.slot, word)
        }
    }

    function load(RealmOwner storage cell) internal view returns (RealmOwner memory own) {
        uint256 word;
        assembly ("memory-safe") {
            word := sload(cell.slot)
        }
        own.owner = address(uint160(word));
        own.rank0 = uint24(word >> 160);
        own.rank1 = uint24(word >> 184);
        own.rank2 = uint24(word >> 208);
        own.nextGeneration = uint16(word >> 232);
        own.options = uint8(word >> 248);
    }

    function store(RealmOwner storage cell, RealmOwner memory own) internal {
        uint256 word = uint256(uint160(own.owner)) | (uint256(own.rank0) << 160) | (uint256(own.rank1) << 184)
            | (uint256(own.rank2) << 208) | (uint256(own.nextGeneration) << 232) | (uint256(own.options) << 248);
        assembly ("memory-safe") {
            sstore(cell.slot, word)
        }
    }

    function load(PostedTask storage cell) internal view returns (PostedTask memory task) {
        uint256 word;
        assembly ("memory-safe") {
            word := sload(cell.slot)
        }
        task.payer = address(uint160(word));
        task.postedAt = uint32(word >> 160);
        task.life = uint16(word >> 192);
        task.reserved = uint48(word >> 208);
    }

    function store(PostedTask storage cell, PostedTask memory task) internal {
        uint256 word = uint256(uint160(task.payer)) | (uint256(task.postedAt) << 160) | (uint256(task.life) << 192)
            | (uint256(task.reserved) << 208);
        assembly ("memory-safe") {
            sstore(cell.slot, word)
        }
    }

    function clear(PostedTask storage cell) internal {
        assembly ("memory-safe") {
            sstore(cell.slot, 0)
        }
    }

    /// @dev Charges up to `amount`, as far as the allocation reaches, and says how much. Where it is short, what leaves and is not released
    /// yet pays the rest: who takes everything back after its tasks ran pays them all the same (rule C6).
    function charge(Allocation storage cell, mapping(address => uint64) storage leaving, address payer, uint256 amount)
        internal
        returns (uint256 paid)
    {
        uint256 word;
        assembly ("memory-safe") {
            word := sload(cell.slot)
        }
        // charged + left <= allocated and leaving <= left always hold.
        uint256 available = uint256(uint64(word)) - uint64(word >> 64) - uint64(word >> 128);
        paid = amount;
        if (amount > available) {
            uint256 unreleased = leaving[payer];
            uint256 more = amount - available;
            if (more > unreleased) more = unreleased;
            if (more != 0) {
                leaving[payer] = uint64(unreleased - more);
                word -= more << 128;
            }
            paid = available + more;
        }
        if (paid == 0) return 0;
        word += paid << 64;
        assembly ("memory-safe") {
            sstore(cell.slot, word)
        }
    }

    function load(WorkerCore storage cell) internal view returns (WorkerCore memory core) {
        uint256 word;
        assembly ("memory-safe") {
            word := sload(cell.slot)
        }
        core.enclave = address(uint160(word));
        core.admittedUntil = uint32(word >> 160);
        core.tcbNumber = uint32(word >> 192);
        core.tee = uint8(word >> 224);
        core.flags = uint8(word >> 232);
        core.misses = uint16(word >> 240);
    }

    function load(Counters storage cell) internal view returns (Counters memory counters) {
        uint256 word;
        assembly ("memory-safe") {
            word := sload(cell.slot)
        }
        counters.epoch = uint32(word);
        counters.epochStart = uint32(word >> 32);
        counters.pool = uint64(word >> 64);
        counters.seatCount = uint24(word >> 128);
        counters.seatsAtStart = uint24(word >> 152);
        counters.generation = uint16(word >> 176);
        counters.lastSeedAt = uint40(word >> 192);
        counters.keyManagerCount = uint8(word >> 232);
    }

    function store(Counters storage cell, Counters memory counters) internal {
        uint256 word = uint256(counters.epoch) | (uint256(counters.epochStart) << 32) | (uint256(counters.pool) << 64)
            | (uint256(counters.seatCount) << 128) | (uint256(counters.seatsAtStart) << 152) | (uint256(counters.generation) << 176)
            | (uint256(counters.lastSeedAt) << 192) | (uint256(counters.keyManagerCount) << 232);
        assembly ("memory-safe") {
            sstore(cell.slot, word)
        }
    }

    function load(Seat storage cell) internal view returns (Seat memory seat) {
        uint256 word;
        assembly ("memory-safe") {
            word := sload(cell.slot)
        }
        seat.current = uint32(word);
        seat.before = uint32(word >> 32);
        seat.beforeThat = uint32(word >> 64);
        seat.epoch = uint32(word >> 96);
        seat.epochBefore = uint32(word >> 128);
    }

    function store(Seat storage cell, Seat memory seat) internal {
        uint256 word = uint256(seat.current) | (uint256(seat.before) << 32) | (uint256(seat.beforeThat) << 64)
            | (uint256(seat.epoch) << 96) | (uint256(seat.epochBefore) << 128);
        assembly ("memory-safe") {
            sstore(cell.slot, word)
        }
    }
}

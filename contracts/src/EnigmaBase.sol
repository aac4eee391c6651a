// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./EnigmaTypes.sol";
import "./EnigmaStorage.sol";
import {EnigmaToken} from "./EnigmaToken.sol";
import {IEnigma} from "./interfaces/IEnigma.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @dev What the two halves of the contract share: parameters, signatures, balances, eligibility, draws.
abstract contract EnigmaBase is EnigmaStorage, ReentrancyGuardTransient {
    using Packed for *;

    uint256 internal constant RANKS = 3;
    uint256 internal constant DRAWS = 16;

    bytes32 internal constant TAG_REALM = keccak256("enigma/v1/REALM");
    bytes32 internal constant TAG_CONTRACT = keccak256("enigma/v1/CONTRACT");
    bytes32 internal constant TAG_GENESIS = keccak256("enigma/v1/GENESIS");
    bytes32 internal constant TAG_STATE = keccak256("enigma/v1/STATE");
    bytes32 internal constant TAG_DRAW = keccak256("enigma/v1/DRAW");
    bytes32 internal constant TAG_CALLBACK = keccak256("enigma/v1/CALLBACK");
    bytes32 internal constant TAG_ROSTER = keccak256("enigma/v1/ROSTER");

    bytes32 internal constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 internal constant NAME_HASH = keccak256("Enigma");
    bytes32 internal constant VERSION_HASH = keccak256("1");
    bytes32 internal constant ORDER_TYPE = keccak256(
        "TaskOrder(address sender,bytes32 realm,address target,uint8 kind,bytes32 codeHash,bytes32 inputHash,uint64 gasLimit,uint64 gasPrice,uint64 expiry,bytes32 salt)"
    );
    bytes32 internal constant HEAD_TYPE = keccak256("Head(bytes32 realm,uint64 lease,uint64 endSequence,bytes32 stateHash)");
    bytes32 internal constant BACKUP_TYPE = keccak256("Backup(bytes32 realm,uint64 lease,uint64 endSequence,bytes32 stateHash)");
    bytes32 internal constant GRANT_TYPE = keccak256("Grant(bytes32 realm,uint64 tenure,uint64 lease,address enclave)");
    bytes32 internal constant ANNOUNCEMENT_TYPE =
        keccak256("Announcement(bytes32 realm,uint64 tenure,uint16 suite,bytes32 inputKeyHash)");
    bytes32 internal constant ADMISSION_TYPE = keccak256(
        "Admission(address operator,address enclave,uint8 role,bytes32 measurement,uint8 tee,bytes32 platformHash,uint32 tcbNumber,uint64 notAfter,bytes32 evidenceHash)"
    );
    bytes32 internal constant SEED_TYPE = keccak256("Seed(uint64 epoch,bytes32 seed)");
    bytes32 internal constant INCARNATION_TYPE = keccak256("Incarnation(uint32 number,bytes32 nonce)");

    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    EnigmaToken internal immutable TOKEN;
    uint8 internal immutable MODE;
    uint32 internal immutable EPOCH_BLOCKS;
    uint32 internal immutable TENURE_EPOCHS;
    uint32 internal immutable FAILOVER_BLOCKS;
    uint32 internal immutable MAX_ORDER_BLOCKS;
    uint32 internal immutable MAX_BATCH_AGE;
    uint32 internal immutable MAX_HEADER_LAG;
    uint16 internal immutable MIN_BACKUPS;
    uint32 internal immutable DRAW_DELAY;
    uint32 internal immutable MAX_LEASES;
    uint64 internal immutable MAX_STATE_BYTES;
    uint64 internal immutable MAX_TASK_GAS;
    uint64 internal immutable SEAT_UNIT;
    uint16 internal immutable MAX_SEATS;
    uint32 internal immutable UNBONDING_BLOCKS;
    uint32 internal immutable LEAVE_DELAY;
    uint64 internal immutable MIN_GAS_PRICE;
    uint64 internal immutable BASE_GAS;
    uint64 internal immutable POST_FEE;
    uint64 internal immutable OPEN_FEE;
    uint64 internal immutable RENEW_FEE;
    uint32 internal immutable CALLBACK_RATE;
    uint64 internal immutable SEED_REWARD;
    uint64 internal immutable MISS_FINE;
    uint64 internal immutable CHALLENGE_DEPOSIT;
    uint32 internal immutable GOVERNANCE_DELAY;
    uint32 internal immutable MIN_UPGRADE_DELAY;

    constructor(Parameters memory p, EnigmaToken token_) {
        if (p.mode > 1) revert IEnigma.BadParameters("mode");
        if (p.epochBlocks == 0) revert IEnigma.BadParameters("epochBlocks");
        if (p.failoverBlocks == 0) revert IEnigma.BadParameters("failoverBlocks");
        if (p.maxOrderBlocks == 0 || p.maxOrderBlocks > 0x7fff) revert IEnigma.BadParameters("maxOrderBlocks");
        if (uint256(p.tenureEpochs) * p.epochBlocks < p.maxOrderBlocks || uint256(p.tenureEpochs) * p.epochBlocks > type(uint32).max) {
            revert IEnigma.BadParameters("tenureEpochs");
        }
        // EIP-2935 serves the last 8,191 block hashes.
        if (p.maxBatchAge == 0 || p.maxBatchAge > 8_000) revert IEnigma.BadParameters("maxBatchAge");
        if (p.mode == 1 && p.minBackups == 0) revert IEnigma.BadParameters("minBackups");
        if (p.leaveDelay < p.maxOrderBlocks + p.maxBatchAge) revert IEnigma.BadParameters("leaveDelay");
        if (p.unbondingBlocks <= p.leaveDelay) revert IEnigma.BadParameters("unbondingBlocks");
        if (p.seatUnit == 0 || p.maxSeats == 0) revert IEnigma.BadParameters("seatUnit");
        if (p.mode == 1 && p.governanceDelay < 7 days) revert IEnigma.BadParameters("governanceDelay");
        if (p.mode == 1 && p.minUpgradeDelay < p.epochBlocks) revert IEnigma.BadParameters("minUpgradeDelay");
        TOKEN = token_;
        MODE = p.mode;
        EPOCH_BLOCKS = p.epochBlocks;
        TENURE_EPOCHS = p.tenureEpochs;
        FAILOVER_BLOCKS = p.failoverBlocks;
        MAX_ORDER_BLOCKS = p.maxOrderBlocks;
        MAX_BATCH_AGE = p.maxBatchAge;
        MAX_HEADER_LAG = p.maxHeaderLag;
        MIN_BACKUPS = p.minBackups;
        DRAW_DELAY = p.drawDelay;
        MAX_LEASES = p.maxLeases;
        MAX_STATE_BYTES = p.maxStateBytes;
        MAX_TASK_GAS = p.maxTaskGas;
        SEAT_UNIT = p.seatUnit;
        MAX_SEATS = p.maxSeats;
        UNBONDING_BLOCKS = p.unbondingBlocks;
        LEAVE_DELAY = p.leaveDelay;
        MIN_GAS_PRICE = p.minGasPrice;
        BASE_GAS = p.baseGas;
        POST_FEE = p.postFee;
        OPEN_FEE = p.openFee;
        RENEW_FEE = p.renewFee;
        CALLBACK_RATE = p.callbackRate;
        SEED_REWARD = p.seedReward;
        MISS_FINE = p.missFine;
        CHALLENGE_DEPOSIT = p.challengeDeposit;
        GOVERNANCE_DELAY = p.governanceDelay;
        MIN_UPGRADE_DELAY = p.minUpgradeDelay;
    }

    /// @dev Goes on in other code, on this storage.
    function _delegate(address code) internal {
        assembly {
            calldatacopy(0, 0, calldatasize())
            let ok := delegatecall(gas(), code, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(ok) { revert(0, returndatasize()) }
            return(0, returndatasize())
        }
    }

    // --------------------------------------------------------------------------------------------------------- signatures

    function _digest(bytes32 structHash) internal view returns (bytes32 digest) {
        (bytes32 type_, bytes32 name, bytes32 version) = (DOMAIN_TYPE, NAME_HASH, VERSION_HASH);
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, type_)
            mstore(add(free, 32), name)
            mstore(add(free, 64), version)
            mstore(add(free, 96), chainid())
            mstore(add(free, 128), address())
            let domain := keccak256(free, 160)
            mstore(free, shl(240, 0x1901))
            mstore(add(free, 2), domain)
            mstore(add(free, 34), structHash)
            digest := keccak256(free, 66)
        }
    }

    /// @dev The signer, or zero if the bytes are no valid signature. v may be 0, 1, 27 or 28; s must be low.
    function _recover(bytes32 digest, bytes calldata signature) internal view returns (address signer) {
        if (signature.length != 65) return address(0);
        uint256 half = HALF_ORDER;
        assembly ("memory-safe") {
            let s := calldataload(add(signature.offset, 32))
            let v := byte(0, calldataload(add(signature.offset, 64)))
            if lt(v, 27) { v := add(v, 27) }
            if iszero(gt(s, half)) {
                let free := mload(0x40)
                mstore(free, digest)
                mstore(add(free, 32), v)
                mstore(add(free, 64), calldataload(signature.offset))
                mstore(add(free, 96), s)
                mstore(0, 0)
                // ecrecover returns nothing where there is no signer.
                pop(staticcall(gas(), 1, free, 128, 0, 32))
                signer := mload(0)
            }
        }
    }

    /// @dev Valid signatures of the current generation's members; counting ends at one that is not or is out of order.
    function _countQuorum(bytes32 digest, bytes[] calldata signatures, uint256 generation, uint256 quorum)
        internal
        view
        returns (uint256 count)
    {
        uint256 half = HALF_ORDER;
        mapping(address => KeyManager) storage members = _keyManagers;
        assembly ("memory-safe") {
            let free := mload(0x40)
            let limit := signatures.length
            if lt(quorum, limit) { limit := quorum }
            // listed and generation, which lie behind the operator.
            let wanted := or(1, shl(8, generation))
            let last := 0
            for {} lt(count, limit) { count := add(count, 1) } {
                // Whatever an offset leads to counts only if it is a member's signature.
                let at := add(signatures.offset, calldataload(add(signatures.offset, shl(5, count))))
                let s := calldataload(add(at, 64))
                if or(iszero(eq(calldataload(at), 65)), gt(s, half)) { break }
                let v := byte(0, calldataload(add(at, 96)))
                mstore(free, digest)
                mstore(add(free, 32), add(v, mul(27, lt(v, 27))))
                mstore(add(free, 64), calldataload(add(at, 32)))
                mstore(add(free, 96), s)
                mstore(0, 0)
                // ecrecover returns nothing where there is no signer.
                pop(staticcall(gas(), 1, free, 128, 0, 32))
                let signer := mload(0)
                if iszero(gt(signer, last)) { break }
                mstore(32, members.slot)
                if iszero(eq(and(shr(160, sload(keccak256(0, 64))), 0xffffff), wanted)) { break }
                last := signer
            }
        }
    }

    function _hasQuorum(bytes32 digest, bytes[] calldata signatures) internal view returns (bool) {
        uint256 generation = _counters.generation;
        uint256 quorum = _generations[generation].quorum;
        return quorum != 0 && _countQuorum(digest, signatures, generation, quorum) == quorum;
    }

    function _requireQuorum(bytes32 digest, bytes[] calldata signatures, uint256 generation) internal view {
        uint256 quorum = _generations[generation].quorum;
        uint256 count = _countQuorum(digest, signatures, generation, quorum);
        if (quorum == 0 || count < quorum) revert IEnigma.QuorumMissing(quorum, count);
    }

    // ------------------------------------------------------------------------------------------------------------ balances

    function _credit(address account, uint256 amount) internal {
        if (amount != 0) _balances[account] += uint64(amount);
    }

    function _debit(address account, uint256 amount) internal {
        if (amount == 0) return;
        uint256 available = _balances[account];
        if (available < amount) revert IEnigma.InsufficientBalance(available, amount);
        unchecked {
            _balances[account] = uint64(available - amount);
        }
    }

    function _addToPool(uint256 amount) internal {
        if (amount == 0) return;
        Counters memory counters = _counters.load();
        counters.pool += uint64(amount);
        _counters.store(counters);
    }

    // -------------------------------------------------------------------------------------------------- turns and challenges

    function _lastTurn() internal view returns (uint256) {
        return (RANKS + 1) * FAILOVER_BLOCKS;
    }

    /// @dev Pays the deposit to an account, or back where that is zero.
    function _endChallenge(bytes32 realm, address payee) internal {
        ChallengeRecord memory record = _challenges[realm];
        delete _challenges[realm];
        address paidTo = payee == address(0) ? record.challenger : payee;
        _credit(paidTo, record.deposited);
        emit IEnigma.ChallengeEnded(realm, record.challenger, paidTo);
    }

    // ---------------------------------------------------------------------------------------------------- workers and draws

    /// @dev Admissions stretch while no seed arrives (rule C1): an epoch twice as long as it should be stops the clock.
    function _admissionClock(Counters memory counters) internal view returns (uint256) {
        bool late = block.number > uint256(counters.epochStart) + 2 * uint256(EPOCH_BLOCKS);
        return late && counters.lastSeedAt < block.timestamp ? counters.lastSeedAt : block.timestamp;
    }

    /// @dev Registered, none of the flags, admission not over.
    function _present(uint256 core, uint256 flags) private view returns (bool) {
        if (uint160(core) == 0 || (core >> 232) & flags != 0) return false;
        uint256 until = uint32(core >> 160);
        return until >= block.timestamp || until >= _admissionClock(_counters.load());
    }

    function _admitted(uint256 core, uint256 flags) private view returns (bool) {
        return _present(core, flags) && uint32(core >> 192) >= _tcbMinimum((core >> 224) & 0xff);
    }

    /// @dev Registered, not evicted, admission not over.
    function _present(uint256 core) internal view returns (bool) {
        return _present(core, WorkerFlags.EVICTED | WorkerFlags.SLASHED);
    }

    function _admitted(uint256 core) internal view returns (bool) {
        return _admitted(core, WorkerFlags.EVICTED | WorkerFlags.SLASHED);
    }

    /// @dev May be drawn, lead a failover, and be waited for.
    function _eligible(uint256 worker) internal view returns (bool) {
        return worker != 0 && _admitted(_workers[worker].core.raw(), WorkerFlags.LOGGED_OUT | WorkerFlags.EVICTED | WorkerFlags.SLASHED);
    }

    function _tcbMinimum(uint256 tee) internal view returns (uint32) {
        return uint32(_tcbMinima >> (32 * (tee & 7)));
    }

    /// @dev The worker in a seat at the start of an epoch, for the current epoch and the one before.
    function _seatAt(uint256 index, uint256 epoch) internal view returns (uint256) {
        uint256 seat = _seats[index].raw();
        if (epoch > uint32(seat >> 96)) return uint32(seat);
        return uint32(epoch > uint32(seat >> 128) ? seat >> 32 : seat >> 64);
    }

    /// @dev Rule C4: the distinct eligible workers in the order of the draws, three at most.
    function _draw(bytes32 realm, uint256 tenure, uint256 epoch) internal view returns (uint256 rank0, uint256 rank1, uint256 rank2) {
        uint256 drawn = _epochs[epoch].raw();
        uint256 seats = uint32(drawn >> 192);
        if (seats == 0) return (0, 0, 0);
        uint256 weightsOf = epoch == 1 ? 1 : epoch - 1;
        bytes32 tag = TAG_DRAW;
        for (uint256 i; i < DRAWS; ) {
            uint256 pick;
            assembly ("memory-safe") {
                let free := mload(0x40)
                mstore(free, tag)
                mstore(add(free, 32), shl(64, drawn))
                mstore(add(free, 64), realm)
                mstore(add(free, 96), tenure)
                mstore(add(free, 128), i)
                pick := mod(keccak256(free, 160), seats)
                i := add(i, 1)
            }
            uint256 worker = _seatAt(pick, weightsOf);
            if (worker == rank0 || worker == rank1 || !_eligible(worker)) continue;
            if (rank0 == 0) {
                rank0 = worker;
            } else if (rank1 == 0) {
                rank1 = worker;
            } else {
                return (rank0, rank1, worker);
            }
        }
    }

    // --------------------------------------------------------------------------------------------------------------- keys

    function _taskKey(bytes32 realm, bytes32 taskId) internal pure returns (bytes32) {
        return keccak256(abi.encode(realm, taskId));
    }

    function _orderDigest(TaskOrder calldata order) internal view returns (bytes32) {
        return _digest(
            keccak256(
                abi.encode(
                    ORDER_TYPE,
                    order.sender,
                    order.realm,
                    order.target,
                    order.kind,
                    order.codeHash,
                    order.inputHash,
                    order.gasLimit,
                    order.gasPrice,
                    order.expiry,
                    order.salt
                )
            )
        );
    }

    function _realmId(address owner_, bytes32 salt) internal view returns (bytes32) {
        return keccak256(abi.encode(TAG_REALM, block.chainid, address(this), owner_, salt));
    }

    function _upgradeKey(bytes32 realm, address target, bytes32 codeHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(realm, target, codeHash));
    }
}

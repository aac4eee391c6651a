// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./EnigmaBase.sol";
import {CallbackForwarder} from "./CallbackForwarder.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

/// @title Enigma
/// @notice Realms, tasks, commits and epochs. Everything else that IEnigma names lies in EnigmaRegistry and, what only reads, in EnigmaReader,
/// whose code runs on this contract's storage: one address, three pieces of code.
/// @dev Not upgradeable: the module is fixed at deployment and checked to have the same parameters.
contract Enigma is OwnerSlots, EnigmaBase, Multicall {
    using Packed for *;

    /// EIP-2935: the system contract that serves the last 8,191 block hashes.
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;
    uint256 private constant MAX_ENVELOPE = 65_536;
    uint256 private constant MAX_CALLBACK_GAS = 1_000_000;
    /// Gas of a callback beside its own: forwarder, cold accounts, bookkeeping of a failure.
    uint256 private constant CALLBACK_OVERHEAD = 60_000;
    uint256 private constant CHARGE_LENGTH = 28;
    uint256 private constant OUTCOME_LENGTH = 43;
    uint256 private constant ACKNOWLEDGEMENT_LENGTH = 69;
    uint16 private constant X_WING = 0x647a;
    uint16 private constant X25519 = 0x0020;

    CallbackForwarder private immutable FORWARDER;
    address private immutable MODULE;

    /// @param p parameters of the network
    /// @param token_ the ENG token
    /// @param module an EnigmaRegistry deployed with the same parameters and token
    /// @param owner_ the first governor
    constructor(Parameters memory p, EnigmaToken token_, address module, address owner_) EnigmaBase(p, token_) {
        if (owner_ == address(0)) revert IEnigma.BadArgument("owner");
        _owner = owner_;
        (bool ok, bytes memory theirs) = module.staticcall(abi.encodeWithSignature("parameters()"));
        if (!ok || keccak256(theirs) != keccak256(abi.encode(p))) revert IEnigma.ModuleMismatch();
        (ok, theirs) = module.staticcall(abi.encodeWithSignature("token()"));
        if (!ok || keccak256(theirs) != keccak256(abi.encode(token_))) revert IEnigma.ModuleMismatch();
        MODULE = module;
        FORWARDER = new CallbackForwarder();
        _counters.epochStart = uint32(block.number);
        _counters.lastSeedAt = uint40(block.timestamp);
    }

    /// @dev Everything that is not here is in the module.
    fallback() external {
        _delegate(MODULE);
    }

    /// @notice The contract that makes the outgoing calls.
    function forwarder() external view returns (address) {
        return address(FORWARDER);
    }

    // ------------------------------------------------------------------------------------------------------------- realms

    function open(bytes32 salt, uint8 options) external returns (bytes32 realm) {
        if (options > RealmOptions.ALL) revert IEnigma.BadArgument("options");
        realm = _realmId(msg.sender, salt);
        Realm storage r = _realms[realm];
        if (r.own.owner != address(0)) revert IEnigma.RealmExists(realm);
        Counters memory counters = _counters.load();
        if (OPEN_FEE != 0) {
            _debit(msg.sender, OPEN_FEE);
            counters.pool += OPEN_FEE;
            _counters.store(counters);
        }
        RealmOwner memory own;
        own.owner = msg.sender;
        own.options = options;
        r.own.store(own);
        RealmHot memory hot;
        hot.tenureEnd = counters.epoch + DRAW_DELAY;
        hot.since = uint32(block.number);
        r.hot.store(hot);
        emit IEnigma.RealmOpened(realm, msg.sender, salt, options, hot.tenureEnd);
    }

    // Draws work on whole words: taking realm and counters apart would cost more than the draw itself. Positions are those of the structs.

    function assign(bytes32 realm) external {
        Realm storage r = _realms[realm];
        uint256 hot = r.hot.raw();
        uint256 own = r.own.raw();
        if (uint160(own) == 0) revert IEnigma.UnknownRealm(realm);
        if (uint24(hot >> 144) != 0 || ((hot >> 248) & RealmFlags.PENDING != 0 && !_announcementLate(uint32(hot >> 216)))) {
            revert IEnigma.AlreadyAssigned(realm);
        }
        uint256 counters = _counters.raw();
        unchecked {
            uint256 epoch = uint32(counters);
            uint256 first = uint32(hot >> 168);
            if (epoch == 0 || epoch < first) {
                uint256 missing = epoch < first ? first - epoch : 1;
                revert IEnigma.NotAssigned(realm, uint64(uint32(counters >> 32) + missing * EPOCH_BLOCKS));
            }
        }
        _assign(r, realm, hot, own, counters);
    }

    function renew(bytes32 realm) external {
        Realm storage r = _realms[realm];
        uint256 hot = r.hot.raw();
        uint256 own = r.own.raw();
        if (uint160(own) == 0) revert IEnigma.UnknownRealm(realm);
        if (uint24(hot >> 144) == 0) revert IEnigma.KeyPending(realm);
        if ((hot >> 248) & RealmFlags.PENDING != 0) {
            uint256 since = uint32(hot >> 216);
            if (!_announcementLate(since)) revert IEnigma.TenureRunning(realm, uint64(since + _lastTurn() + 1));
        } else {
            // The owner need not wait for the end, but never less than the longest life of an order (rule K3).
            uint256 until = uint32(hot >> 168);
            if (msg.sender == address(uint160(own))) until = until - _tenureBlocks() + MAX_ORDER_BLOCKS;
            if (block.number < until) revert IEnigma.TenureRunning(realm, uint64(until));
        }
        uint256 counters = _counters.raw();
        if (RENEW_FEE != 0) {
            address payer = msg.sender;
            if ((own >> 248) & RealmOptions.OWNER_PAYS_RENEWALS != 0 && _balances[address(uint160(own))] >= RENEW_FEE) {
                payer = address(uint160(own));
            }
            _debit(payer, RENEW_FEE);
            // The pool never holds more than all ENG there is.
            unchecked {
                counters += uint256(RENEW_FEE) << 64;
            }
            _counters.put(counters);
        }
        _assign(r, realm, hot, own, counters);
    }

    function _tenureBlocks() private view returns (uint256) {
        return uint256(TENURE_EPOCHS) * EPOCH_BLOCKS;
    }

    function _announcementLate(uint256 drawnAt) private view returns (bool) {
        return block.number > drawnAt + _lastTurn();
    }

    function _assign(Realm storage r, bytes32 realm, uint256 hot, uint256 own, uint256 counters) private {
        unchecked {
            uint256 tenure = uint24(hot >> 144) + 1;
            (uint256 rank0, uint256 rank1, uint256 rank2) = _draw(realm, tenure, uint32(counters));
            if (rank0 == 0) revert IEnigma.NoWorkers();
            uint256 generation = uint16(counters >> 176);
            // Owner and options stay.
            r.own.put(
                (own & ((0xff << 248) | uint256(type(uint160).max))) | (rank0 << 160) | (rank1 << 184) | (rank2 << 208) | (generation << 232)
            );
            r.hot.put((hot & ~(uint256(type(uint32).max) << 216)) | (uint256(RealmFlags.PENDING) << 248) | (block.number << 216));
            emit IEnigma.Assigned(
                realm, uint64(tenure), uint32(counters), uint32(generation), uint32(rank0), uint32(rank1), uint32(rank2)
            );
        }
    }

    function announce(
        bytes32 realm,
        uint64 tenure,
        uint16 suite,
        bytes calldata inputKey,
        uint64 lease,
        uint32 worker,
        bytes[] calldata grants,
        bytes calldata signature
    ) external {
        Realm storage r = _realms[realm];
        RealmHot memory hot = r.hot.load();
        if (hot.flags & RealmFlags.PENDING == 0) revert IEnigma.NothingPending(realm);
        if (tenure != uint64(hot.tenure) + 1) revert IEnigma.WrongTenure(uint64(hot.tenure) + 1, tenure);
        if (lease < hot.lease || lease == 0 || lease > type(uint48).max) revert IEnigma.LeaseFenced(hot.lease, lease);
        if (suite == X_WING ? inputKey.length != 1216 : suite != X25519 || inputKey.length != 32) revert IEnigma.BadArgument("inputKey");
        RealmOwner memory own = r.own.load();
        {
            (bool ranked, uint256 ahead) = _turn(own, 0, worker);
            if (!ranked) revert IEnigma.NotInTurn(worker, type(uint64).max);
            uint256 turn = hot.since + ahead * FAILOVER_BLOCKS;
            if (ahead != 0 && block.number <= turn) revert IEnigma.NotInTurn(worker, uint64(turn + 1));
        }
        address enclave = _workers[worker].core.enclave;
        _requireQuorum(_digest(keccak256(abi.encode(GRANT_TYPE, realm, tenure, lease, enclave))), grants, _counters.generation);
        bytes32 keyHash = keccak256(abi.encodePacked(suite, inputKey));
        {
            address signer = _recover(_digest(keccak256(abi.encode(ANNOUNCEMENT_TYPE, realm, tenure, suite, keyHash))), signature);
            if (signer != enclave) revert IEnigma.WrongSigner(enclave, signer);
        }
        r.inputKeys[tenure & 1] = keyHash;
        // hot.lease stays that of the last commit: with a higher one the committed head would outrank what is anchored beyond it.
        hot.tenure = uint24(tenure);
        hot.worker = uint24(worker);
        hot.generation = own.nextGeneration;
        hot.tenureEnd = uint32(block.number + _tenureBlocks());
        hot.since = uint32(block.number);
        hot.flags &= ~(RealmFlags.PENDING | RealmFlags.REKEYED);
        r.hot.store(hot);
        emit IEnigma.KeyAnnounced(realm, tenure, own.nextGeneration, worker, lease, suite, inputKey);
    }

    /// @dev Whether a worker is an eligible rank, and how many eligible workers are ahead of it: the holder and lower ranks (rule C5).
    function _turn(RealmOwner memory own, uint256 holder, uint256 worker) private view returns (bool ranked, uint256 ahead) {
        if (worker == 0 || (worker != own.rank0 && worker != own.rank1 && worker != own.rank2) || !_eligible(worker)) return (false, 0);
        if (holder != 0 && _eligible(holder)) ++ahead;
        if (worker == own.rank0) return (true, ahead);
        if (own.rank0 != holder && _eligible(own.rank0)) ++ahead;
        if (worker == own.rank1) return (true, ahead);
        if (own.rank1 != holder && _eligible(own.rank1)) ++ahead;
        return (true, ahead);
    }

    // -------------------------------------------------------------------------------------------------------------- tasks

    function post(TaskOrder calldata order) external returns (bytes32) {
        return _post(order, false);
    }

    function post(TaskOrder calldata order, bytes calldata envelope) external returns (bytes32) {
        if (envelope.length > MAX_ENVELOPE) revert IEnigma.InputTooLarge(envelope.length, MAX_ENVELOPE);
        bytes32 actual = keccak256(envelope);
        if (actual != order.inputHash) revert IEnigma.InputMismatch(order.inputHash, actual);
        return _post(order, true);
    }

    function _post(TaskOrder calldata order, bool withEnvelope) private returns (bytes32 taskId) {
        if (order.sender != msg.sender) revert IEnigma.NotAuthorized(order.sender);
        if (order.kind == TaskKinds.QUERY || order.kind > TaskKinds.CALLABLE) revert IEnigma.WrongKind(order.kind);
        if (order.gasLimit == 0 || order.gasLimit > MAX_TASK_GAS) revert IEnigma.WrongGasLimit(order.gasLimit, MAX_TASK_GAS);
        if (order.gasPrice < MIN_GAS_PRICE) revert IEnigma.GasPriceTooLow(order.gasPrice, MIN_GAS_PRICE);
        if (order.expiry < block.number || order.expiry > block.number + MAX_ORDER_BLOCKS) {
            revert IEnigma.WrongExpiry(order.expiry, uint64(block.number), uint64(block.number + MAX_ORDER_BLOCKS));
        }
        RealmHot memory hot = _realms[order.realm].hot.load();
        if (hot.tenure == 0) {
            if (_realms[order.realm].own.owner == address(0)) revert IEnigma.UnknownRealm(order.realm);
            revert IEnigma.KeyPending(order.realm);
        }
        if (order.kind == TaskKinds.UPGRADE) _takeUpgrade(order);
        taskId = _orderDigest(order);
        PostedTask storage stored = _tasks[_taskKey(order.realm, taskId)];
        if (stored.payer != address(0)) revert IEnigma.TaskExists(taskId);
        uint256 fee = (uint256(order.gasLimit) * order.gasPrice + 999) / 1_000;
        if (fee > type(uint48).max) revert IEnigma.AmountTooLarge(fee);
        _debit(msg.sender, fee + POST_FEE);
        PostedTask memory task;
        task.payer = msg.sender;
        task.postedAt = uint32(block.number);
        task.life = uint16(order.expiry - block.number);
        if (withEnvelope && order.kind == TaskKinds.CALL) task.life |= 0x8000;
        task.reserved = uint48(fee);
        stored.store(task);
        emit IEnigma.TaskPosted(
            order.realm,
            taskId,
            msg.sender,
            order.target,
            order.kind,
            order.codeHash,
            order.inputHash,
            order.gasLimit,
            order.gasPrice,
            order.expiry,
            order.salt,
            withEnvelope
        );
    }

    function _takeUpgrade(TaskOrder calldata order) private {
        bytes32 key = _upgradeKey(order.realm, order.target, order.codeHash);
        Upgrade memory upgrade = _upgrades[key];
        if (upgrade.authority == address(0)) revert IEnigma.UpgradeNotReady(type(uint64).max);
        if (upgrade.authority != msg.sender) revert IEnigma.NotAuthorized(upgrade.authority);
        if (block.number < upgrade.readyAt) revert IEnigma.UpgradeNotReady(upgrade.readyAt);
        delete _upgrades[key];
    }

    // ------------------------------------------------------------------------------------------------------------- epochs

    function _seedHash(uint256 epoch, bytes32 seed) private pure returns (bytes32 hash) {
        bytes32 type_ = SEED_TYPE;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, type_)
            mstore(add(free, 32), epoch)
            mstore(add(free, 64), seed)
            hash := keccak256(free, 96)
        }
    }

    function postSeed(uint64 epoch, bytes32 seed, bytes[] calldata signatures) external {
        uint256 counters = _counters.raw();
        unchecked {
            uint256 before = uint32(counters);
            if (epoch != before + 1) revert IEnigma.WrongEpoch(uint64(before + 1), epoch);
            // Epoch 0 ends with the first seed (rule C2).
            uint256 ends = uint32(counters >> 32) + uint256(EPOCH_BLOCKS);
            if (before != 0 && block.number < ends) revert IEnigma.EpochRunning(uint64(ends));
            _requireQuorum(_digest(_seedHash(epoch, seed)), signatures, uint16(counters >> 176));
            uint256 seatCount = uint24(counters >> 128);
            // The weights of epoch e are those at the start of e - 1; those of epoch 1 are the ones now.
            uint256 seats = epoch == 1 ? seatCount : uint24(counters >> 152);
            // 24 bytes of the seed are kept.
            _epochs[epoch].put((block.number << 224) | (seats << 192) | (uint256(seed) >> 64));
            uint256 pool = uint64(counters >> 64);
            uint256 reward = SEED_REWARD < pool ? SEED_REWARD : pool;
            // Seats, generation and number of key managers stay; all else of the counters is of this epoch.
            _counters.put(
                (counters & ((uint256(0xff) << 232) | (uint256(0xffff) << 176) | (uint256(0xffffff) << 128))) | uint256(epoch)
                    | (uint256(uint32(block.number)) << 32) | ((pool - reward) << 64) | (seatCount << 152)
                    | (uint256(uint40(block.timestamp)) << 192)
            );
            if (reward != 0) _balances[msg.sender] += uint64(reward);
            emit IEnigma.Seeded(epoch, bytes32(bytes24(seed)), uint32(seats), msg.sender, uint64(reward));
        }
    }

    // ------------------------------------------------------------------------------------------------------------ commits

    function commit(Commitment[] calldata commitments) external nonReentrant {
        if (commitments.length == 0 || commitments.length > 256) revert IEnigma.BadArgument("commitments");
        uint256 admitted;
        uint256 takeOvers;
        Inadmissible firstReason;
        for (uint256 i; i < commitments.length; ++i) {
            (Inadmissible reason, bool tookOver) = _commit(commitments, i);
            if (reason == Inadmissible.NONE) {
                admitted |= 1 << i;
                if (tookOver) takeOvers |= 1 << i;
            } else {
                if (i == 0) firstReason = reason;
                Batch calldata batch = commitments[i].batch;
                emit IEnigma.Skipped(batch.realm, reason, _endSequence(batch));
            }
        }
        if (admitted == 0) revert IEnigma.NothingAdmitted(commitments[0].batch.realm, firstReason);
        // A worker may take over with batches it adopts only if the call did settle the overdue task (rule C5).
        for (uint256 i; takeOvers >> i != 0; ++i) {
            if (takeOvers & (1 << i) == 0) continue;
            bytes32 realm = commitments[i].batch.realm;
            if (_tasks[_taskKey(realm, commitments[i].overdue)].payer != address(0)) {
                revert IEnigma.NothingAdmitted(realm, Inadmissible.ASSIGNMENT);
            }
        }
        // All effects are done; strangers are called last.
        for (uint256 i; i < commitments.length; ++i) {
            if (admitted & (1 << i) != 0) _callBack(commitments[i].batch);
        }
    }

    function _endSequence(Batch calldata batch) private pure returns (uint64) {
        unchecked {
            return batch.firstSequence + batch.count - 1;
        }
    }

    function _commit(Commitment[] calldata all, uint256 index) private returns (Inadmissible, bool tookOver) {
        Commitment calldata c = all[index];
        Batch calldata batch = c.batch;
        Realm storage r = _realms[batch.realm];
        RealmHot memory hot = r.hot.load();
        if (hot.tenure == 0 || batch.tenure != hot.tenure) return (Inadmissible.ASSIGNMENT, false);
        uint256 missed;
        if (c.worker != hot.worker) {
            bool inTurn;
            (inTurn, missed) = _mayTakeOver(all, index, r, hot);
            if (!inTurn) return (Inadmissible.ASSIGNMENT, false);
        }
        if (batch.lease < hot.lease || batch.lease > type(uint48).max) return (Inadmissible.LEASE, false);
        uint64 endSequence = _endSequence(batch);
        if (
            batch.firstSequence != uint64(hot.sequence) + 1 || batch.count == 0 || endSequence < batch.firstSequence
                || endSequence > type(uint40).max
        ) return (Inadmissible.SEQUENCE, false);
        if (!_headerKnown(batch, hot.headerNumber)) return (Inadmissible.HEADER, false);
        bytes32 stateHash = _stateHash(batch, r.stateHash, endSequence);
        if (!_signedHead(c, endSequence, stateHash)) return (Inadmissible.SIGNATURE, false);
        if (!_available(c, endSequence, stateHash)) return (Inadmissible.ACKNOWLEDGEMENT, false);

        if (hot.flags & RealmFlags.CHALLENGED != 0) {
            hot.flags &= ~RealmFlags.CHALLENGED;
            uint256 asked = _challenges[batch.realm].challengedAt;
            if (asked < hot.since) asked = hot.since;
            bool answered = c.worker == hot.worker && block.number <= asked + FAILOVER_BLOCKS;
            _endChallenge(batch.realm, answered ? batch.payee : address(0));
        }
        if (c.worker != hot.worker) {
            tookOver = true;
            _recordMisses(batch.realm, missed);
            emit IEnigma.FailedOver(batch.realm, hot.worker, c.worker, c.overdue);
            hot.worker = uint24(c.worker);
            hot.since = uint32(block.number);
        }
        // An adopted snapshot of the tenure before has an older header.
        if (batch.kind == BatchKinds.SNAPSHOT && batch.headerNumber + _tenureBlocks() >= hot.tenureEnd) hot.flags |= RealmFlags.REKEYED;
        hot.sequence = uint40(endSequence);
        hot.lease = uint48(batch.lease);
        hot.headerNumber = uint32(batch.headerNumber);
        r.hot.store(hot);
        r.stateHash = stateHash;

        uint256 paid = _chargePayers(batch) + _settleTasks(batch);
        _credit(batch.payee, paid);
        emit IEnigma.Committed(
            batch.realm,
            c.worker,
            batch.kind,
            batch.lease,
            batch.tenure,
            batch.firstSequence,
            batch.count,
            batch.headerNumber,
            stateHash,
            batch.receiptsRoot,
            batch.payee,
            uint64(paid)
        );
        return (Inadmissible.NONE, tookOver);
    }

    /// @dev Rule C5. `missed` packs the workers that let a posted task get old, 24 bits each.
    function _mayTakeOver(Commitment[] calldata all, uint256 index, Realm storage r, RealmHot memory hot)
        private
        view
        returns (bool, uint256 missed)
    {
        Commitment calldata c = all[index];
        // While a draw is pending the ranks are the next tenure's, which begins with the announcement.
        if (hot.flags & RealmFlags.PENDING != 0) return (false, 0);
        RealmOwner memory own = r.own.load();
        (bool ranked, uint256 ahead) = _turn(own, hot.worker, c.worker);
        if (!ranked) return (false, 0);
        bytes32 realm = c.batch.realm;
        uint256 since;
        if (c.overdue == 0) {
            if (hot.flags & RealmFlags.CHALLENGED == 0) return (false, 0);
            since = _challenges[realm].challengedAt;
        } else {
            PostedTask memory task = _tasks[_taskKey(realm, c.overdue)].load();
            if (task.payer == address(0) || task.life & 0x8000 == 0 || !_promised(all, index)) return (false, 0);
            since = task.postedAt;
        }
        // The holder's time begins with its tenure or its own take-over.
        if (since < hot.since) since = hot.since;
        if (ahead != 0 && block.number <= since + ahead * FAILOVER_BLOCKS) return (false, 0);
        if (c.overdue != 0) missed = _ahead(own, hot.worker, c.worker);
        return (true, missed);
    }

    function _ahead(RealmOwner memory own, uint256 holder, uint256 worker) private view returns (uint256 packed) {
        if (_eligible(holder)) packed = holder;
        if (worker == own.rank0) return packed;
        if (own.rank0 != holder && _eligible(own.rank0)) packed = (packed << 24) | own.rank0;
        if (worker == own.rank1) return packed;
        if (own.rank1 != holder && _eligible(own.rank1)) packed = (packed << 24) | own.rank1;
    }

    function _recordMisses(bytes32 realm, uint256 missed) private {
        for (; missed != 0; missed >>= 24) {
            uint256 id = missed & 0xffffff;
            Worker storage worker = _workers[id];
            if (worker.core.misses != type(uint16).max) ++worker.core.misses;
            worker.debt += MISS_FINE;
            emit IEnigma.Missed(realm, uint32(id), MISS_FINE);
        }
    }

    /// @dev Whether this commitment or a later one of the same realm and worker has the overdue task among its outcomes.
    function _promised(Commitment[] calldata all, uint256 index) private pure returns (bool) {
        Commitment calldata first = all[index];
        for (uint256 i = index; i < all.length; ++i) {
            Commitment calldata c = all[i];
            if (c.worker == first.worker && c.batch.realm == first.batch.realm && _settles(c.batch.outcomes, first.overdue)) return true;
        }
        return false;
    }

    function _settles(bytes calldata outcomes, bytes32 taskId) private pure returns (bool) {
        for (uint256 i; i + OUTCOME_LENGTH <= outcomes.length; i += OUTCOME_LENGTH) {
            if (bytes32(outcomes[i:i + 32]) == taskId) return true;
        }
        return false;
    }

    function _headerKnown(Batch calldata batch, uint256 last) private view returns (bool) {
        uint256 height = batch.headerNumber;
        if (height >= block.number || height < last || block.number - height > MAX_BATCH_AGE) return false;
        bytes32 expected = batch.headerHash;
        bool same;
        assembly ("memory-safe") {
            mstore(0, height)
            let ok := staticcall(gas(), HISTORY, 0, 32, 0, 32)
            same := and(and(ok, eq(returndatasize(), 32)), eq(mload(0), expected))
        }
        return same;
    }

    function _stateHash(Batch calldata batch, bytes32 previous, uint64 endSequence) private pure returns (bytes32) {
        if (previous == 0) previous = keccak256(abi.encode(TAG_GENESIS, batch.realm));
        return keccak256(
            abi.encode(
                TAG_STATE,
                batch.kind,
                previous,
                endSequence,
                batch.headerNumber,
                batch.headerHash,
                batch.deltaHash,
                batch.receiptsRoot,
                keccak256(batch.charges),
                keccak256(batch.outcomes),
                _callbacksHash(batch.callbacks),
                batch.payee
            )
        );
    }

    function _callbacksHash(CallbackCall[] calldata callbacks) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](callbacks.length);
        for (uint256 i; i < callbacks.length; ++i) {
            hashes[i] = _callbackHash(callbacks[i]);
        }
        return keccak256(abi.encodePacked(hashes));
    }

    function _callbackHash(CallbackCall calldata request) private pure returns (bytes32) {
        return keccak256(abi.encode(TAG_CALLBACK, request.taskId, request.secretContract, request.target, request.gas, keccak256(request.data)));
    }

    function _signedHead(Commitment calldata c, uint64 endSequence, bytes32 stateHash) private view returns (bool) {
        address signer = _recover(
            _digest(keccak256(abi.encode(HEAD_TYPE, c.batch.realm, c.batch.lease, endSequence, stateHash))), c.signature
        );
        return signer != address(0) && signer == _workers[c.worker].core.enclave;
    }

    /// @dev Rule C8: enough backups hold the deltas, or the sealed delta and the lease's grants lie in the calldata.
    function _available(Commitment calldata c, uint64 endSequence, bytes32 stateHash) private view returns (bool) {
        if (MIN_BACKUPS == 0) return true;
        uint256 count = c.acknowledgements.length / ACKNOWLEDGEMENT_LENGTH;
        if (count != 0) {
            bytes32 digest = _digest(keccak256(abi.encode(BACKUP_TYPE, c.batch.realm, c.batch.lease, endSequence, stateHash)));
            uint256 last;
            for (uint256 i; i < count; ++i) {
                bytes calldata item = c.acknowledgements[i * ACKNOWLEDGEMENT_LENGTH:(i + 1) * ACKNOWLEDGEMENT_LENGTH];
                uint256 worker = uint32(bytes4(item[0:4]));
                if (worker <= last || worker == c.worker) return false;
                uint256 core = _workers[worker].core.raw();
                if (!_present(core) || _recover(digest, item[4:69]) != address(uint160(core))) return false;
                last = worker;
            }
        }
        if (count >= MIN_BACKUPS) return true;
        return keccak256(c.delta) == c.batch.deltaHash
            && _hasQuorum(
                _digest(
                    keccak256(abi.encode(GRANT_TYPE, c.batch.realm, c.batch.tenure, c.batch.lease, _workers[c.worker].core.enclave))
                ),
                c.grants
            );
    }

    function _chargePayers(Batch calldata batch) private returns (uint256 paid) {
        bytes calldata charges = batch.charges;
        mapping(address => Allocation) storage allocations = _allocations[batch.realm];
        mapping(address => uint64) storage leaving = _leaving[batch.realm];
        for (uint256 i; i + CHARGE_LENGTH <= charges.length; i += CHARGE_LENGTH) {
            uint256 word;
            assembly ("memory-safe") {
                word := calldataload(add(charges.offset, i))
            }
            address payer = address(uint160(word >> 96));
            paid += allocations[payer].charge(leaving, payer, uint64(word >> 32));
        }
    }

    function _settleTasks(Batch calldata batch) private returns (uint256 paid) {
        bytes calldata outcomes = batch.outcomes;
        uint256 settled;
        for (uint256 i; i + OUTCOME_LENGTH <= outcomes.length; i += OUTCOME_LENGTH) {
            bytes32 taskId;
            uint256 word;
            assembly ("memory-safe") {
                taskId := calldataload(add(outcomes.offset, i))
                word := calldataload(add(add(outcomes.offset, i), 32))
            }
            PostedTask storage stored = _tasks[_taskKey(batch.realm, taskId)];
            PostedTask memory task = stored.load();
            if (task.payer == address(0)) continue;
            stored.clear();
            ++settled;
            uint8 outcome = uint8(word >> 248);
            uint256 fee = outcome == Outcomes.DUPLICATE ? 0 : uint64(word >> 168);
            if (fee > task.reserved) fee = task.reserved;
            paid += fee;
            _credit(task.payer, task.reserved - fee);
            emit IEnigma.TaskSettled(batch.realm, taskId, outcome, uint16(word >> 232), uint64(fee), uint64(task.reserved - fee));
        }
        _addToPool(settled * POST_FEE);
    }

    // ---------------------------------------------------------------------------------------------------------- callbacks

    function _callBack(Batch calldata batch) private {
        for (uint256 i; i < batch.callbacks.length; ++i) {
            CallbackCall calldata request = batch.callbacks[i];
            bytes32 hash = _callbackHash(request);
            bool refused = request.target == address(this) || request.target == address(TOKEN) || request.target == address(FORWARDER)
                || request.gas > MAX_CALLBACK_GAS;
            if (refused) {
                emit IEnigma.CallbackFailed(batch.realm, request.taskId, request.target, hash, "refused", false);
                continue;
            }
            (bool success, bytes32 reason) = _forward(request);
            if (success) {
                emit IEnigma.CallbackDone(batch.realm, request.taskId, request.target, hash);
            } else {
                ++_failedCallbacks[keccak256(abi.encode(batch.realm, hash))];
                emit IEnigma.CallbackFailed(batch.realm, request.taskId, request.target, hash, reason, true);
            }
        }
    }

    function _forward(CallbackCall calldata request) private returns (bool, bytes32) {
        // Twice 63/64 (EIP-150): into the forwarder and out of it.
        uint256 required = uint256(request.gas) * 64 / 63 * 64 / 63 + CALLBACK_OVERHEAD + 32 * request.data.length;
        if (gasleft() < required) revert IEnigma.TooLittleGas(required, gasleft());
        return FORWARDER.forward(request.target, request.gas, request.secretContract, request.taskId, request.data);
    }

    function retryCallback(bytes32 realm, CallbackCall calldata callbackCall) external nonReentrant {
        bytes32 hash = _callbackHash(callbackCall);
        bytes32 key = keccak256(abi.encode(realm, hash));
        uint256 open_ = _failedCallbacks[key];
        if (open_ == 0) revert IEnigma.NothingToRetry(hash);
        _failedCallbacks[key] = open_ - 1;
        (bool success, bytes32 reason) = _forward(callbackCall);
        if (!success) revert IEnigma.RetryFailed(reason);
        emit IEnigma.CallbackDone(realm, callbackCall.taskId, callbackCall.target, hash);
    }
}

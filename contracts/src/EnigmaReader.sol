// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./EnigmaBase.sol";

/// @title EnigmaReader
/// @notice What Enigma says of itself: the functions that only read. Runs by delegatecall on the storage of Enigma; its own storage stays
/// empty.
contract EnigmaReader is OwnerSlots, EnigmaBase {
    using Packed for *;

    /// @param p parameters of the network, the same as Enigma's
    /// @param token_ the ENG token
    constructor(Parameters memory p, EnigmaToken token_) EnigmaBase(p, token_) {}

    function scheduledAt(bytes32 callHash) external view returns (uint64) {
        return _scheduled[callHash];
    }

    function token() external view returns (address) {
        return address(TOKEN);
    }

    function networkHash() external view returns (bytes32) {
        return _networkHash;
    }

    function parameters() external view returns (Parameters memory p) {
        p.mode = MODE;
        p.epochBlocks = EPOCH_BLOCKS;
        p.tenureEpochs = TENURE_EPOCHS;
        p.failoverBlocks = FAILOVER_BLOCKS;
        p.maxOrderBlocks = MAX_ORDER_BLOCKS;
        p.maxBatchAge = MAX_BATCH_AGE;
        p.maxHeaderLag = MAX_HEADER_LAG;
        p.minBackups = MIN_BACKUPS;
        p.drawDelay = DRAW_DELAY;
        p.maxLeases = MAX_LEASES;
        p.maxStateBytes = MAX_STATE_BYTES;
        p.maxTaskGas = MAX_TASK_GAS;
        p.seatUnit = SEAT_UNIT;
        p.maxSeats = MAX_SEATS;
        p.unbondingBlocks = UNBONDING_BLOCKS;
        p.leaveDelay = LEAVE_DELAY;
        p.minGasPrice = MIN_GAS_PRICE;
        p.baseGas = BASE_GAS;
        p.postFee = POST_FEE;
        p.openFee = OPEN_FEE;
        p.renewFee = RENEW_FEE;
        p.callbackRate = CALLBACK_RATE;
        p.seedReward = SEED_REWARD;
        p.missFine = MISS_FINE;
        p.challengeDeposit = CHALLENGE_DEPOSIT;
        p.governanceDelay = GOVERNANCE_DELAY;
        p.minUpgradeDelay = MIN_UPGRADE_DELAY;
    }

    function network() external view returns (NetworkView memory) {
        Counters memory counters = _counters.load();
        return NetworkView({
            epoch: counters.epoch,
            epochStart: counters.epochStart,
            pool: counters.pool,
            seatCount: counters.seatCount,
            generation: counters.generation,
            workerCount: _tally.workerCount,
            keyManagerCount: counters.keyManagerCount,
            lastSeedAt: counters.lastSeedAt
        });
    }

    function getRealm(bytes32 realm) external view returns (RealmView memory found) {
        Realm storage r = _realms[realm];
        RealmHot memory hot = r.hot.load();
        RealmOwner memory own = r.own.load();
        if (own.owner == address(0)) revert IEnigma.UnknownRealm(realm);
        found.owner = own.owner;
        found.options = own.options;
        found.sequence = hot.sequence;
        found.lease = hot.lease;
        found.headerNumber = hot.headerNumber;
        found.stateHash = r.stateHash == 0 ? keccak256(abi.encode(TAG_GENESIS, realm)) : r.stateHash;
        found.tenure = hot.tenure;
        found.tenureEnd = hot.tenureEnd;
        found.generation = hot.generation;
        found.worker = hot.worker;
        found.ranks = [uint32(own.rank0), own.rank1, own.rank2];
        found.pending = hot.flags & RealmFlags.PENDING != 0;
        found.drawnAt = hot.since;
        found.nextGeneration = own.nextGeneration;
        found.challenged = hot.flags & RealmFlags.CHALLENGED != 0;
        found.rekeyed = hot.flags & RealmFlags.REKEYED != 0;
        if (hot.tenure != 0) {
            found.inputKeyHash = r.inputKeys[hot.tenure & 1];
            found.previousInputKeyHash = r.inputKeys[(hot.tenure + 1) & 1];
        }
    }

    function getTask(bytes32 realm, bytes32 taskId) external view returns (TaskView memory) {
        PostedTask memory task = _tasks[_taskKey(realm, taskId)].load();
        return TaskView(task.payer, task.postedAt, uint64(task.postedAt) + (task.life & 0x7fff), task.reserved, task.life & 0x8000 != 0);
    }

    function getUpgrade(bytes32 realm, address target, bytes32 codeHash) external view returns (address authority, uint64 readyAtBlock) {
        Upgrade memory upgrade = _upgrades[_upgradeKey(realm, target, codeHash)];
        return (upgrade.authority, upgrade.readyAt);
    }

    function getAllocation(bytes32 realm, address payer) external view returns (AllocationView memory) {
        Allocation memory a = _allocations[realm][payer];
        return AllocationView(a.allocated, a.charged, a.left, _leaving[realm][payer], a.leaveAt, a.sessionEpoch);
    }

    function balanceOf(address account) external view returns (uint64) {
        return _balances[account];
    }

    function getWorker(uint32 id) external view returns (WorkerView memory found) {
        Worker storage worker = _workers[id];
        if (worker.operator == address(0)) revert IEnigma.UnknownWorker(id);
        WorkerCore memory core = worker.core.load();
        found.enclave = core.enclave;
        found.operator = worker.operator;
        found.admittedUntil = core.admittedUntil;
        found.tcbNumber = core.tcbNumber;
        found.tee = core.tee;
        found.loggedOut = core.flags & WorkerFlags.LOGGED_OUT != 0;
        found.evicted = core.flags & WorkerFlags.EVICTED != 0;
        found.misses = core.misses;
        found.seats = worker.seats;
        found.measurement = _measurementAt[worker.measurement];
        found.unbonding = worker.unbonding;
        found.unbondedAt = worker.unbondedAt;
        found.debt = worker.debt;
    }

    function workerOf(address enclave) external view returns (uint32) {
        return _workerIds[enclave];
    }

    function getEndpoint(address enclave) external view returns (Endpoint memory) {
        return _endpoints[enclave];
    }

    function getSeat(uint32 index) external view returns (SeatView memory) {
        Seat memory seat = _seats[index].load();
        return SeatView(seat.current, seat.before, seat.beforeThat, seat.epoch, seat.epochBefore);
    }

    function getEpoch(uint64 epoch) external view returns (EpochView memory) {
        Epoch memory e = _epochs[epoch];
        return EpochView(bytes32(e.seed), e.seats, e.startBlock);
    }

    function getGeneration(uint32 generation) external view returns (Generation memory) {
        return _generations[generation];
    }

    function getKeyManager(address enclave) external view returns (KeyManagerView memory) {
        KeyManager memory member = _keyManagers[enclave];
        return KeyManagerView(member.operator, member.listed, member.generation);
    }

    function getChallenge(bytes32 realm) external view returns (address, uint64, uint64) {
        ChallengeRecord memory record = _challenges[realm];
        return (record.challenger, record.challengedAt, record.deposited);
    }

    function isMeasurementListed(bytes32 measurement) external view returns (bool, uint8, uint8) {
        Measurement memory listed = _measurements[measurement];
        return (listed.listed, listed.role, listed.tee);
    }

    function tcbMinimum(uint8 tee) external view returns (uint32) {
        return _tcbMinimum(tee);
    }

    function isRootListed(bytes32 root) external view returns (bool) {
        return _roots[root];
    }

    function checkpoint(uint64 slot) external view returns (bytes32) {
        return _checkpoints[slot];
    }

    function getIncarnation(address keyManager) external view returns (uint32 number, bytes20 nonce, uint64 recordedAt) {
        Incarnation memory latest = _incarnations[keyManager];
        return (latest.number, latest.nonce, latest.recordedAt);
    }

    function previewDraw(bytes32 realm, uint64 tenure) external view returns (uint32[3] memory) {
        (uint256 rank0, uint256 rank1, uint256 rank2) = _draw(realm, tenure, _counters.epoch);
        return [uint32(rank0), uint32(rank1), uint32(rank2)];
    }

    function taskIdOf(TaskOrder calldata order) external view returns (bytes32) {
        return _orderDigest(order);
    }

    function realmIdOf(address owner_, bytes32 salt) external view returns (bytes32) {
        return _realmId(owner_, salt);
    }
}

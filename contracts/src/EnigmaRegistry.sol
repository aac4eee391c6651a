// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./EnigmaBase.sol";
import {EnigmaReader} from "./EnigmaReader.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title EnigmaRegistry
/// @notice The module of Enigma: ledger, challenges, workers and seats, key managers and governance, slashing. Runs by delegatecall on the
/// storage of Enigma; its own storage stays empty. Passes on to EnigmaReader what only reads.
contract EnigmaRegistry is Ownable2Step, EnigmaBase {
    using Packed for *;

    uint256 private constant MAX_ADMISSION = 30 days;
    /// Longest part of an endpoint, in bytes.
    uint256 private constant MAX_ENDPOINT = 255;

    address private immutable READER;

    /// @param p parameters of the network, the same as Enigma's
    /// @param token_ the ENG token
    constructor(Parameters memory p, EnigmaToken token_) Ownable(address(0xdead)) EnigmaBase(p, token_) {
        READER = address(new EnigmaReader(p, token_));
    }

    /// @dev What only reads is in the reader.
    fallback() external {
        _delegate(READER);
    }

    // ------------------------------------------------------------------------------------------------------------- ledger

    function deposit(uint64 amount) external {
        _deposit(msg.sender, amount);
    }

    function depositFor(address account, uint64 amount) external {
        if (account == address(0)) revert IEnigma.BadArgument("account");
        _deposit(account, amount);
    }

    function depositWithPermit(uint64 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        _permit(amount, deadline, v, r, s);
        _deposit(msg.sender, amount);
    }

    function allocateWithPermit(bytes32 realm, uint64 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        _permit(amount, deadline, v, r, s);
        _deposit(msg.sender, amount);
        _allocate(realm, amount);
    }

    /// @dev Somebody may have used the permit first; then the allowance is there already.
    function _permit(uint64 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) private {
        try TOKEN.permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
    }

    function _deposit(address account, uint64 amount) private {
        _credit(account, amount);
        emit IEnigma.Deposited(account, msg.sender, amount);
        TOKEN.transferFrom(msg.sender, address(this), amount);
    }

    function allocate(bytes32 realm, uint64 amount) external {
        _allocate(realm, amount);
    }

    function _allocate(bytes32 realm, uint64 amount) private {
        if (_realms[realm].own.owner == address(0)) revert IEnigma.UnknownRealm(realm);
        _debit(msg.sender, amount);
        Allocation storage allocation = _allocations[realm][msg.sender];
        allocation.allocated += amount;
        emit IEnigma.Allocated(realm, msg.sender, amount, allocation.allocated);
    }

    function leave(bytes32 realm, uint64 amount) external nonReentrant {
        Allocation storage allocation = _allocations[realm][msg.sender];
        uint64 available = allocation.allocated - allocation.charged - allocation.left;
        if (amount == 0) revert IEnigma.BadArgument("amount");
        if (amount > available) revert IEnigma.InsufficientBalance(available, amount);
        allocation.left += amount;
        allocation.leaveAt = uint32(block.number + LEAVE_DELAY);
        _leaving[realm][msg.sender] += amount;
        emit IEnigma.LeaveRequested(realm, msg.sender, amount, allocation.leaveAt);
    }

    function finishLeave(bytes32 realm) external nonReentrant {
        uint64 amount = _leaving[realm][msg.sender];
        if (amount == 0) revert IEnigma.BadArgument("leave");
        uint64 releasedAt = _allocations[realm][msg.sender].leaveAt;
        if (block.number < releasedAt) revert IEnigma.NotReleased(releasedAt);
        delete _leaving[realm][msg.sender];
        _credit(msg.sender, amount);
        emit IEnigma.Left(realm, msg.sender, amount);
    }

    function withdraw(address to, uint64 amount) external nonReentrant {
        if (to == address(0) || to == address(this)) revert IEnigma.BadArgument("to");
        _debit(msg.sender, amount);
        emit IEnigma.Withdrawn(msg.sender, to, amount);
        TOKEN.transfer(to, amount);
    }

    function revokeSessions(bytes32 realm) external {
        uint32 epoch = ++_allocations[realm][msg.sender].sessionEpoch;
        emit IEnigma.SessionsRevoked(realm, msg.sender, epoch);
    }

    // -------------------------------------------------------------------------------------------------- expiry and challenges

    function expire(bytes32 realm, bytes32 taskId) external {
        PostedTask storage stored = _tasks[_taskKey(realm, taskId)];
        PostedTask memory task = stored.load();
        if (task.payer == address(0)) revert IEnigma.UnknownTask(taskId);
        uint256 last = uint256(task.postedAt) + (task.life & 0x7fff) + MAX_BATCH_AGE;
        if (block.number <= last) revert IEnigma.NotExpired(taskId, uint64(last));
        stored.clear();
        _credit(task.payer, task.reserved);
        _addToPool(POST_FEE);
        emit IEnigma.TaskExpired(realm, taskId, task.payer, task.reserved);
    }

    function challenge(bytes32 realm) external {
        Realm storage r = _realms[realm];
        RealmHot memory hot = r.hot.load();
        if (hot.tenure == 0) revert IEnigma.KeyPending(realm);
        if (hot.flags & RealmFlags.CHALLENGED != 0) revert IEnigma.ChallengeExists(realm);
        _debit(msg.sender, CHALLENGE_DEPOSIT);
        _challenges[realm] = ChallengeRecord(msg.sender, uint32(block.number), CHALLENGE_DEPOSIT);
        hot.flags |= RealmFlags.CHALLENGED;
        r.hot.store(hot);
        emit IEnigma.Challenged(realm, msg.sender, CHALLENGE_DEPOSIT);
    }

    function endChallenge(bytes32 realm) external {
        Realm storage r = _realms[realm];
        RealmHot memory hot = r.hot.load();
        if (hot.flags & RealmFlags.CHALLENGED == 0) revert IEnigma.NoChallenge(realm, 0);
        uint256 last = uint256(_challenges[realm].challengedAt) + _lastTurn();
        if (block.number <= last) revert IEnigma.NoChallenge(realm, uint64(last));
        hot.flags &= ~RealmFlags.CHALLENGED;
        r.hot.store(hot);
        _endChallenge(realm, address(0));
    }

    // ----------------------------------------------------------------------------------------------------------- upgrades

    function postUpgrade(UpgradeTerms calldata terms, bytes32 newCodeHash) external returns (address target) {
        if (terms.authority != msg.sender) revert IEnigma.NotAuthorized(terms.authority);
        target = address(
            uint160(
                uint256(
                    keccak256(
                        abi.encode(
                            TAG_CONTRACT,
                            terms.realm,
                            terms.deployer,
                            terms.salt,
                            terms.codeHash,
                            terms.dialect,
                            terms.authority,
                            terms.delay
                        )
                    )
                )
            )
        );
        uint64 delay = terms.delay < MIN_UPGRADE_DELAY ? MIN_UPGRADE_DELAY : terms.delay;
        if (delay > type(uint32).max) revert IEnigma.BadArgument("delay");
        uint64 readyAt = uint64(block.number) + delay;
        Upgrade storage upgrade = _upgrades[_upgradeKey(terms.realm, target, newCodeHash)];
        if (upgrade.authority != address(0)) revert IEnigma.UpgradeNotReady(upgrade.readyAt);
        upgrade.authority = msg.sender;
        upgrade.readyAt = readyAt;
        emit IEnigma.UpgradeAnnounced(terms.realm, target, newCodeHash, msg.sender, readyAt);
    }

    function cancelUpgrade(bytes32 realm, address target, bytes32 newCodeHash) external {
        bytes32 key = _upgradeKey(realm, target, newCodeHash);
        address authority = _upgrades[key].authority;
        if (authority == address(0) || authority != msg.sender) revert IEnigma.NotAuthorized(authority);
        delete _upgrades[key];
        emit IEnigma.UpgradeCancelled(realm, target, newCodeHash);
    }

    // ------------------------------------------------------------------------------------------------------------ workers

    function register(Admission calldata admission, bytes[] calldata signatures, bytes calldata evidence)
        external
        returns (uint32 id)
    {
        if (admission.operator != msg.sender) revert IEnigma.NotAuthorized(admission.operator);
        if (admission.role != Roles.WORKER || admission.enclave == address(0) || admission.tee > 7) revert IEnigma.BadArgument("role");
        if (admission.notAfter < block.timestamp || admission.notAfter > block.timestamp + MAX_ADMISSION) {
            revert IEnigma.WrongAdmissionPeriod(admission.notAfter);
        }
        bytes32 evidenceHash = keccak256(evidence);
        if (evidenceHash != admission.evidenceHash) revert IEnigma.EvidenceMismatch(admission.evidenceHash, evidenceHash);
        Measurement memory measurement = _requireMeasurement(admission.measurement, Roles.WORKER);
        if (measurement.tee != admission.tee) revert IEnigma.UnknownMeasurement(admission.measurement);
        uint32 minimum = _tcbMinimum(admission.tee);
        if (admission.tcbNumber < minimum) revert IEnigma.TcbTooLow(admission.tee, minimum, admission.tcbNumber);
        _requireQuorum(
            _digest(
                keccak256(
                    abi.encode(
                        ADMISSION_TYPE,
                        admission.operator,
                        admission.enclave,
                        admission.role,
                        admission.measurement,
                        admission.tee,
                        admission.platformHash,
                        admission.tcbNumber,
                        admission.notAfter,
                        admission.evidenceHash
                    )
                )
            ),
            signatures,
            _counters.generation
        );

        id = _workerIds[admission.enclave];
        Worker storage worker = _workers[id];
        WorkerCore memory core;
        if (id == 0) {
            id = ++_tally.workerCount;
            if (id > type(uint24).max) revert IEnigma.BadArgument("worker");
            _workerIds[admission.enclave] = id;
            worker = _workers[id];
            worker.operator = msg.sender;
        } else {
            core = worker.core.load();
            if (worker.operator != msg.sender) revert IEnigma.NotAuthorized(worker.operator);
            if (core.flags & WorkerFlags.SLASHED != 0) revert IEnigma.NotAuthorized(address(0));
            // An older admission must not take a newer one back, nor the same one an eviction.
            bool evicted = core.flags & WorkerFlags.EVICTED != 0;
            if (admission.notAfter < core.admittedUntil || (evicted && admission.notAfter == core.admittedUntil)) revert IEnigma.WrongAdmissionPeriod(admission.notAfter);
        }
        core.enclave = admission.enclave;
        core.admittedUntil = uint32(admission.notAfter);
        core.tcbNumber = admission.tcbNumber;
        core.tee = admission.tee;
        core.flags &= ~WorkerFlags.EVICTED;
        worker.core = core;
        worker.measurement = measurement.index;
        emit IEnigma.WorkerRegistered(
            id,
            msg.sender,
            admission.enclave,
            admission.measurement,
            admission.tee,
            admission.platformHash,
            admission.tcbNumber,
            admission.notAfter,
            evidence
        );
    }

    function setEndpoint(address enclave, string calldata url, string calldata peer) external {
        uint256 id = _workerIds[enclave];
        address operator = id == 0 ? _keyManagers[enclave].operator : _workers[id].operator;
        if (operator != msg.sender) revert IEnigma.NotAuthorized(operator);
        if (bytes(url).length > MAX_ENDPOINT || bytes(peer).length > MAX_ENDPOINT) revert IEnigma.BadArgument("endpoint");
        _endpoints[enclave] = Endpoint(url, peer);
        emit IEnigma.EndpointSet(enclave, url, peer);
    }

    function _requireMeasurement(bytes32 measurement, uint8 role) private view returns (Measurement memory listed) {
        listed = _measurements[measurement];
        if (!listed.listed || listed.role != role) revert IEnigma.UnknownMeasurement(measurement);
    }

    function _ownWorker(uint32 id) private view returns (Worker storage worker) {
        worker = _workers[id];
        if (worker.operator == address(0)) revert IEnigma.UnknownWorker(id);
        if (worker.operator != msg.sender) revert IEnigma.NotAuthorized(worker.operator);
    }

    function logIn(uint32 id) external {
        _ownWorker(id).core.flags &= ~WorkerFlags.LOGGED_OUT;
        emit IEnigma.LoggedIn(id);
    }

    function logOut(uint32 id) external {
        _ownWorker(id).core.flags |= WorkerFlags.LOGGED_OUT;
        emit IEnigma.LoggedOut(id);
    }

    function evict(uint32 id) external {
        Worker storage worker = _workers[id];
        if (worker.operator == address(0)) revert IEnigma.UnknownWorker(id);
        WorkerCore memory core = worker.core.load();
        if (core.flags & (WorkerFlags.EVICTED | WorkerFlags.SLASHED) != 0) revert IEnigma.NotEvictable(id);
        bool unfit = !_admitted(worker.core.raw()) || !_measurements[_measurementAt[worker.measurement]].listed;
        if (!unfit && msg.sender != owner()) revert IEnigma.NotEvictable(id);
        worker.core.flags = core.flags | WorkerFlags.EVICTED;
        emit IEnigma.Evicted(id);
    }

    function takeSeats(uint32 id, uint16 count) external {
        Worker storage worker = _ownWorker(id);
        if (worker.core.flags & (WorkerFlags.EVICTED | WorkerFlags.SLASHED) != 0) revert IEnigma.NotEvictable(id);
        uint256 held = uint256(worker.seats) + count;
        if (count == 0 || held > MAX_SEATS) revert IEnigma.TooManySeats(held, MAX_SEATS);
        _debit(msg.sender, uint256(count) * SEAT_UNIT);
        worker.seats = uint16(held);
        Counters memory counters = _counters.load();
        for (uint256 i; i < count; ++i) {
            _setSeat(counters.seatCount, id, counters.epoch);
            emit IEnigma.SeatTaken(id, counters.seatCount);
            ++counters.seatCount;
        }
        _counters.store(counters);
    }

    function dropSeats(uint32 id, uint32[] calldata indices) external {
        Worker storage worker = _workers[id];
        if (worker.operator == address(0)) revert IEnigma.UnknownWorker(id);
        bool unfit = worker.core.flags & (WorkerFlags.EVICTED | WorkerFlags.SLASHED) != 0;
        if (worker.operator != msg.sender && !unfit) revert IEnigma.NotAuthorized(worker.operator);
        Counters memory counters = _counters.load();
        uint256 released;
        for (uint256 i; i < indices.length; ++i) {
            uint32 index = indices[i];
            Seat memory seat = _seats[index].load();
            if (index >= counters.seatCount || seat.current != id) revert IEnigma.NotYourSeat(index, seat.current);
            uint24 last = --counters.seatCount;
            // The last seat moves into the gap: the array stays dense, the history of both places stays.
            if (index != last) _setSeat(index, _seats[last].current, counters.epoch);
            _setSeat(last, 0, counters.epoch);
            emit IEnigma.SeatDropped(id, index);
            // A slashed worker has no stake left in its seats.
            if (worker.seats != 0) {
                --worker.seats;
                released += SEAT_UNIT;
            }
        }
        _counters.store(counters);
        if (released != 0) {
            worker.unbonding += uint64(released);
            worker.unbondedAt = uint64(block.number) + UNBONDING_BLOCKS;
        }
    }

    function _setSeat(uint256 index, uint32 worker, uint32 epoch) private {
        Seat storage stored = _seats[index];
        Seat memory seat = stored.load();
        if (seat.epoch != epoch) {
            seat.beforeThat = seat.before;
            seat.before = seat.current;
            seat.epochBefore = seat.epoch;
            seat.epoch = epoch;
        }
        seat.current = worker;
        stored.store(seat);
    }

    function releaseStake(uint32 id) external nonReentrant {
        Worker storage worker = _ownWorker(id);
        uint64 amount = worker.unbonding;
        if (amount == 0) revert IEnigma.InsufficientBalance(0, 1);
        if (block.number < worker.unbondedAt) revert IEnigma.NotReleased(worker.unbondedAt);
        uint64 burnt = worker.debt < amount ? worker.debt : amount;
        worker.unbonding = 0;
        worker.debt -= burnt;
        _credit(msg.sender, amount - burnt);
        if (burnt != 0) TOKEN.burn(burnt);
        emit IEnigma.StakeReleased(id, amount - burnt, burnt);
    }

    function slash(
        bytes32 realm,
        uint64 lease,
        uint64 endSequence,
        bytes32 stateHashA,
        bytes calldata signatureA,
        bytes32 stateHashB,
        bytes calldata signatureB
    ) external nonReentrant {
        address signer = _recover(_digest(keccak256(abi.encode(HEAD_TYPE, realm, lease, endSequence, stateHashA))), signatureA);
        address other = _recover(_digest(keccak256(abi.encode(HEAD_TYPE, realm, lease, endSequence, stateHashB))), signatureB);
        uint32 id = _workerIds[signer];
        Worker storage worker = _workers[id];
        if (
            signer == address(0) || signer != other || stateHashA == stateHashB || id == 0
                || worker.core.flags & WorkerFlags.SLASHED != 0
        ) {
            revert IEnigma.NoEquivocation();
        }
        uint64 burnt = uint64(worker.seats) * SEAT_UNIT + worker.unbonding;
        worker.seats = 0;
        worker.unbonding = 0;
        worker.debt = 0;
        worker.core.flags |= WorkerFlags.SLASHED | WorkerFlags.EVICTED;
        if (burnt != 0) TOKEN.burn(burnt);
        emit IEnigma.Slashed(id, realm, lease, endSequence, burnt);
    }

    // --------------------------------------------------------------------------------------------------------------- pool

    function claimPool(address keyManager) external {
        KeyManager storage member = _keyManagers[keyManager];
        if (!member.listed) revert IEnigma.KeyManagerListing(keyManager);
        _claim(keyManager, member);
    }

    function _claim(address keyManager, KeyManager storage member) private {
        uint64 perMember = _distribute();
        uint64 amount = perMember - member.claimed;
        member.claimed = perMember;
        _credit(member.operator, amount);
        emit IEnigma.PoolClaimed(keyManager, member.operator, amount);
    }

    /// @dev Splits the pool among the listed key managers; what does not divide stays.
    function _distribute() private returns (uint64 perMember) {
        Counters memory counters = _counters.load();
        perMember = _tally.poolPerMember;
        if (counters.keyManagerCount == 0) return perMember;
        uint64 share = counters.pool / counters.keyManagerCount;
        if (share == 0) return perMember;
        counters.pool -= share * counters.keyManagerCount;
        _counters.store(counters);
        perMember += share;
        _tally.poolPerMember = perMember;
    }

    function recordNonce(uint32 number, bytes32 nonce, bytes calldata signature) external {
        address keyManager = _recover(_digest(keccak256(abi.encode(INCARNATION_TYPE, number, nonce))), signature);
        if (!_keyManagers[keyManager].listed) revert IEnigma.KeyManagerListing(keyManager);
        // Numbers follow one another, so that no signature of an earlier life can be used after that of a later one.
        if (number != uint256(_incarnations[keyManager].number) + 1) revert IEnigma.BadArgument("number");
        _incarnations[keyManager] = Incarnation(bytes20(nonce), number, uint64(block.number));
        emit IEnigma.NonceRecorded(keyManager, number, nonce);
    }

    // --------------------------------------------------------------------------------------------------------- governance

    /// @dev The first such call schedules itself, the same call after the delay takes effect; without a delay at once.
    modifier timeLocked() {
        if (_ready()) _;
    }

    function _ready() private returns (bool) {
        _checkOwner();
        if (GOVERNANCE_DELAY == 0) return true;
        bytes32 callHash = keccak256(msg.data);
        uint64 readyAt = _scheduled[callHash];
        if (readyAt == 0) {
            readyAt = uint64(block.timestamp) + GOVERNANCE_DELAY;
            _scheduled[callHash] = readyAt;
            emit IEnigma.Scheduled(callHash, msg.data, readyAt);
            return false;
        }
        if (block.timestamp < readyAt) revert IEnigma.NotReady(callHash, readyAt);
        delete _scheduled[callHash];
        return true;
    }

    function cancelScheduled(bytes32 callHash) external onlyOwner {
        delete _scheduled[callHash];
        emit IEnigma.Unscheduled(callHash);
    }

    function transferOwnership(address newOwner) public override timeLocked {
        super.transferOwnership(newOwner);
    }

    /// @notice Governance is not given up.
    function renounceOwnership() public view override onlyOwner {
        revert IEnigma.BadArgument("renounceOwnership");
    }

    function setNetworkHash(bytes32 networkHash_) external onlyOwner {
        if (_networkHash != 0) revert IEnigma.NetworkHashSet();
        if (networkHash_ == 0) revert IEnigma.BadArgument("networkHash");
        _networkHash = networkHash_;
        emit IEnigma.NetworkHashFixed(networkHash_);
    }

    function addMeasurement(bytes32 measurement, uint8 role, uint8 tee) external timeLocked {
        if (role != Roles.WORKER && role != Roles.KEY_MANAGER) revert IEnigma.BadArgument("role");
        if (tee > 7) revert IEnigma.BadArgument("tee");
        // Simulated enclaves exist on simulated networks only.
        if (tee == 0 && MODE == 1) revert IEnigma.BadArgument("tee");
        Measurement storage listed = _measurements[measurement];
        if (listed.index == 0) {
            listed.index = ++_tally.measurementCount;
            _measurementAt[listed.index] = measurement;
        }
        listed.listed = true;
        listed.role = role;
        listed.tee = tee;
        emit IEnigma.MeasurementAdded(measurement, role, tee);
    }

    function removeMeasurement(bytes32 measurement) external onlyOwner {
        if (!_measurements[measurement].listed) revert IEnigma.UnknownMeasurement(measurement);
        _measurements[measurement].listed = false;
        emit IEnigma.MeasurementRemoved(measurement);
    }

    function setTcbMinimum(uint8 tee, uint32 minimum) external onlyOwner {
        if (tee > 7) revert IEnigma.BadArgument("tee");
        // Raising excludes, which is immediate; lowering admits, which waits.
        if (minimum < _tcbMinimum(tee) && !_ready()) return;
        uint256 shift = 32 * uint256(tee);
        _tcbMinima = (_tcbMinima & ~(uint256(type(uint32).max) << shift)) | (uint256(minimum) << shift);
        emit IEnigma.TcbMinimumSet(tee, minimum);
    }

    function addRoot(bytes32 root) external timeLocked {
        _roots[root] = true;
        emit IEnigma.RootAdded(root);
    }

    function removeRoot(bytes32 root) external onlyOwner {
        delete _roots[root];
        emit IEnigma.RootRemoved(root);
    }

    function addCheckpoint(uint64 slot, bytes32 root) external timeLocked {
        _checkpoints[slot] = root;
        emit IEnigma.CheckpointAdded(slot, root);
    }

    function addKeyManager(address enclave, address operator, bytes32 measurement, bytes calldata evidence) external timeLocked {
        KeyManager storage member = _keyManagers[enclave];
        if (member.listed) revert IEnigma.KeyManagerListing(enclave);
        if (enclave == address(0) || operator == address(0)) revert IEnigma.BadArgument("keyManager");
        _requireMeasurement(measurement, Roles.KEY_MANAGER);
        // What is in the pool belongs to those listed until now.
        member.claimed = _distribute();
        member.operator = operator;
        member.listed = true;
        Counters memory counters = _counters.load();
        if (counters.keyManagerCount == type(uint8).max) revert IEnigma.BadArgument("keyManager");
        ++counters.keyManagerCount;
        _counters.store(counters);
        emit IEnigma.KeyManagerAdded(enclave, operator, measurement, evidence);
    }

    function removeKeyManager(address enclave) external onlyOwner {
        KeyManager storage member = _keyManagers[enclave];
        if (!member.listed) revert IEnigma.KeyManagerListing(enclave);
        _claim(enclave, member);
        delete _keyManagers[enclave];
        Counters memory counters = _counters.load();
        --counters.keyManagerCount;
        _counters.store(counters);
        emit IEnigma.KeyManagerRemoved(enclave);
    }

    function publishGeneration(uint8 scheme, uint16 threshold, uint16 quorum, address[] calldata members, bytes32 checkHash)
        external
        timeLocked
    {
        uint256 n = members.length;
        if (n == 0 || n > type(uint8).max) revert IEnigma.BadArgument("members");
        // Two quorums of q out of n share more than f members if 2q - n > f (rule K5).
        uint256 overlap = MODE == 1 ? 2 : 1;
        if (quorum > n || 2 * uint256(quorum) < n + overlap || (MODE == 1 && (n < 4 || quorum < 3))) revert IEnigma.BadArgument("quorum");
        if (threshold == 0 || threshold > quorum) revert IEnigma.BadArgument("threshold");
        if (checkHash == 0) revert IEnigma.BadArgument("checkHash");
        Counters memory counters = _counters.load();
        uint16 generation = ++counters.generation;
        address last;
        for (uint256 i; i < n; ++i) {
            address enclave = members[i];
            if (enclave <= last) revert IEnigma.BadArgument("members");
            KeyManager storage member = _keyManagers[enclave];
            if (!member.listed) revert IEnigma.KeyManagerListing(enclave);
            member.generation = generation;
            last = enclave;
        }
        _counters.store(counters);
        _generations[generation] =
            Generation(scheme, uint16(n), threshold, quorum, keccak256(abi.encode(TAG_ROSTER, members)), checkHash);
        emit IEnigma.GenerationPublished(generation, scheme, threshold, quorum, members, checkHash);
    }
}

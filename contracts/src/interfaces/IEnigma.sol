// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "../EnigmaTypes.sol";

/// @title Enigma
/// @notice The network's contract: registry, seats, epochs, ledger, tasks, commits, governance.
/// @dev Amounts are in units of 10^-8 ENG. Signatures are 65 bytes r || s || v with low s over EIP-712 messages of the domain
/// (name "Enigma", version "1", chain id, this address). Lists of key managers' signatures are ascending by signer.
interface IEnigma {
    // ------------------------------------------------------------------------------------------------------------- errors

    /// The arguments contradict a rule; `what` names it.
    error BadArgument(bytes32 what);
    /// The parameters given at deployment contradict a rule; `what` names it.
    error BadParameters(bytes32 what);
    /// Only the named account may do this.
    error NotAuthorized(address required);
    /// The amount is more than there is.
    error InsufficientBalance(uint256 available, uint256 required);
    /// An amount does not fit its field.
    error AmountTooLarge(uint256 amount);
    /// A signature does not recover to the expected address.
    error WrongSigner(address expected, address recovered);
    /// Fewer than q signatures of distinct key managers in ascending order.
    error QuorumMissing(uint256 required, uint256 given);
    /// No such realm.
    error UnknownRealm(bytes32 realm);
    /// The realm is already open.
    error RealmExists(bytes32 realm);
    /// The realm has its worker or waits for its announcement; renew() draws again.
    error AlreadyAssigned(bytes32 realm);
    /// No seed to draw the realm with yet; try again at the block.
    error NotAssigned(bytes32 realm, uint64 retryAtBlock);
    /// No seat in the draw belongs to a worker that may be drawn.
    error NoWorkers();
    /// The drawn worker has not announced the realm's key yet.
    error KeyPending(bytes32 realm);
    /// Nothing is waiting for an announcement.
    error NothingPending(bytes32 realm);
    /// The tenure, or the wait for the announcement, lasts until the block.
    error TenureRunning(bytes32 realm, uint64 untilBlock);
    /// The announcement names another tenure.
    error WrongTenure(uint64 expected, uint64 given);
    /// The lease is lower than that of the last commit.
    error LeaseFenced(uint64 stored, uint64 given);
    /// The worker is not among the ranks, or its turn has not come.
    error NotInTurn(uint32 worker, uint64 turnAtBlock);
    /// The envelope does not hash to the order's inputHash.
    error InputMismatch(bytes32 expected, bytes32 actual);
    /// The envelope is longer than a post may carry.
    error InputTooLarge(uint256 length, uint256 limit);
    /// Orders of this kind cannot be posted.
    error WrongKind(uint8 kind);
    /// expiry must lie between the current block and maxOrderBlocks later.
    error WrongExpiry(uint64 expiry, uint64 earliest, uint64 latest);
    /// The gas limit is zero or more than maxTaskGas.
    error WrongGasLimit(uint64 gasLimit, uint64 limit);
    /// The gas price is lower than minGasPrice.
    error GasPriceTooLow(uint64 gasPrice, uint64 minimum);
    /// The task is posted already.
    error TaskExists(bytes32 taskId);
    /// No such posted task.
    error UnknownTask(bytes32 taskId);
    /// The task can still be committed until the block.
    error NotExpired(bytes32 taskId, uint64 untilBlock);
    /// No upgrade announced for this code, or its delay has not passed.
    error UpgradeNotReady(uint64 readyAtBlock);
    /// No batch was admitted; the reason is the first batch's.
    error NothingAdmitted(bytes32 realm, Inadmissible reason);
    /// The transaction's gas does not suffice for the callbacks.
    error TooLittleGas(uint256 required, uint256 available);
    /// No failed callback of this hash awaits a retry.
    error NothingToRetry(bytes32 callbackHash);
    /// The callback failed again; the first bytes it reverted with.
    error RetryFailed(bytes32 reason);
    /// A challenge of the realm is open.
    error ChallengeExists(bytes32 realm);
    /// No challenge of the realm is open, or it cannot end before the block.
    error NoChallenge(bytes32 realm, uint64 untilBlock);
    /// Not the next epoch.
    error WrongEpoch(uint64 expected, uint64 given);
    /// The epoch lasts until the block.
    error EpochRunning(uint64 untilBlock);
    /// No such worker.
    error UnknownWorker(uint32 worker);
    /// The worker is neither expired nor below a minimum.
    error NotEvictable(uint32 worker);
    /// The measurement is not on the list for this role and TEE.
    error UnknownMeasurement(bytes32 measurement);
    /// The TCB number is below the minimum of its TEE.
    error TcbTooLow(uint8 tee, uint32 minimum, uint32 given);
    /// notAfter lies in the past or more than 30 days ahead.
    error WrongAdmissionPeriod(uint64 notAfter);
    /// The evidence does not hash to the admission's evidenceHash.
    error EvidenceMismatch(bytes32 expected, bytes32 actual);
    /// A worker would have more seats than allowed.
    error TooManySeats(uint256 seats, uint256 limit);
    /// The seat belongs to another worker.
    error NotYourSeat(uint32 index, uint32 worker);
    /// Stake or allocation is released at the block.
    error NotReleased(uint64 atBlock);
    /// The two heads do not prove that one enclave signed two histories.
    error NoEquivocation();
    /// The key manager is listed, or is not, contrary to what the call needs.
    error KeyManagerListing(address enclave);
    /// The network hash is set already.
    error NetworkHashSet();
    /// The call is scheduled; repeat it from this time on.
    error NotReady(bytes32 callHash, uint64 readyAt);
    /// The module was deployed with other parameters.
    error ModuleMismatch();

    // ------------------------------------------------------------------------------------------------------------- events

    event NetworkHashFixed(bytes32 networkHash);

    event RealmOpened(bytes32 indexed realm, address indexed owner, bytes32 salt, uint8 options, uint64 firstDrawEpoch);
    event Assigned(bytes32 indexed realm, uint64 tenure, uint64 epoch, uint32 generation, uint32 rank0, uint32 rank1, uint32 rank2);
    event KeyAnnounced(bytes32 indexed realm, uint64 tenure, uint32 generation, uint32 worker, uint64 lease, uint16 suite, bytes inputKey);

    event TaskPosted(
        bytes32 indexed realm,
        bytes32 indexed taskId,
        address indexed sender,
        address target,
        uint8 kind,
        bytes32 codeHash,
        bytes32 inputHash,
        uint64 gasLimit,
        uint64 gasPrice,
        uint64 expiry,
        bytes32 salt,
        bool withEnvelope
    );
    event TaskSettled(bytes32 indexed realm, bytes32 indexed taskId, uint8 outcome, uint16 code, uint64 fee, uint64 refund);
    event TaskExpired(bytes32 indexed realm, bytes32 indexed taskId, address payer, uint64 refund);
    event UpgradeAnnounced(bytes32 indexed realm, address indexed target, bytes32 codeHash, address authority, uint64 readyAtBlock);
    event UpgradeCancelled(bytes32 indexed realm, address indexed target, bytes32 codeHash);

    event Committed(
        bytes32 indexed realm,
        uint32 indexed worker,
        uint8 kind,
        uint64 lease,
        uint64 tenure,
        uint64 firstSequence,
        uint64 count,
        uint64 headerNumber,
        bytes32 stateHash,
        bytes32 receiptsRoot,
        address payee,
        uint64 paid
    );
    event Skipped(bytes32 indexed realm, Inadmissible reason, uint64 endSequence);
    event FailedOver(bytes32 indexed realm, uint32 from, uint32 to, bytes32 overdue);
    event Missed(bytes32 indexed realm, uint32 indexed worker, uint64 fine);
    event CallbackDone(bytes32 indexed realm, bytes32 indexed taskId, address target, bytes32 callbackHash);
    /// retryable is false where the target may not be called at all.
    event CallbackFailed(bytes32 indexed realm, bytes32 indexed taskId, address target, bytes32 callbackHash, bytes32 reason, bool retryable);
    event Challenged(bytes32 indexed realm, address indexed challenger, uint64 deposit);
    /// The deposit went to `paidTo`.
    event ChallengeEnded(bytes32 indexed realm, address indexed challenger, address paidTo);

    event Deposited(address indexed account, address indexed from, uint64 amount);
    event Withdrawn(address indexed account, address indexed to, uint64 amount);
    event Allocated(bytes32 indexed realm, address indexed payer, uint64 amount, uint64 total);
    event LeaveRequested(bytes32 indexed realm, address indexed payer, uint64 amount, uint64 releasedAtBlock);
    event Left(bytes32 indexed realm, address indexed payer, uint64 amount);
    event SessionsRevoked(bytes32 indexed realm, address indexed owner, uint32 epoch);

    event WorkerRegistered(
        uint32 indexed worker,
        address indexed operator,
        address indexed enclave,
        bytes32 measurement,
        uint8 tee,
        bytes32 platformHash,
        uint32 tcbNumber,
        uint64 notAfter,
        bytes evidence
    );
    event EndpointSet(address indexed enclave, string url, string peer);
    event LoggedIn(uint32 indexed worker);
    event LoggedOut(uint32 indexed worker);
    event Evicted(uint32 indexed worker);
    event SeatTaken(uint32 indexed worker, uint32 index);
    event SeatDropped(uint32 indexed worker, uint32 index);
    event StakeReleased(uint32 indexed worker, uint64 paid, uint64 burnt);
    event Slashed(uint32 indexed worker, bytes32 indexed realm, uint64 lease, uint64 endSequence, uint64 burnt);

    event Seeded(uint64 indexed epoch, bytes32 seed, uint32 seats, address postedBy, uint64 reward);
    event PoolClaimed(address indexed keyManager, address paidTo, uint64 amount);

    event Scheduled(bytes32 indexed callHash, bytes call, uint64 readyAt);
    event Unscheduled(bytes32 indexed callHash);
    event MeasurementAdded(bytes32 indexed measurement, uint8 role, uint8 tee);
    event MeasurementRemoved(bytes32 indexed measurement);
    event TcbMinimumSet(uint8 indexed tee, uint32 minimum);
    event RootAdded(bytes32 indexed root);
    event RootRemoved(bytes32 indexed root);
    event CheckpointAdded(uint64 indexed slot, bytes32 root);
    event KeyManagerAdded(address indexed enclave, address indexed operator, bytes32 measurement, bytes evidence);
    event KeyManagerRemoved(address indexed enclave);
    event GenerationPublished(uint32 indexed generation, uint8 scheme, uint16 threshold, uint16 quorum, address[] members, bytes32 checkHash);
    event NonceRecorded(address indexed keyManager, uint32 number, bytes32 nonce);

    // ------------------------------------------------------------------------------------------------------ realms (K1-K3)

    /// @notice Opens a realm of the sender and pays the opening fee from its balance.
    /// @param salt chosen by the owner, once per owner
    /// @param options bit 0: results of the realm are released only when committed; bit 1: the owner's balance here pays the fees of
    /// renewals that others make, as long as it reaches
    /// @return realm the realm id
    function open(bytes32 salt, uint8 options) external returns (bytes32 realm);

    /// @notice Draws the first worker of a realm; anyone may call.
    function assign(bytes32 realm) external;

    /// @notice Draws the worker of the next tenure: anyone when the tenure is over, the owner once maxOrderBlocks of it have
    /// passed; again when nobody announced the drawn tenure for four times failoverBlocks. Costs the renewal fee, which the sender
    /// pays, or the owner where the realm was opened so.
    function renew(bytes32 realm) external;

    /// @notice Publishes the input key of the drawn tenure, which begins with it.
    /// @param tenure the drawn tenure's number
    /// @param suite HPKE KEM id
    /// @param inputKey the public key that inputs are sealed to
    /// @param lease number of the lease the key managers granted
    /// @param worker the drawn worker, a lower rank from rank times failoverBlocks on
    /// @param grants signatures of q key managers over Grant(realm, tenure, lease, enclave)
    /// @param signature the worker enclave's over Announcement(realm, tenure, suite, inputKeyHash)
    function announce(
        bytes32 realm,
        uint64 tenure,
        uint16 suite,
        bytes calldata inputKey,
        uint64 lease,
        uint32 worker,
        bytes[] calldata grants,
        bytes calldata signature
    ) external;

    // ------------------------------------------------------------------------------------------------------- tasks (C5, C7)

    /// @notice Posts an order whose envelope is delivered to the nodes directly; fee reserved from the sender's balance.
    function post(TaskOrder calldata order) external returns (bytes32 taskId);

    /// @notice Posts an order with its envelope, which nobody can claim not to have.
    function post(TaskOrder calldata order, bytes calldata envelope) external returns (bytes32 taskId);

    /// @notice Announces new code for a contract; an UPGRADE order can be posted once the contract's delay has passed.
    function postUpgrade(UpgradeTerms calldata terms, bytes32 newCodeHash) external returns (address target);

    /// @notice Takes an announced upgrade back.
    function cancelUpgrade(bytes32 realm, address target, bytes32 newCodeHash) external;

    /// @notice Refunds a posted task that was not committed in time; anyone may call.
    function expire(bytes32 realm, bytes32 taskId) external;

    /// @notice Demands a batch of the realm's worker, against a deposit from the sender's balance.
    function challenge(bytes32 realm) external;

    /// @notice Returns the deposit of a challenge that nobody answered for four times failoverBlocks.
    function endChallenge(bytes32 realm) external;

    // ------------------------------------------------------------------------------------------------ commits (C8-C13)

    /// @notice Commits batches in order. An inadmissible one is skipped with an event. Reverts if none is admitted, or if a worker took a
    /// realm over and the call did not settle the overdue task it names.
    function commit(Commitment[] calldata commitments) external;

    /// @notice Makes a failed callback again, with the gas it names at least.
    function retryCallback(bytes32 realm, CallbackCall calldata callbackCall) external;

    /// @notice Burns the stake of the worker whose enclave signed two different Heads for one cut.
    function slash(
        bytes32 realm,
        uint64 lease,
        uint64 endSequence,
        bytes32 stateHashA,
        bytes calldata signatureA,
        bytes32 stateHashB,
        bytes calldata signatureB
    ) external;

    // ---------------------------------------------------------------------------------------------------------- ledger (C6)

    /// @notice Moves ENG of the sender, which must have approved this contract, to its balance here.
    function deposit(uint64 amount) external;

    /// @notice Moves ENG of the sender to the balance of another account.
    function depositFor(address account, uint64 amount) external;

    /// @notice deposit with an ERC-2612 permit; a permit that was used by somebody else first is tolerated.
    function depositWithPermit(uint64 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Moves part of the sender's balance to its allocation for direct tasks in a realm.
    function allocate(bytes32 realm, uint64 amount) external;

    /// @notice depositWithPermit and allocate in one.
    function allocateWithPermit(bytes32 realm, uint64 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Takes part of an allocation back: it counts as spent at once and is released after leaveDelay blocks. Until it is
    /// released it still pays for tasks that ran before, where the rest is short. A second request adds to the first and restarts the
    /// delay.
    function leave(bytes32 realm, uint64 amount) external;

    /// @notice Releases what left, less what was charged to it since, to the sender's balance.
    function finishLeave(bytes32 realm) external;

    /// @notice Pays part of the sender's balance out.
    function withdraw(address to, uint64 amount) external;

    /// @notice Makes every session key of the sender in the realm void.
    function revokeSessions(bytes32 realm) external;

    // -------------------------------------------------------------------------------------------------- workers (C1, C2)

    /// @notice Registers an enclave of the sender, or renews its admission.
    /// @param admission what q key managers found and signed
    /// @param signatures theirs
    /// @param evidence published with the event; hashes to admission.evidenceHash
    function register(Admission calldata admission, bytes[] calldata signatures, bytes calldata evidence) external returns (uint32 worker);

    /// @notice Says where the host of an enclave is reached: for the operator of a worker or a key manager.
    function setEndpoint(address enclave, string calldata url, string calldata peer) external;

    function logIn(uint32 worker) external;

    /// @notice A worker that logged out is not drawn and does not delay a failover; it may finish and be paid.
    function logOut(uint32 worker) external;

    /// @notice Removes a worker from draws: anyone if its admission has ended, its TCB is below the minimum or its measurement was
    /// removed, the owner of the contract always.
    function evict(uint32 worker) external;

    /// @notice Takes seats with stake from the sender's balance.
    function takeSeats(uint32 worker, uint16 count) external;

    /// @notice Gives seats up: the operator at any time, anyone for an evicted worker. The stake starts unbonding.
    /// @param indices positions in the seat array, in descending order where the last seats are among them
    function dropSeats(uint32 worker, uint32[] calldata indices) external;

    /// @notice Moves unbonded stake, less fines, to the operator's balance.
    function releaseStake(uint32 worker) external;

    // --------------------------------------------------------------------------------------------------------- epochs (C3)

    /// @notice Begins the next epoch with its seed; the sender is rewarded from the pool.
    function postSeed(uint64 epoch, bytes32 seed, bytes[] calldata signatures) external;

    /// @notice Pays a key manager's equal part of the pool to its operator's balance.
    function claimPool(address keyManager) external;

    /// @notice Puts the nonce of a key manager's life on chain: how one that lost its memory shows how long it has waited, and ends its
    /// earlier lives (rule S3). Anyone may send it.
    /// @param number one more than that of the key manager's latest life on chain, 1 for the first
    /// @param nonce fresh in that life
    /// @param signature the listed key manager's over Incarnation(number, nonce)
    function recordNonce(uint32 number, bytes32 nonce, bytes calldata signature) external;

    // ------------------------------------------------------------------------------------------------------ governance (C16)
    // A call that adds something schedules itself when made first and takes effect when repeated after governanceDelay.

    function setNetworkHash(bytes32 networkHash_) external;

    function addMeasurement(bytes32 measurement, uint8 role, uint8 tee) external;

    function removeMeasurement(bytes32 measurement) external;

    /// @notice Raising is immediate, lowering waits.
    function setTcbMinimum(uint8 tee, uint32 minimum) external;

    function addRoot(bytes32 root) external;

    function removeRoot(bytes32 root) external;

    function addCheckpoint(uint64 slot, bytes32 root) external;

    function addKeyManager(address enclave, address operator, bytes32 measurement, bytes calldata evidence) external;

    function removeKeyManager(address enclave) external;

    /// @notice Begins a generation of key managers.
    /// @param members listed key managers, ascending
    function publishGeneration(uint8 scheme, uint16 threshold, uint16 quorum, address[] calldata members, bytes32 checkHash) external;

    function cancelScheduled(bytes32 callHash) external;

    function scheduledAt(bytes32 callHash) external view returns (uint64 readyAt);

    function owner() external view returns (address);

    function pendingOwner() external view returns (address);

    function transferOwnership(address newOwner) external;

    function acceptOwnership() external;

    // ------------------------------------------------------------------------------------------------------------ reading

    /// @notice Makes several calls to this contract in one transaction; all or none.
    function multicall(bytes[] calldata calls) external returns (bytes[] memory results);

    function token() external view returns (address);

    function forwarder() external view returns (address);

    function networkHash() external view returns (bytes32);

    function parameters() external view returns (Parameters memory);

    function network() external view returns (NetworkView memory);

    function getRealm(bytes32 realm) external view returns (RealmView memory);

    function getTask(bytes32 realm, bytes32 taskId) external view returns (TaskView memory);

    function getUpgrade(bytes32 realm, address target, bytes32 codeHash) external view returns (address authority, uint64 readyAtBlock);

    function getAllocation(bytes32 realm, address payer) external view returns (AllocationView memory);

    function balanceOf(address account) external view returns (uint64);

    function getWorker(uint32 worker) external view returns (WorkerView memory);

    function workerOf(address enclave) external view returns (uint32);

    function getEndpoint(address enclave) external view returns (Endpoint memory);

    function getSeat(uint32 index) external view returns (SeatView memory);

    function getEpoch(uint64 epoch) external view returns (EpochView memory);

    function getGeneration(uint32 generation) external view returns (Generation memory);

    function getKeyManager(address enclave) external view returns (KeyManagerView memory);

    function getChallenge(bytes32 realm) external view returns (address challenger, uint64 challengedAt, uint64 deposited);

    function isMeasurementListed(bytes32 measurement) external view returns (bool listed, uint8 role, uint8 tee);

    function tcbMinimum(uint8 tee) external view returns (uint32);

    function isRootListed(bytes32 root) external view returns (bool);

    function checkpoint(uint64 slot) external view returns (bytes32);

    /// @notice The latest life of a key manager that was recorded on chain.
    /// @return number how many were recorded so far, 0 for none
    /// @return nonce its first 20 bytes
    /// @return recordedAt block
    function getIncarnation(address keyManager) external view returns (uint32 number, bytes20 nonce, uint64 recordedAt);

    /// @notice The ranks a draw with the current epoch's seed would give; zeros where there is none.
    function previewDraw(bytes32 realm, uint64 tenure) external view returns (uint32[3] memory ranks);

    /// @notice The EIP-712 digest of the order: its task id.
    function taskIdOf(TaskOrder calldata order) external view returns (bytes32);

    function realmIdOf(address owner_, bytes32 salt) external view returns (bytes32);
}

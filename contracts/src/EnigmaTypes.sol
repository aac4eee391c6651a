// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/*
 * Values that cross the boundary of the Enigma contract.
 *
 * Preimages. Every hash below is keccak256(abi.encode(keccak256("enigma/v1/NAME"), fields...)):
 *
 *   realm id         REALM     (uint256 chainId, address enigma, address owner, bytes32 salt)
 *   contract address CONTRACT  (bytes32 realm, address deployer, bytes32 salt, bytes32 codeHash, uint8 dialect,
 *                               address authority, uint64 delay), last 20 bytes
 *   genesis state    GENESIS   (bytes32 realm)
 *   next state       STATE     (uint8 kind, bytes32 previous, uint64 endSequence, uint64 headerNumber, bytes32 headerHash,
 *                               bytes32 H(delta), bytes32 receiptsRoot, bytes32 H(charges), bytes32 H(outcomes),
 *                               bytes32 H(callbacks), address payee)
 *   draw             DRAW      (bytes32 seed, bytes32 realm, uint64 tenure, uint256 i)
 *   callback         CALLBACK  (bytes32 taskId, address secretContract, address target, uint32 gas, bytes32 keccak256(data))
 *   roster           ROSTER    (address[] members), ascending
 *
 * H(delta), H(charges) and H(outcomes) are keccak256 of the bytes; H(callbacks) is keccak256 of the concatenated CALLBACK
 * hashes. The input key hash is keccak256(uint16 suite || inputKey). ENG amounts are in units of 10^-8 ENG.
 */

/// @notice What a task does (rule C7).
library TaskKinds {
    uint8 internal constant DEPLOY = 0;
    uint8 internal constant CALL = 1;
    uint8 internal constant UPGRADE = 2;
    uint8 internal constant QUERY = 3;
    uint8 internal constant CALLABLE = 4;
}

/// @notice What a batch carries (rule C8).
library BatchKinds {
    uint8 internal constant TASKS = 0;
    uint8 internal constant SNAPSHOT = 1;
}

/// @notice How a task ended, in public (rule C10).
library Outcomes {
    uint8 internal constant EXECUTED = 0;
    uint8 internal constant REFUSED = 1;
    uint8 internal constant DUPLICATE = 2;
}

/// @notice Which trusted program an enclave runs (rule C1).
library Roles {
    uint8 internal constant WORKER = 1;
    uint8 internal constant KEY_MANAGER = 2;
}

/// @notice Why a batch was not admitted (rule C9); these and no others.
enum Inadmissible {
    NONE,
    SIGNATURE,
    ACKNOWLEDGEMENT,
    ASSIGNMENT,
    LEASE,
    SEQUENCE,
    HEADER
}

/// @notice Everything a network is parametrised with; fixed for ever at deployment.
/// @dev The network configuration that is hashed (rule T3) repeats the first twelve fields, minGasPrice, baseGas and callbackRate.
struct Parameters {
    /// 0 SIMULATION, 1 HARDWARE.
    uint8 mode;
    /// Least length of an epoch, in blocks.
    uint32 epochBlocks;
    /// Length of a tenure, in epochs of epochBlocks.
    uint32 tenureEpochs;
    /// Blocks rank r waits, times r, before it may take over.
    uint32 failoverBlocks;
    /// Longest life of an order, in blocks.
    uint32 maxOrderBlocks;
    /// Greatest age of a batch's header at commit, in blocks.
    uint32 maxBatchAge;
    /// Greatest distance between headers named in a quorum, in blocks (enforced by enclaves).
    uint32 maxHeaderLag;
    /// Backups that must acknowledge a batch; 0 in simulation only.
    uint16 minBackups;
    /// Epochs between the opening of a realm and the seed that draws its worker.
    uint32 drawDelay;
    /// Most leases per (realm, epoch, worker), 0 for no limit (enforced by enclaves).
    uint32 maxLeases;
    /// Largest state of a realm, in bytes (enforced by enclaves).
    uint64 maxStateBytes;
    /// Largest gas limit of a task.
    uint64 maxTaskGas;
    /// ENG units in one seat.
    uint64 seatUnit;
    /// Most seats of one worker.
    uint16 maxSeats;
    /// Blocks between giving up a seat and getting its stake back; longer than the evidence window.
    uint32 unbondingBlocks;
    /// Blocks between leave and release of an allocation; at least maxOrderBlocks + maxBatchAge.
    uint32 leaveDelay;
    /// Least gas price of a posted order, 10^-8 ENG per 1,000 gas.
    uint64 minGasPrice;
    /// Gas that an executed or refused task costs at least.
    uint64 baseGas;
    /// ENG units a post adds to the pool.
    uint64 postFee;
    /// ENG units the opening of a realm adds to the pool.
    uint64 openFee;
    /// ENG units a renewal adds to the pool.
    uint64 renewFee;
    /// Enigma gas charged for each unit of callback gas.
    uint32 callbackRate;
    /// ENG units paid from the pool to whoever posts a seed, as far as the pool reaches.
    uint64 seedReward;
    /// ENG units burnt for a miss.
    uint64 missFine;
    /// ENG units a challenger deposits.
    uint64 challengeDeposit;
    /// Seconds an addition by governance waits: at least 7 days in hardware mode.
    uint32 governanceDelay;
    /// Least delay of a contract's upgrade, in blocks, except for delay 0 on simulated networks.
    uint32 minUpgradeDelay;
}

/// @notice The EIP-712 message TaskOrder (rule C7).
struct TaskOrder {
    address sender;
    bytes32 realm;
    address target;
    uint8 kind;
    bytes32 codeHash;
    bytes32 inputHash;
    uint64 gasLimit;
    uint64 gasPrice;
    uint64 expiry;
    bytes32 salt;
}

/// @notice One outgoing call a secret contract asked for (rule C12).
struct CallbackCall {
    bytes32 taskId;
    address secretContract;
    address target;
    uint32 gas;
    bytes data;
}

/// @notice The content of a batch (rule C8): immutable, signed through the state hash it leads to.
struct Batch {
    bytes32 realm;
    /// BatchKinds.
    uint8 kind;
    uint64 lease;
    uint64 tenure;
    uint64 firstSequence;
    /// Sequence numbers the batch takes, at least 1; endSequence = firstSequence + count - 1.
    uint64 count;
    uint64 headerNumber;
    bytes32 headerHash;
    bytes32 deltaHash;
    bytes32 receiptsRoot;
    /// Direct tasks, by payer: n times {address payer, uint64 amount}, 28 bytes each, packed.
    bytes charges;
    /// Posted tasks: n times {bytes32 taskId, uint8 outcome, uint16 code, uint64 fee}, 43 bytes each, packed.
    bytes outcomes;
    CallbackCall[] callbacks;
    /// Who is paid.
    address payee;
}

/// @notice A batch with what admits it.
struct Commitment {
    Batch batch;
    /// The worker whose enclave signed.
    uint32 worker;
    /// 65 bytes r || s || v over the EIP-712 message Head.
    bytes signature;
    /// n times {uint32 worker, bytes65 signature over Backup}, 69 bytes each, packed, ascending by worker.
    bytes acknowledgements;
    /// For a failover: the overdue posted task, which is among the outcomes of this commitment or of a later one of the same realm and
    /// worker in the same call; zero names the challenge.
    bytes32 overdue;
    /// Only with fewer than minBackups acknowledgements: the sealed delta ...
    bytes delta;
    /// ... and the signatures of the key managers' Grant for this lease, ascending by signer.
    bytes[] grants;
}

/// @notice The EIP-712 message Admission that q key managers sign (rule C1).
struct Admission {
    address operator;
    address enclave;
    /// Roles.
    uint8 role;
    bytes32 measurement;
    /// 0 simulation, 1 SGX, 2 TDX, 3 SEV-SNP.
    uint8 tee;
    bytes32 platformHash;
    uint32 tcbNumber;
    /// Seconds since 1970.
    uint64 notAfter;
    bytes32 evidenceHash;
}

/// @notice What a contract address commits to (rules K1, C7), needed to announce an upgrade.
struct UpgradeTerms {
    bytes32 realm;
    address deployer;
    bytes32 salt;
    /// Of the code at deployment.
    bytes32 codeHash;
    uint8 dialect;
    address authority;
    /// In blocks.
    uint64 delay;
}

/// @notice A realm as stored.
struct RealmView {
    address owner;
    /// Bit 0: results wait for COMMITTED. Bit 1: the owner's balance pays renewals, whoever makes them.
    uint8 options;
    uint64 sequence;
    /// Lease of the last batch, 0 before the first; an announcement does not change it.
    uint64 lease;
    /// Header of the last batch; never decreases.
    uint64 headerNumber;
    bytes32 stateHash;
    /// 0 before the first key.
    uint64 tenure;
    /// Block at which anyone may renew; before the first tenure the first epoch that can draw.
    uint64 tenureEnd;
    uint32 generation;
    /// Holder of the tenure; 0 before the first key.
    uint32 worker;
    /// Ranks of the tenure, or of the next one while it is pending; 0 where there is none.
    uint32[3] ranks;
    /// A draw awaits its announcement.
    bool pending;
    /// Block of the draw.
    uint64 drawnAt;
    /// Generation of the drawn tenure.
    uint32 nextGeneration;
    bool challenged;
    bytes32 inputKeyHash;
    bytes32 previousInputKeyHash;
    /// A snapshot made in the running tenure is committed.
    bool rekeyed;
}

/// @notice A posted task as stored; payer zero where there is none.
struct TaskView {
    address payer;
    uint64 postedAt;
    uint64 expiry;
    uint64 reserved;
    /// Counts as overdue when old: a CALL posted with its envelope.
    bool countsAsOverdue;
}

/// @notice A payer's allocation to a realm as stored (rule C6): totals that grow, but left shrinks by what is charged to its part leaving.
struct AllocationView {
    uint64 allocated;
    uint64 charged;
    uint64 left;
    /// Part of left that is not released yet ...
    uint64 leaving;
    /// ... and the block from which it is.
    uint64 leaveAt;
    uint32 sessionEpoch;
}

/// @notice A worker as stored.
struct WorkerView {
    address enclave;
    address operator;
    uint64 admittedUntil;
    uint32 tcbNumber;
    uint8 tee;
    bool loggedOut;
    bool evicted;
    uint16 misses;
    uint16 seats;
    bytes32 measurement;
    uint64 unbonding;
    uint64 unbondedAt;
    /// Fines not yet paid.
    uint64 debt;
}

/// @notice A slot of the dense array of seats with its history (rule C2).
struct SeatView {
    /// The worker in it, 0 for none: now, at the start of `epoch`, and at the start of `epochBefore`.
    uint32 current;
    uint32 before;
    uint32 beforeThat;
    uint32 epoch;
    uint32 epochBefore;
}

/// @notice An epoch as stored.
struct EpochView {
    /// The 24 leading bytes of the released seed; the rest is zero.
    bytes32 seed;
    /// Length of the seat array the epoch's draws use.
    uint32 seats;
    uint64 startBlock;
}

/// @notice Who decides (rule K5).
struct Generation {
    uint8 scheme;
    /// Members.
    uint16 members;
    /// Shares that reveal the secret.
    uint16 threshold;
    /// Signatures that decide.
    uint16 quorum;
    bytes32 rosterHash;
    bytes32 checkHash;
}

/// @notice A key manager as stored.
struct KeyManagerView {
    address operator;
    bool listed;
    /// Latest generation it is a member of.
    uint32 generation;
}

/// @notice Where the host of an enclave is reached. Hosts say it of themselves; what is reached there proves who it is by its keys.
struct Endpoint {
    /// JSON-RPC for users, an http or https URL; empty where there is none.
    string url;
    /// gRPC for other hosts, host:port.
    string peer;
}

/// @notice The network's counters.
struct NetworkView {
    uint64 epoch;
    uint64 epochStart;
    uint64 pool;
    uint32 seatCount;
    uint32 generation;
    uint32 workerCount;
    uint32 keyManagerCount;
    uint64 lastSeedAt;
}

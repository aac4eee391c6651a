// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./Vm.sol";
import "../src/EnigmaTypes.sol";
import {IEnigma} from "../src/interfaces/IEnigma.sol";

interface Token {
    function balanceOf(address account) external view returns (uint256);
    function totalSupply() external view returns (uint256);
    function transfer(address to, uint256 amount) external returns (bool);
    function approve(address spender, uint256 amount) external returns (bool);
    function transferFrom(address from, address to, uint256 amount) external returns (bool);
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;
    function nonces(address owner) external view returns (uint256);
    function DOMAIN_SEPARATOR() external view returns (bytes32);
    function decimals() external view returns (uint8);
}

/// @dev A development network: ENG, the contract, three key managers with quorum two, four workers with two seats each, epoch 1.
abstract contract Network is Assertions {
    address internal constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;
    address internal constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;
    bytes internal constant HISTORY_CODE =
        hex"3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";
    uint64 internal constant ENG = 1e8;
    bytes32 internal constant WORKER_MEASUREMENT = keccak256("worker program");
    bytes32 internal constant KEY_MANAGER_MEASUREMENT = keccak256("key manager program");
    uint256 internal constant WORKERS = 4;

    Token internal token;
    IEnigma internal enigma;
    address internal registry;
    address internal governor = address(0x60);
    uint256[] internal keyManagerKeys;
    uint256 internal nextWorkerKey = 0xaa01;
    address internal user = address(0xa11ce);
    address internal other = address(0xb0b);
    bytes32 internal realm;

    function parametersOf() internal pure virtual returns (Parameters memory p) {
        p.mode = 0;
        p.epochBlocks = 100;
        p.tenureEpochs = 3;
        p.failoverBlocks = 10;
        p.maxOrderBlocks = 60;
        p.maxBatchAge = 60;
        p.maxHeaderLag = 30;
        p.minBackups = 1;
        p.maxStateBytes = 64 << 20;
        p.maxTaskGas = 100_000_000;
        p.seatUnit = 1_000 * ENG;
        p.maxSeats = 16;
        p.unbondingBlocks = 200;
        p.leaveDelay = 130;
        p.minGasPrice = 1;
        p.baseGas = 21_000;
        p.postFee = ENG / 100;
        p.openFee = ENG;
        p.renewFee = ENG / 2;
        p.callbackRate = 1;
        p.seedReward = ENG / 50;
        p.missFine = 10 * ENG;
        p.challengeDeposit = 5 * ENG;
    }

    function setUp() public virtual {
        vm.roll(10_000);
        vm.warp(1_800_000_000);
        vm.etch(HISTORY, HISTORY_CODE);
        deployNetwork();
        listKeyManagers(3, 2);
        for (uint256 i; i < WORKERS; ++i) addWorker(2);
        seedEpoch();
        fund(user, 10_000 * ENG);
        fund(other, 10_000 * ENG);
        realm = openRealm(user, "first");
        assignAndAnnounce(realm);
    }

    // ---------------------------------------------------------------------------------------------------------- the network

    function deployNetwork() internal {
        Parameters memory p = parametersOf();
        token = Token(deploy(abi.encodePacked(creationCode("EnigmaToken"), abi.encode(address(this), uint64(150_000_000 * 1e8)))));
        registry = deploy(abi.encodePacked(creationCode("EnigmaRegistry"), abi.encode(p, token)));
        enigma = IEnigma(deploy(abi.encodePacked(creationCode("Enigma"), abi.encode(p, token, registry, governor))));
        vm.startPrank(governor);
        govern(abi.encodeCall(IEnigma.addMeasurement, (WORKER_MEASUREMENT, Roles.WORKER, p.mode == 0 ? 0 : 1)));
        govern(abi.encodeCall(IEnigma.addMeasurement, (KEY_MANAGER_MEASUREMENT, Roles.KEY_MANAGER, p.mode == 0 ? 0 : 1)));
        vm.stopPrank();
    }

    /// @dev Makes a call of governance, twice where it is time-locked.
    function govern(bytes memory call) internal {
        uint256 delay = enigma.parameters().governanceDelay;
        callOrFail(call);
        if (delay != 0) {
            vm.warp(block.timestamp + delay);
            callOrFail(call);
        }
    }

    function callOrFail(bytes memory call) private {
        (bool ok, bytes memory result) = address(enigma).call(call);
        if (!ok) {
            assembly {
                revert(add(result, 32), mload(result))
            }
        }
    }

    function listKeyManagers(uint256 n, uint16 needed) internal {
        vm.startPrank(governor);
        address[] memory members = new address[](n);
        for (uint256 i; i < n; ++i) {
            uint256 key = uint256(keccak256(abi.encode("key manager", i)));
            // Kept in ascending order of address, as signatures must be.
            uint256 place = keyManagerKeys.length;
            keyManagerKeys.push(key);
            while (place > 0 && vm.addr(keyManagerKeys[place - 1]) > vm.addr(key)) {
                keyManagerKeys[place] = keyManagerKeys[place - 1];
                --place;
            }
            keyManagerKeys[place] = key;
            govern(abi.encodeCall(IEnigma.addKeyManager, (vm.addr(key), address(uint160(0x900 + i)), KEY_MANAGER_MEASUREMENT, "evidence")));
        }
        for (uint256 i; i < n; ++i) members[i] = vm.addr(keyManagerKeys[i]);
        govern(abi.encodeCall(IEnigma.publishGeneration, (1, 1, needed, members, keccak256("check"))));
        vm.stopPrank();
    }

    function fund(address account, uint64 amount) internal {
        token.approve(address(enigma), amount);
        enigma.depositFor(account, amount);
    }

    // ------------------------------------------------------------------------------------------------------------ signatures

    function sign(uint256 key, bytes32 structHash) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest(structHash));
        return abi.encodePacked(r, s, v);
    }

    function digest(bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Enigma"),
                keccak256("1"),
                block.chainid,
                address(enigma)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function signByKeyManagers(bytes32 structHash, uint256 count) internal view returns (bytes[] memory signatures) {
        signatures = new bytes[](count);
        for (uint256 i; i < count; ++i) signatures[i] = sign(keyManagerKeys[i], structHash);
    }

    function quorum(bytes32 structHash) internal view returns (bytes[] memory) {
        return signByKeyManagers(structHash, 2);
    }

    // --------------------------------------------------------------------------------------------------------------- workers

    function workerKey(uint256 id) internal pure returns (uint256) {
        return 0xaa00 + id;
    }

    function operatorOf(uint256 id) internal pure returns (address) {
        return address(uint160(0xbb00 + id));
    }

    function admissionOf(uint256 id) internal view returns (Admission memory a) {
        a.operator = operatorOf(id);
        a.enclave = vm.addr(workerKey(id));
        a.role = Roles.WORKER;
        a.measurement = WORKER_MEASUREMENT;
        a.tee = enigma.parameters().mode == 0 ? 0 : 1;
        a.platformHash = keccak256(abi.encode("machine", id));
        a.tcbNumber = 5;
        a.notAfter = uint64(block.timestamp + 30 days);
        a.evidenceHash = keccak256("evidence");
    }

    function admissionHash(Admission memory a) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "Admission(address operator,address enclave,uint8 role,bytes32 measurement,uint8 tee,bytes32 platformHash,uint32 tcbNumber,uint64 notAfter,bytes32 evidenceHash)"
                ),
                a
            )
        );
    }

    function registerWorker(uint256 id) internal returns (uint32 given) {
        Admission memory a = admissionOf(id);
        bytes[] memory signatures = quorum(admissionHash(a));
        vm.prank(a.operator);
        given = enigma.register(a, signatures, "evidence");
    }

    function addWorker(uint16 seats) internal returns (uint32 id) {
        id = uint32(++workerCount);
        same(id, registerWorker(id), "worker id");
        if (seats > 0) {
            fund(operatorOf(id), 1_000 * ENG * seats);
            vm.prank(operatorOf(id));
            enigma.takeSeats(id, seats);
        }
    }

    uint256 internal workerCount;

    // ---------------------------------------------------------------------------------------------------------------- epochs

    function seedHash(uint64 epoch, bytes32 seed) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("Seed(uint64 epoch,bytes32 seed)"), epoch, seed));
    }

    function seedEpoch() internal {
        NetworkView memory network = enigma.network();
        if (network.epoch != 0 && block.number < network.epochStart + 100) vm.roll(network.epochStart + 100);
        bytes32 seed = keccak256(abi.encode("seed", network.epoch + 1));
        enigma.postSeed(network.epoch + 1, seed, quorum(seedHash(network.epoch + 1, seed)));
    }

    /// @dev The distinct workers in the order of the draws, as rule C4 says it.
    function expectedRanks(bytes32 seed, bytes32 realm_, uint64 tenure, uint32[] memory seats) internal pure returns (uint32[3] memory ranks) {
        uint256 found;
        for (uint256 i; i < 16 && found < 3; ++i) {
            uint256 pick = uint256(keccak256(abi.encode(keccak256("enigma/v1/DRAW"), seed, realm_, tenure, i))) % seats.length;
            uint32 worker = seats[pick];
            if (worker == ranks[0] || worker == ranks[1]) continue;
            ranks[found++] = worker;
        }
    }

    // ---------------------------------------------------------------------------------------------------------------- realms

    function openRealm(address owner, bytes32 salt) internal returns (bytes32) {
        vm.prank(owner);
        return enigma.open(salt, 0);
    }

    function assignAndAnnounce(bytes32 realm_) internal {
        enigma.assign(realm_);
        announce(realm_);
    }

    function announce(bytes32 realm_) internal {
        RealmView memory r = enigma.getRealm(realm_);
        announceBy(realm_, r.ranks[0], uint64(block.number) << 16);
    }

    function inputKeyOf(bytes32 realm_, uint64 tenure) internal pure returns (bytes memory key) {
        key = new bytes(1216);
        for (uint256 i; i < 38; ++i) {
            bytes32 word = keccak256(abi.encode(realm_, tenure, i));
            assembly {
                mstore(add(add(key, 32), mul(i, 32)), word)
            }
        }
    }

    function grantHash(bytes32 realm_, uint64 tenure, uint64 lease, address enclave) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(keccak256("Grant(bytes32 realm,uint64 tenure,uint64 lease,address enclave)"), realm_, tenure, lease, enclave)
        );
    }

    /// Lease of the last announcement.
    mapping(bytes32 realm => uint64) internal announcedLease;

    function announceBy(bytes32 realm_, uint32 worker, uint64 lease) internal {
        uint64 tenure = enigma.getRealm(realm_).tenure + 1;
        bytes memory key = inputKeyOf(realm_, tenure);
        bytes32 keyHash = keccak256(abi.encodePacked(uint16(0x647a), key));
        bytes memory signature = sign(
            workerKey(worker),
            keccak256(
                abi.encode(
                    keccak256("Announcement(bytes32 realm,uint64 tenure,uint16 suite,bytes32 inputKeyHash)"),
                    realm_,
                    tenure,
                    uint16(0x647a),
                    keyHash
                )
            )
        );
        bytes[] memory grants = quorum(grantHash(realm_, tenure, lease, vm.addr(workerKey(worker))));
        enigma.announce(realm_, tenure, 0x647a, key, lease, worker, grants, signature);
        announcedLease[realm_] = lease;
    }

    // --------------------------------------------------------------------------------------------------------------- batches

    function headerHash(uint256 number) internal returns (bytes32 hash) {
        hash = keccak256(abi.encode("header", number));
        vm.store(HISTORY, bytes32(number % 8191), hash);
    }

    function headerLag() internal pure virtual returns (uint256) {
        return 1;
    }

    function batchOf(bytes32 realm_, uint64 count) internal returns (Batch memory b) {
        RealmView memory r = enigma.getRealm(realm_);
        b.realm = realm_;
        b.lease = announcedLease[realm_] > r.lease ? announcedLease[realm_] : r.lease;
        b.tenure = r.tenure;
        b.firstSequence = r.sequence + 1;
        b.count = count;
        b.headerNumber = uint64(block.number - headerLag());
        b.headerHash = headerHash(b.headerNumber);
        b.deltaHash = keccak256("sealed delta");
        b.receiptsRoot = keccak256("receipts");
        b.payee = address(0xfee);
    }

    function callbacksHash(CallbackCall[] memory callbacks) internal pure returns (bytes32) {
        bytes memory all;
        for (uint256 i; i < callbacks.length; ++i) all = abi.encodePacked(all, callbackHash(callbacks[i]));
        return keccak256(all);
    }

    function callbackHash(CallbackCall memory c) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("enigma/v1/CALLBACK"), c.taskId, c.secretContract, c.target, c.gas, keccak256(c.data)));
    }

    function stateHashOf(Batch memory b, bytes32 previous) internal pure returns (bytes32) {
        bytes memory first = abi.encode(
            keccak256("enigma/v1/STATE"), b.kind, previous, b.firstSequence + b.count - 1, b.headerNumber, b.headerHash, b.deltaHash
        );
        bytes memory second =
            abi.encode(b.receiptsRoot, keccak256(b.charges), keccak256(b.outcomes), callbacksHash(b.callbacks), b.payee);
        return keccak256(abi.encodePacked(first, second));
    }

    function headHash(bytes32 type_, Batch memory b) internal view returns (bytes32) {
        return headHash(type_, b, enigma.getRealm(b.realm).stateHash);
    }

    function headHash(bytes32 type_, Batch memory b, bytes32 previous) internal pure returns (bytes32) {
        return keccak256(abi.encode(type_, b.realm, b.lease, b.firstSequence + b.count - 1, stateHashOf(b, previous)));
    }

    bytes32 internal constant HEAD_TYPE = keccak256("Head(bytes32 realm,uint64 lease,uint64 endSequence,bytes32 stateHash)");
    bytes32 internal constant BACKUP_TYPE = keccak256("Backup(bytes32 realm,uint64 lease,uint64 endSequence,bytes32 stateHash)");

    function acknowledge(Batch memory b, uint32 backup) internal view returns (bytes memory) {
        return abi.encodePacked(backup, sign(workerKey(backup), headHash(BACKUP_TYPE, b)));
    }

    function commitmentOf(Batch memory b, uint32 worker) internal view returns (Commitment memory c) {
        c.batch = b;
        c.worker = worker;
        c.signature = sign(workerKey(worker), headHash(HEAD_TYPE, b));
        c.acknowledgements = acknowledge(b, worker == 1 ? 2 : 1);
    }

    function one(Commitment memory c) internal pure returns (Commitment[] memory list) {
        list = new Commitment[](1);
        list[0] = c;
    }

    function holder(bytes32 realm_) internal view returns (uint32) {
        return enigma.getRealm(realm_).worker;
    }

    function commitBatch(Batch memory b) internal {
        enigma.commit(one(commitmentOf(b, holder(b.realm))));
    }

    // ----------------------------------------------------------------------------------------------------------------- tasks

    function orderOf(address sender, bytes32 salt) internal view returns (TaskOrder memory o) {
        o.sender = sender;
        o.realm = realm;
        o.target = address(0x5ec);
        o.kind = TaskKinds.CALL;
        o.inputHash = keccak256("sealed input");
        o.gasLimit = 1_000_000;
        o.gasPrice = 100;
        o.expiry = uint64(block.number + 50);
        o.salt = salt;
    }

    /// Fee of orderOf.
    uint64 internal constant FEE = 100_000;

    function post(TaskOrder memory o) internal returns (bytes32 taskId) {
        vm.prank(o.sender);
        return enigma.post(o, "sealed input");
    }

    function outcomeOf(bytes32 taskId, uint8 outcome, uint64 fee) internal pure returns (bytes memory) {
        return abi.encodePacked(taskId, outcome, uint16(0), fee);
    }

    function mine(uint256 blocks) internal {
        vm.roll(block.number + blocks);
        vm.warp(block.timestamp + blocks);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./Network.sol";

/// @dev Does random things that users, workers and strangers may do, and keeps its own books.
contract Actor is Network {
    address private constant PAYEE = address(0xfee);
    address[] public accounts;
    bytes32[] public realms;
    bytes32[] public tasks;
    mapping(bytes32 task => bytes32) public realmOf;
    mapping(bytes32 task => uint64) public reservedFor;
    mapping(bytes32 task => bool) public settled;
    uint256 public commits;
    string public broken;
    /// ENG that the actors put in and took out.
    uint256 public deposited;
    uint256 public withdrawn;

    function start() external {
        setUp();
        accounts = [user, other, address(0xd1)];
        realms.push(realm);
        realms.push(openRealm(other, "second"));
        assignAndAnnounce(realms[1]);
        fund(address(0xd1), 5_000 * ENG);
        mine(2);
        for (uint256 i; i < 2; ++i) {
            vm.prank(user);
            enigma.allocate(realms[i], 100 * ENG);
        }
    }

    function contracts() external view returns (IEnigma, Token) {
        return (enigma, token);
    }

    function taskCount() external view returns (uint256) {
        return tasks.length;
    }

    function account(uint256 which) private view returns (address) {
        return accounts[which % accounts.length];
    }

    function doDeposit(uint256 who, uint64 amount) external {
        amount = uint64(bounded(amount, 0, 1_000 * ENG));
        fund(account(who), amount);
        deposited += amount;
    }

    function doWithdraw(uint256 who, uint64 amount) external {
        amount = uint64(bounded(amount, 0, enigma.balanceOf(account(who))));
        vm.prank(account(who));
        enigma.withdraw(address(0x7777), amount);
        withdrawn += amount;
    }

    function doAllocate(uint256 who, uint256 where, uint64 amount) external {
        amount = uint64(bounded(amount, 0, enigma.balanceOf(account(who))));
        vm.prank(account(who));
        enigma.allocate(realms[where % 2], amount);
    }

    function doLeave(uint256 who, uint256 where, uint64 amount) external {
        AllocationView memory a = enigma.getAllocation(realms[where % 2], account(who));
        uint64 available = a.allocated - a.charged - a.left;
        if (available == 0) return;
        vm.prank(account(who));
        enigma.leave(realms[where % 2], uint64(bounded(amount, 1, available)));
    }

    function doFinishLeave(uint256 who, uint256 where) external {
        vm.prank(account(who));
        enigma.finishLeave(realms[where % 2]);
    }

    function doPost(uint256 who, uint256 where, uint64 gasLimit) external {
        TaskOrder memory o = orderOf(account(who), bytes32(tasks.length));
        o.realm = realms[where % 2];
        o.gasLimit = uint64(bounded(gasLimit, 1, 100_000_000));
        bytes32 taskId = post(o);
        tasks.push(taskId);
        realmOf[taskId] = o.realm;
        reservedFor[taskId] = enigma.getTask(o.realm, taskId).reserved;
    }

    function doExpire(uint256 which) external {
        if (tasks.length == 0) return;
        bytes32 taskId = tasks[which % tasks.length];
        enigma.expire(realmOf[taskId], taskId);
        settle(taskId);
    }

    function settle(bytes32 taskId) private {
        if (settled[taskId]) broken = "a task was settled twice";
        settled[taskId] = true;
    }

    function doCommit(uint256 where, uint256 from, uint64[2] calldata fees, uint8 outcome, bool honest) external {
        mine(1);
        Batch memory b = batchOf(realms[where % 2], 4);
        b.charges = abi.encodePacked(account(from), fees[0] % (200 * ENG), account(from + 1), fees[1] % ENG);
        uint256 expected = enigma.balanceOf(PAYEE);
        for (uint256 i; i < 3 && i < tasks.length; ++i) {
            // The first task comes twice where there are few.
            expected += settleIn(b, tasks[(from % tasks.length + i) % tasks.length], outcome % 3, fees[i % 2]);
        }
        Commitment memory c = commitmentOf(b, holder(b.realm));
        if (!honest) c.batch.payee = address(0xbad);
        expected = expected + answered(b.realm) - charged(b.realm);
        enigma.commit(one(c));
        ++commits;
        // A failed check here must not be undone with the call, so it is noted.
        if (!honest) broken = "what no enclave signed was admitted";
        if (expected + charged(b.realm) != enigma.balanceOf(PAYEE)) broken = "paid other than what was charged";
    }

    /// @dev Adds an outcome to the batch and says what it must pay.
    function settleIn(Batch memory b, bytes32 taskId, uint8 outcome, uint64 fee) private returns (uint64) {
        b.outcomes = abi.encodePacked(b.outcomes, outcomeOf(taskId, outcome, fee));
        if (settled[taskId] || realmOf[taskId] != b.realm) return 0;
        settle(taskId);
        if (outcome == Outcomes.DUPLICATE) return 0;
        return fee < reservedFor[taskId] ? fee : reservedFor[taskId];
    }

    /// @dev The deposit of a challenge that a batch now would answer in time.
    function answered(bytes32 realm_) private view returns (uint64) {
        (, uint64 since, uint64 held) = enigma.getChallenge(realm_);
        uint64 holds = enigma.getRealm(realm_).drawnAt;
        return block.number <= (since > holds ? since : holds) + 10 ? held : 0;
    }

    function charged(bytes32 realm_) private view returns (uint64 sum) {
        for (uint256 i; i < accounts.length; ++i) sum += enigma.getAllocation(realm_, accounts[i]).charged;
    }

    function doChallenge(uint256 who, uint256 where) external {
        vm.prank(account(who));
        enigma.challenge(realms[where % 2]);
    }

    function doEndChallenge(uint256 where) external {
        enigma.endChallenge(realms[where % 2]);
    }

    function doSeed() external {
        seedEpoch();
    }

    function doClaim(uint256 which) external {
        enigma.claimPool(vm.addr(keyManagerKeys[which % 3]));
    }

    function doRenew(uint256 who, uint256 where) external {
        vm.prank(account(who));
        enigma.renew(realms[where % 2]);
        announce(realms[where % 2]);
    }

    function doTakeSeat(uint256 which) external {
        uint32 id = uint32(which % WORKERS + 1);
        fund(operatorOf(id), 1_000 * ENG);
        deposited += 1_000 * ENG;
        vm.prank(operatorOf(id));
        enigma.takeSeats(id, 1);
    }

    function doDropSeat(uint32 index) external {
        index = index % enigma.network().seatCount;
        uint32 id = enigma.getSeat(index).current;
        uint32[] memory list = new uint32[](1);
        list[0] = index;
        vm.prank(operatorOf(id));
        enigma.dropSeats(id, list);
    }

    function doRelease(uint256 which) external {
        uint32 id = uint32(which % WORKERS + 1);
        vm.prank(operatorOf(id));
        enigma.releaseStake(id);
    }

    function doSlash(uint256 which) external {
        // Rarely, or all workers are gone.
        if (which % 16 != 0) return;
        uint32 id = 4;
        bytes32 a = keccak256(abi.encode(HEAD_TYPE, realm, uint64(1), uint64(1), bytes32("a")));
        bytes32 b = keccak256(abi.encode(HEAD_TYPE, realm, uint64(1), uint64(1), bytes32("b")));
        enigma.slash(realm, 1, 1, "a", sign(workerKey(id), a), "b", sign(workerKey(id), b));
    }

    function doWait(uint256 blocks) external {
        mine(bounded(blocks, 1, 80));
    }

    /// @dev Everything the contract owes, account by account.
    function liabilities() external view returns (uint256 sum) {
        for (uint256 i; i < accounts.length; ++i) {
            sum += enigma.balanceOf(accounts[i]);
            for (uint256 j; j < realms.length; ++j) {
                AllocationView memory a = enigma.getAllocation(realms[j], accounts[i]);
                sum += a.allocated - a.charged - a.left + a.leaving;
            }
        }
        for (uint256 i; i < tasks.length; ++i) {
            TaskView memory t = enigma.getTask(realmOf[tasks[i]], tasks[i]);
            if (t.payer != address(0)) sum += t.reserved + ENG / 100;
        }
        for (uint256 j; j < realms.length; ++j) {
            (,, uint64 held) = enigma.getChallenge(realms[j]);
            sum += held;
        }
        for (uint32 id = 1; id <= WORKERS; ++id) {
            WorkerView memory w = enigma.getWorker(id);
            sum += enigma.balanceOf(operatorOf(id)) + uint256(w.seats) * 1_000 * ENG + w.unbonding;
        }
        for (uint256 i; i < 3; ++i) sum += enigma.balanceOf(address(uint160(0x900 + i)));
        sum += enigma.balanceOf(address(this)) + enigma.balanceOf(PAYEE) + enigma.network().pool;
    }

    /// @dev What key managers could claim already but have not lies outside the pool.
    function claimAll() external {
        for (uint256 i; i < 3; ++i) enigma.claimPool(vm.addr(keyManagerKeys[i]));
    }
}

/// @dev ENG is conserved: what the contract holds is what it owes, after whatever happened.
contract InvariantTest is Assertions {
    Actor private actor;
    IEnigma private enigma;
    Token private token;
    address[] private targets;

    function setUp() public {
        actor = new Actor();
        actor.start();
        (enigma, token) = actor.contracts();
        targets.push(address(actor));
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        bytes4[] memory selectors = new bytes4[](18);
        selectors[0] = Actor.doDeposit.selector;
        selectors[1] = Actor.doWithdraw.selector;
        selectors[2] = Actor.doAllocate.selector;
        selectors[3] = Actor.doLeave.selector;
        selectors[4] = Actor.doFinishLeave.selector;
        selectors[5] = Actor.doPost.selector;
        selectors[6] = Actor.doExpire.selector;
        selectors[7] = Actor.doCommit.selector;
        selectors[8] = Actor.doChallenge.selector;
        selectors[9] = Actor.doEndChallenge.selector;
        selectors[10] = Actor.doSeed.selector;
        selectors[11] = Actor.doClaim.selector;
        selectors[12] = Actor.doRenew.selector;
        selectors[13] = Actor.doTakeSeat.selector;
        selectors[14] = Actor.doDropSeat.selector;
        selectors[15] = Actor.doRelease.selector;
        selectors[16] = Actor.doSlash.selector;
        selectors[17] = Actor.doWait.selector;
        list[0] = FuzzSelector(address(actor), selectors);
    }

    function targetContracts() external view returns (address[] memory) {
        return targets;
    }

    function invariant_what_the_contract_holds_is_what_it_owes() external {
        actor.claimAll();
        same(actor.liabilities(), token.balanceOf(address(enigma)), "ENG");
    }

    function invariant_nothing_leaves_but_by_withdrawal() external view {
        same(actor.withdrawn(), token.balanceOf(address(0x7777)), "withdrawn");
        same(0, token.balanceOf(address(0xbad)) + enigma.balanceOf(address(0xbad)), "a thief's gain");
    }

    function invariant_settlements_are_signed_exact_and_single() external view {
        same(keccak256(""), keccak256(bytes(actor.broken())), actor.broken());
    }

    function invariant_the_array_of_seats_is_dense() external view {
        uint32 count = enigma.network().seatCount;
        for (uint32 i; i < count; ++i) isTrue(enigma.getSeat(i).current != 0, "a gap");
        isTrue(enigma.getSeat(count).current == 0, "beyond the end");
    }
}

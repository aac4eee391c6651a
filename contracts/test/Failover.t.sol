// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./Network.sol";

/// @dev Failover and challenges (rule C5).
contract FailoverTest is Network {
    uint32 private first;
    uint32 private second;
    uint32 private third;

    function setUp() public override {
        super.setUp();
        RealmView memory r = enigma.getRealm(realm);
        (first, second, third) = (r.ranks[0], r.ranks[1], r.ranks[2]);
        isTrue(third != 0, "three ranks");
        mine(5);
    }

    function takeOver(uint32 worker, bytes32 taskId) private returns (Commitment memory c) {
        Batch memory b = batchOf(realm, 1);
        b.outcomes = taskId == 0 ? bytes("") : outcomeOf(taskId, Outcomes.EXECUTED, 10_000);
        c = commitmentOf(b, worker);
        c.acknowledgements = acknowledge(b, worker == third ? second : third);
        c.overdue = taskId;
    }

    function refused(Commitment memory c) private {
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NothingAdmitted.selector, realm, Inadmissible.ASSIGNMENT));
        enigma.commit(one(c));
    }

    function test_the_second_rank_takes_over_with_an_overdue_task() public {
        bytes32 taskId = post(orderOf(user, "a"));
        mine(10);
        refused(takeOver(second, taskId));
        mine(1);
        // The batch must settle the task it names.
        Commitment memory c = takeOver(second, taskId);
        Batch memory b = c.batch;
        b.outcomes = "";
        c = commitmentOf(b, second);
        c.overdue = taskId;
        refused(c);
        enigma.commit(one(takeOver(second, taskId)));
        RealmView memory r = enigma.getRealm(realm);
        same(second, r.worker, "worker");
        same(1, r.tenure, "same tenure");
        same(1, enigma.getWorker(first).misses, "miss");
        same(10 * ENG, enigma.getWorker(first).debt, "fine");
        // For the rest of the tenure.
        Commitment memory late = takeOver(first, 0);
        refused(late);
        commitBatch(batchOf(realm, 1));
    }

    function test_the_third_rank_waits_twice_as_long_and_both_before_it_missed() public {
        bytes32 taskId = post(orderOf(user, "a"));
        mine(20);
        refused(takeOver(third, taskId));
        mine(1);
        enigma.commit(one(takeOver(third, taskId)));
        same(third, enigma.getRealm(realm).worker, "worker");
        same(1, enigma.getWorker(first).misses, "first");
        same(1, enigma.getWorker(second).misses, "second");
    }

    function test_ranks_that_logged_out_are_skipped_without_waiting_and_miss_nothing() public {
        vm.prank(operatorOf(first));
        enigma.logOut(first);
        bytes32 taskId = post(orderOf(user, "a"));
        mine(1);
        enigma.commit(one(takeOver(second, taskId)));
        same(second, enigma.getRealm(realm).worker, "worker");
        same(0, enigma.getWorker(first).misses, "no miss");
    }

    function test_tasks_that_never_count_as_overdue_move_nothing() public {
        TaskOrder memory o = orderOf(user, "a");
        vm.prank(user);
        bytes32 withoutEnvelope = enigma.post(o);
        o.kind = TaskKinds.DEPLOY;
        bytes32 deployment = post(o);
        mine(30);
        refused(takeOver(second, withoutEnvelope));
        refused(takeOver(second, deployment));
        refused(takeOver(second, keccak256("no such task")));
        refused(takeOver(second, 0));
    }

    function test_a_worker_without_rank_or_admission_never_takes_over() public {
        bytes32 taskId = post(orderOf(user, "a"));
        mine(31);
        uint32 outsider = 10 - first - second - third;
        refused(takeOver(outsider, taskId));
        vm.prank(governor);
        enigma.evict(second);
        refused(takeOver(second, taskId));
    }

    function test_the_holders_time_starts_with_its_tenure() public {
        vm.roll(block.number + 250);
        bytes32 taskId = post(orderOf(user, "a"));
        mine(50);
        vm.prank(other);
        enigma.renew(realm);
        announce(realm);
        RealmView memory r = enigma.getRealm(realm);
        mine(5);
        Batch memory b = batchOf(realm, 1);
        b.outcomes = outcomeOf(taskId, Outcomes.EXECUTED, 10_000);
        Commitment memory c = commitmentOf(b, r.ranks[1]);
        c.overdue = taskId;
        refused(c);
    }

    function test_a_pending_draw_leaves_the_realm_to_its_holder() public {
        vm.roll(block.number + 300);
        bytes32 taskId = post(orderOf(user, "a"));
        mine(11);
        vm.prank(other);
        enigma.renew(realm);
        refused(takeOver(second, taskId));
        commitBatch(batchOf(realm, 1));
    }

    // ------------------------------------------------------------------------- take-overs that adopt what the holder anchored

    /// @dev The batch that the old holder anchored but did not commit, signed again by the worker that takes over, and the worker's own
    /// that settles the overdue task (none if zero).
    function adoption(uint32 worker, bytes32 taskId, bytes32 settled) private returns (Commitment[] memory list) {
        list = new Commitment[](2);
        Batch memory adopted = batchOf(realm, 3);
        adopted.lease += 1;
        adopted.deltaHash = keccak256("delta of the holder");
        bytes32 committed = enigma.getRealm(realm).stateHash;
        list[0] = commitmentOn(adopted, worker, committed);
        list[0].overdue = taskId;
        Batch memory own = batchOf(realm, 1);
        own.lease += 1;
        own.firstSequence += 3;
        if (settled != 0) own.outcomes = outcomeOf(settled, Outcomes.EXECUTED, 10_000);
        list[1] = commitmentOn(own, worker, stateHashOf(adopted, committed));
    }

    function commitmentOn(Batch memory b, uint32 worker, bytes32 previous) private view returns (Commitment memory c) {
        c.batch = b;
        c.worker = worker;
        c.signature = sign(workerKey(worker), headHash(HEAD_TYPE, b, previous));
        uint32 backup = worker == third ? second : third;
        c.acknowledgements = abi.encodePacked(backup, sign(workerKey(backup), headHash(BACKUP_TYPE, b, previous)));
    }

    function refused(Commitment[] memory list) private {
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NothingAdmitted.selector, realm, Inadmissible.ASSIGNMENT));
        enigma.commit(list);
        RealmView memory r = enigma.getRealm(realm);
        same(first, r.worker, "worker");
        same(0, r.sequence, "sequence");
        same(0, enigma.getWorker(first).misses, "misses");
    }

    function test_attack_a_holder_that_anchors_and_vanishes_does_not_block_the_take_over() public {
        bytes32 taskId = post(orderOf(user, "a"));
        mine(11);
        enigma.commit(adoption(second, taskId, taskId));
        RealmView memory r = enigma.getRealm(realm);
        same(second, r.worker, "worker");
        same(4, r.sequence, "sequence");
        same(address(0), enigma.getTask(realm, taskId).payer, "settled");
        same(1, enigma.getWorker(first).misses, "miss");
        commitBatch(batchOf(realm, 1));
    }

    function test_a_take_over_with_adopted_batches_waits_its_turn() public {
        bytes32 taskId = post(orderOf(user, "a"));
        mine(10);
        refused(adoption(second, taskId, taskId));
    }

    function test_attack_a_take_over_whose_call_does_not_settle_the_overdue_task_is_refused() public {
        bytes32 taskId = post(orderOf(user, "a"));
        bytes32 younger = post(orderOf(user, "b"));
        mine(11);
        refused(adoption(second, taskId, 0));
        refused(adoption(second, taskId, younger));
        Commitment[] memory list = adoption(second, taskId, taskId);
        refused(list[0]);
    }

    /// @dev The batch that would settle the task is named in the call, but does not hold: the realm must not change hands for it.
    function test_attack_a_take_over_on_the_word_of_an_inadmissible_batch_is_undone() public {
        bytes32 taskId = post(orderOf(user, "a"));
        mine(11);
        Commitment[] memory list = adoption(second, taskId, taskId);
        list[1].signature = sign(0xbad, keccak256("x"));
        refused(list);
        list = adoption(second, taskId, taskId);
        list[1].batch.payee = other;
        refused(list);
        list = adoption(second, taskId, taskId);
        list[1].acknowledgements = "";
        refused(list);
    }

    function test_attack_a_batch_of_another_realm_or_worker_does_not_settle_the_overdue_task() public {
        bytes32 taskId = post(orderOf(user, "a"));
        mine(11);
        Commitment[] memory list = adoption(second, taskId, taskId);
        list[1].worker = third;
        refused(list);
        bytes32 elsewhere = openRealm(user, "second");
        assignAndAnnounce(elsewhere);
        mine(1);
        list = adoption(second, taskId, 0);
        Batch memory b = batchOf(elsewhere, 1);
        b.outcomes = outcomeOf(taskId, Outcomes.EXECUTED, 10_000);
        list[1] = commitmentOf(b, holder(elsewhere));
        // The take-over is skipped and the other realm's batch admitted.
        enigma.commit(list);
        same(first, enigma.getRealm(realm).worker, "worker");
        same(1, enigma.getRealm(elsewhere).sequence, "the other realm");
        isTrue(enigma.getTask(realm, taskId).payer == user, "still open");
    }

    function test_an_overdue_task_that_the_holder_had_executed_is_settled_by_the_adopted_batch() public {
        bytes32 taskId = post(orderOf(user, "a"));
        mine(11);
        Commitment[] memory list = new Commitment[](2);
        Batch memory adopted = batchOf(realm, 3);
        adopted.lease += 1;
        adopted.outcomes = outcomeOf(taskId, Outcomes.EXECUTED, 10_000);
        bytes32 committed = enigma.getRealm(realm).stateHash;
        list[0] = commitmentOn(adopted, second, committed);
        list[0].overdue = taskId;
        Batch memory own = batchOf(realm, 1);
        own.lease += 1;
        own.firstSequence += 3;
        list[1] = commitmentOn(own, second, stateHashOf(adopted, committed));
        enigma.commit(list);
        same(second, enigma.getRealm(realm).worker, "worker");
        same(4, enigma.getRealm(realm).sequence, "sequence");
    }

    // ---------------------------------------------------------------------------------------------------------- challenges

    function challenge() private {
        vm.prank(other);
        enigma.challenge(realm);
    }

    function test_a_challenge_answered_in_time_pays_the_worker() public {
        uint64 before = enigma.balanceOf(other);
        challenge();
        same(before - 5 * ENG, enigma.balanceOf(other), "deposit");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.ChallengeExists.selector, realm));
        vm.prank(other);
        enigma.challenge(realm);
        mine(10);
        Batch memory b = batchOf(realm, 1);
        b.kind = BatchKinds.SNAPSHOT;
        commitBatch(b);
        same(5 * ENG, enigma.balanceOf(address(0xfee)), "paid");
        isTrue(!enigma.getRealm(realm).challenged, "ended");
    }

    function test_a_challenge_answered_late_goes_back() public {
        uint64 before = enigma.balanceOf(other);
        challenge();
        mine(11);
        commitBatch(batchOf(realm, 1));
        same(0, enigma.balanceOf(address(0xfee)), "paid");
        same(before, enigma.balanceOf(other), "back");
    }

    function test_a_challenge_nobody_answers_hands_the_realm_to_the_second_rank() public {
        uint64 before = enigma.balanceOf(other);
        challenge();
        mine(10);
        refused(takeOver(second, 0));
        mine(1);
        enigma.commit(one(takeOver(second, 0)));
        same(second, enigma.getRealm(realm).worker, "worker");
        same(before, enigma.balanceOf(other), "back");
        // Only an overdue task makes a miss.
        same(0, enigma.getWorker(first).misses, "no miss");
    }

    function test_a_challenge_that_leads_nowhere_is_returned() public {
        uint64 before = enigma.balanceOf(other);
        challenge();
        uint256 until = block.number + 40;
        vm.roll(until);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NoChallenge.selector, realm, until));
        enigma.endChallenge(realm);
        vm.roll(until + 1);
        enigma.endChallenge(realm);
        same(before, enigma.balanceOf(other), "back");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NoChallenge.selector, realm, 0));
        enigma.endChallenge(realm);
    }
}

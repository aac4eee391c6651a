// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./Network.sol";

/// @dev What admits a batch, and what a batch settles (rules C8 to C10).
contract CommitTest is Network {
    function setUp() public override {
        super.setUp();
        mine(5);
        vm.prank(user);
        enigma.allocate(realm, 10 * ENG);
    }

    function refused(Commitment memory c, Inadmissible reason) private {
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NothingAdmitted.selector, c.batch.realm, reason));
        enigma.commit(one(c));
    }

    // ------------------------------------------------------------------------------------------------------ what is admitted

    function test_a_batch_advances_sequence_lease_header_and_state() public {
        Batch memory b = batchOf(realm, 7);
        b.lease += 3;
        bytes32 next = stateHashOf(b, keccak256(abi.encode(keccak256("enigma/v1/GENESIS"), realm)));
        commitBatch(b);
        RealmView memory r = enigma.getRealm(realm);
        same(7, r.sequence, "sequence");
        same(b.lease, r.lease, "lease");
        same(b.headerNumber, r.headerNumber, "header");
        same(next, r.stateHash, "state hash");
    }

    function test_batches_chain_one_to_the_next() public {
        for (uint256 i; i < 5; ++i) {
            mine(1);
            commitBatch(batchOf(realm, 2));
        }
        same(10, enigma.getRealm(realm).sequence, "sequence");
    }

    function test_a_snapshot_takes_a_sequence_number_too() public {
        Batch memory b = batchOf(realm, 1);
        b.kind = BatchKinds.SNAPSHOT;
        commitBatch(b);
        same(1, enigma.getRealm(realm).sequence, "sequence");
    }

    function test_a_higher_lease_fences_the_lower_ones() public {
        Batch memory b = batchOf(realm, 1);
        b.lease += 1;
        commitBatch(b);
        b = batchOf(realm, 1);
        b.lease -= 1;
        refused(commitmentOf(b, holder(realm)), Inadmissible.LEASE);
    }

    function test_without_a_backup_the_delta_and_the_grants_are_published() public {
        Batch memory b = batchOf(realm, 1);
        uint32 worker = holder(realm);
        Commitment memory c = commitmentOf(b, worker);
        c.acknowledgements = "";
        refused(c, Inadmissible.ACKNOWLEDGEMENT);
        c.delta = "sealed delta";
        refused(c, Inadmissible.ACKNOWLEDGEMENT);
        c.grants = signByKeyManagers(grantHash(realm, b.tenure, b.lease, vm.addr(workerKey(worker))), 1);
        refused(c, Inadmissible.ACKNOWLEDGEMENT);
        c.grants = quorum(grantHash(realm, b.tenure, b.lease, vm.addr(workerKey(worker))));
        c.delta = "another delta";
        refused(c, Inadmissible.ACKNOWLEDGEMENT);
        c.delta = "sealed delta";
        enigma.commit(one(c));
    }

    // ------------------------------------------------------------------------------------------- each reason of rule C9 alone

    function test_refuses_a_signature_of_another_enclave() public {
        Commitment memory c = commitmentOf(batchOf(realm, 1), holder(realm));
        c.signature = sign(0xbad, headHash(HEAD_TYPE, c.batch));
        refused(c, Inadmissible.SIGNATURE);
        c.signature = "";
        refused(c, Inadmissible.SIGNATURE);
    }

    function test_refuses_a_batch_whose_content_was_changed_after_signing(uint8 which) public {
        Commitment memory c = commitmentOf(batchOf(realm, 2), holder(realm));
        Batch memory b = c.batch;
        which = which % 9;
        if (which == 0) b.kind = 1;
        if (which == 1) b.count = 3;
        if (which == 2) (b.headerNumber, b.headerHash) = (b.headerNumber - 1, headerHash(b.headerNumber - 1));
        if (which == 3) b.deltaHash = keccak256("other");
        if (which == 4) b.receiptsRoot = keccak256("other");
        if (which == 5) b.charges = abi.encodePacked(user, uint64(1));
        if (which == 6) b.outcomes = outcomeOf(keccak256("task"), 0, 1);
        if (which == 7) b.payee = other;
        if (which == 8) {
            b.callbacks = new CallbackCall[](1);
            b.callbacks[0] = CallbackCall(keccak256("task"), other, other, 1, "");
        }
        refused(c, Inadmissible.SIGNATURE);
    }

    function test_refuses_a_high_s_signature() public {
        Commitment memory c = commitmentOf(batchOf(realm, 1), holder(realm));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(workerKey(c.worker), digest(headHash(HEAD_TYPE, c.batch)));
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        c.signature = abi.encodePacked(r, order - uint256(s), v == 27 ? uint8(28) : uint8(27));
        refused(c, Inadmissible.SIGNATURE);
    }

    function test_refuses_acknowledgements_that_do_not_hold() public {
        uint32 worker = holder(realm);
        Commitment memory c = commitmentOf(batchOf(realm, 1), worker);
        bytes memory own = acknowledge(c.batch, worker);
        c.acknowledgements = own;
        refused(c, Inadmissible.ACKNOWLEDGEMENT);
        uint32 backup = worker == 1 ? 2 : 1;
        c.acknowledgements = abi.encodePacked(backup, sign(0xbad, headHash(BACKUP_TYPE, c.batch)));
        refused(c, Inadmissible.ACKNOWLEDGEMENT);
        // A head is no acknowledgement.
        c.acknowledgements = abi.encodePacked(backup, sign(workerKey(backup), headHash(HEAD_TYPE, c.batch)));
        refused(c, Inadmissible.ACKNOWLEDGEMENT);
        // The same backup twice.
        bytes memory good = acknowledge(c.batch, backup);
        c.acknowledgements = abi.encodePacked(good, good);
        refused(c, Inadmissible.ACKNOWLEDGEMENT);
        c.acknowledgements = good;
        vm.prank(governor);
        enigma.evict(backup);
        refused(c, Inadmissible.ACKNOWLEDGEMENT);
    }

    function test_refuses_a_worker_that_does_not_hold_the_realm() public {
        uint32 worker = holder(realm);
        for (uint32 id = 1; id <= WORKERS; ++id) {
            if (id != worker) refused(commitmentOf(batchOf(realm, 1), id), Inadmissible.ASSIGNMENT);
        }
    }

    function test_refuses_another_tenure_and_an_unknown_realm() public {
        Batch memory b = batchOf(realm, 1);
        b.tenure += 1;
        refused(commitmentOf(b, holder(realm)), Inadmissible.ASSIGNMENT);
        Commitment memory c = commitmentOf(batchOf(realm, 1), holder(realm));
        c.batch.realm = keccak256("unknown");
        refused(c, Inadmissible.ASSIGNMENT);
    }

    function test_refuses_gaps_and_repetitions_in_the_sequence() public {
        Batch memory b = batchOf(realm, 1);
        b.firstSequence = 2;
        refused(commitmentOf(b, holder(realm)), Inadmissible.SEQUENCE);
        b = batchOf(realm, 1);
        Commitment memory c = commitmentOf(b, holder(realm));
        enigma.commit(one(c));
        refused(c, Inadmissible.SEQUENCE);
        b = batchOf(realm, 1);
        c = commitmentOf(b, holder(realm));
        c.batch.count = 0;
        refused(c, Inadmissible.SEQUENCE);
        c.batch.count = type(uint64).max;
        refused(c, Inadmissible.SEQUENCE);
    }

    function test_refuses_headers_that_are_wrong_old_new_or_go_back() public {
        uint32 worker = holder(realm);
        Batch memory b = batchOf(realm, 1);
        b.headerHash = keccak256("another chain");
        refused(commitmentOf(b, worker), Inadmissible.HEADER);
        b = batchOf(realm, 1);
        (b.headerNumber, b.headerHash) = (uint64(block.number), headerHash(block.number));
        refused(commitmentOf(b, worker), Inadmissible.HEADER);
        b = batchOf(realm, 1);
        (b.headerNumber, b.headerHash) = (uint64(block.number - 61), headerHash(block.number - 61));
        refused(commitmentOf(b, worker), Inadmissible.HEADER);
        b = batchOf(realm, 1);
        (b.headerNumber, b.headerHash) = (uint64(block.number - 60), headerHash(block.number - 60));
        enigma.commit(one(commitmentOf(b, worker)));
        b = batchOf(realm, 1);
        (b.headerNumber, b.headerHash) = (uint64(block.number - 61), headerHash(block.number - 61));
        refused(commitmentOf(b, worker), Inadmissible.HEADER);
    }

    function test_skips_inadmissible_batches_and_admits_the_others() public {
        bytes32 second = openRealm(user, "second");
        assignAndAnnounce(second);
        mine(1);
        Commitment[] memory list = new Commitment[](3);
        list[0] = commitmentOf(batchOf(realm, 1), holder(realm));
        list[0].batch.payee = other;
        list[1] = commitmentOf(batchOf(second, 1), holder(second));
        list[2] = list[1];
        vm.recordLogs();
        enigma.commit(list);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 skipped;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != IEnigma.Skipped.selector) continue;
            (Inadmissible reason,) = abi.decode(logs[i].data, (Inadmissible, uint64));
            if (skipped++ == 0) same(uint256(Inadmissible.SIGNATURE), uint256(reason), "first reason");
            else same(uint256(Inadmissible.SEQUENCE), uint256(reason), "second reason");
        }
        same(2, skipped, "skipped");
        same(0, enigma.getRealm(realm).sequence, "first realm");
        same(1, enigma.getRealm(second).sequence, "second realm");
    }

    function test_an_evicted_expired_or_logged_out_holder_may_finish_and_is_paid() public {
        uint32 worker = holder(realm);
        vm.prank(operatorOf(worker));
        enigma.logOut(worker);
        Batch memory b = batchOf(realm, 1);
        b.charges = abi.encodePacked(user, uint64(500));
        commitBatch(b);
        vm.prank(governor);
        enigma.evict(worker);
        b = batchOf(realm, 1);
        b.charges = abi.encodePacked(user, uint64(500));
        commitBatch(b);
        same(1_000, enigma.balanceOf(address(0xfee)), "paid");
    }

    // -------------------------------------------------------------------------------------------------------- what is settled

    function test_direct_tasks_are_charged_to_the_payers_allocations() public {
        vm.prank(other);
        enigma.allocate(realm, 4);
        Batch memory b = batchOf(realm, 3);
        b.charges = abi.encodePacked(user, uint64(1_000), other, uint64(50), address(0xdead), uint64(7));
        commitBatch(b);
        same(1_000, enigma.getAllocation(realm, user).charged, "charged");
        // A short payer pays what is there, a stranger nothing; the batch is committed all the same.
        same(4, enigma.getAllocation(realm, other).charged, "short payer");
        same(0, enigma.getAllocation(realm, address(0xdead)).charged, "stranger");
        same(1_004, enigma.balanceOf(address(0xfee)), "paid");
    }

    function test_attack_a_payer_that_leaves_before_the_commit_pays_all_the_same() public {
        vm.prank(user);
        enigma.leave(realm, 10 * ENG);
        Batch memory b = batchOf(realm, 1);
        b.charges = abi.encodePacked(user, uint64(100));
        commitBatch(b);
        same(100, enigma.balanceOf(address(0xfee)), "paid");
        AllocationView memory a = enigma.getAllocation(realm, user);
        same(100, a.charged, "charged");
        same(10 * ENG - 100, a.left, "left");
        same(10 * ENG - 100, a.leaving, "leaving");
        same(10 * ENG, a.allocated, "allocated");
        uint64 before = enigma.balanceOf(user);
        vm.roll(a.leaveAt);
        vm.prank(user);
        enigma.finishLeave(realm);
        same(before + 10 * ENG - 100, enigma.balanceOf(user), "released");
    }

    function test_what_stays_is_charged_before_what_leaves() public {
        vm.prank(user);
        enigma.leave(realm, 10 * ENG - 30);
        Batch memory b = batchOf(realm, 2);
        // Twice the same payer: 20 from what stays, then the other 10 and 40 from what leaves.
        b.charges = abi.encodePacked(user, uint64(20), user, uint64(50));
        commitBatch(b);
        same(70, enigma.balanceOf(address(0xfee)), "paid");
        AllocationView memory a = enigma.getAllocation(realm, user);
        same(70, a.charged, "charged");
        same(10 * ENG - 70, a.left, "left");
        same(10 * ENG - 70, a.leaving, "leaving");
    }

    function test_a_charge_of_all_that_leaves_releases_nothing() public {
        vm.prank(user);
        enigma.leave(realm, 10 * ENG);
        Batch memory b = batchOf(realm, 1);
        b.charges = abi.encodePacked(user, uint64(20 * ENG));
        commitBatch(b);
        same(10 * ENG, enigma.balanceOf(address(0xfee)), "paid");
        vm.roll(block.number + 130);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.BadArgument.selector, bytes32("leave")));
        vm.prank(user);
        enigma.finishLeave(realm);
    }

    function test_what_has_been_released_cannot_be_charged() public {
        vm.startPrank(user);
        enigma.leave(realm, 10 * ENG - 30);
        mine(130);
        enigma.finishLeave(realm);
        vm.stopPrank();
        Batch memory b = batchOf(realm, 1);
        b.charges = abi.encodePacked(user, uint64(100));
        commitBatch(b);
        same(30, enigma.balanceOf(address(0xfee)), "paid");
        same(10 * ENG - 30, enigma.getAllocation(realm, user).left, "left");
    }

    function test_charges_and_releases_never_exceed_what_was_allocated(uint64 allocated, uint64 leaving, uint64 amount, bool released) public {
        allocated = uint64(bounded(allocated, 1, 9_000 * ENG));
        leaving = uint64(bounded(leaving, 1, allocated));
        uint64 before = enigma.balanceOf(other);
        vm.startPrank(other);
        enigma.allocate(realm, allocated);
        enigma.leave(realm, leaving);
        mine(130);
        if (released) enigma.finishLeave(realm);
        vm.stopPrank();
        Batch memory b = batchOf(realm, 1);
        b.charges = abi.encodePacked(other, amount);
        commitBatch(b);
        uint64 reachable = released ? allocated - leaving : allocated;
        uint64 paid = amount < reachable ? amount : reachable;
        same(paid, enigma.balanceOf(address(0xfee)), "paid");
        AllocationView memory a = enigma.getAllocation(realm, other);
        same(paid, a.charged, "charged");
        if (a.leaving != 0) {
            vm.prank(other);
            enigma.finishLeave(realm);
        }
        same(before - paid, enigma.balanceOf(other) + a.allocated - a.charged - a.left, "what the payer still has");
    }

    function test_charges_never_exceed_what_was_allocated(uint64[6] memory amounts, uint64 allocated) public {
        allocated = uint64(bounded(allocated, 0, 9_000 * ENG));
        vm.prank(other);
        enigma.allocate(realm, allocated);
        uint256 sum;
        for (uint256 i; i < amounts.length; ++i) {
            Batch memory b = batchOf(realm, 1);
            b.charges = abi.encodePacked(other, amounts[i]);
            commitBatch(b);
            sum += amounts[i];
        }
        uint256 expected = sum < allocated ? sum : allocated;
        same(expected, enigma.getAllocation(realm, other).charged, "charged");
        same(expected, enigma.balanceOf(address(0xfee)), "paid");
    }

    function test_a_posted_task_is_paid_from_its_reserve_and_the_rest_goes_back() public {
        uint64 before = enigma.balanceOf(user);
        bytes32 taskId = post(orderOf(user, "a"));
        same(before - FEE - ENG / 100, enigma.balanceOf(user), "reserved");
        mine(1);
        Batch memory b = batchOf(realm, 1);
        b.outcomes = outcomeOf(taskId, Outcomes.EXECUTED, 30_000);
        commitBatch(b);
        same(before - 30_000 - ENG / 100, enigma.balanceOf(user), "refunded");
        same(30_000, enigma.balanceOf(address(0xfee)), "paid");
        same(address(0), enigma.getTask(realm, taskId).payer, "closed");
    }

    function test_a_task_is_settled_once() public {
        bytes32 taskId = post(orderOf(user, "a"));
        mine(1);
        Batch memory b = batchOf(realm, 2);
        b.outcomes = abi.encodePacked(outcomeOf(taskId, Outcomes.EXECUTED, 30_000), outcomeOf(taskId, Outcomes.EXECUTED, 30_000));
        commitBatch(b);
        b = batchOf(realm, 1);
        b.outcomes = outcomeOf(taskId, Outcomes.REFUSED, 30_000);
        commitBatch(b);
        same(30_000, enigma.balanceOf(address(0xfee)), "paid once");
        mine(200);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.UnknownTask.selector, taskId));
        enigma.expire(realm, taskId);
    }

    function test_a_fee_never_exceeds_the_reserve_and_a_duplicate_costs_nothing() public {
        bytes32 first = post(orderOf(user, "a"));
        bytes32 second = post(orderOf(user, "b"));
        uint64 before = enigma.balanceOf(user);
        mine(1);
        Batch memory b = batchOf(realm, 2);
        b.outcomes =
            abi.encodePacked(outcomeOf(first, Outcomes.EXECUTED, type(uint64).max), outcomeOf(second, Outcomes.DUPLICATE, 99));
        commitBatch(b);
        same(FEE, enigma.balanceOf(address(0xfee)), "paid");
        same(before + FEE, enigma.balanceOf(user), "refund of the duplicate");
    }

    function test_an_expired_task_is_refunded_and_its_later_outcome_is_skipped() public {
        TaskOrder memory o = orderOf(user, "a");
        uint64 before = enigma.balanceOf(user);
        bytes32 taskId = post(o);
        vm.roll(o.expiry + 60);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotExpired.selector, taskId, o.expiry + 60));
        enigma.expire(realm, taskId);
        vm.roll(o.expiry + 61);
        vm.prank(address(0xabc));
        enigma.expire(realm, taskId);
        same(before - ENG / 100, enigma.balanceOf(user), "refund, less the post fee");
        Batch memory b = batchOf(realm, 1);
        b.outcomes = outcomeOf(taskId, Outcomes.EXECUTED, 10);
        commitBatch(b);
        same(0, enigma.balanceOf(address(0xfee)), "paid");
    }
}

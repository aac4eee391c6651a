// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./Network.sol";

/// @dev Opening, drawing, announcing, renewing (rules K1 to K3, C2 to C4).
contract RealmTest is Network {
    function test_a_realm_id_commits_to_chain_contract_owner_and_salt() public {
        bytes32 expected = keccak256(
            abi.encode(keccak256("enigma/v1/REALM"), block.chainid, address(enigma), other, bytes32("x"))
        );
        same(expected, enigma.realmIdOf(other, "x"), "view");
        same(expected, openRealm(other, "x"), "opened");
        same(other, enigma.getRealm(expected).owner, "owner");
        same(keccak256(abi.encode(keccak256("enigma/v1/GENESIS"), expected)), enigma.getRealm(expected).stateHash, "genesis");
    }

    function test_a_realm_opens_once_and_pays_for_it() public {
        uint64 before = enigma.balanceOf(other);
        uint64 pool = enigma.network().pool;
        openRealm(other, "x");
        same(before - ENG, enigma.balanceOf(other), "payer");
        same(pool + ENG, enigma.network().pool, "pool");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.RealmExists.selector, enigma.realmIdOf(other, "x")));
        vm.prank(other);
        enigma.open("x", 0);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.InsufficientBalance.selector, 0, ENG));
        enigma.open("y", 0);
    }

    function test_open_and_assign_are_one_transaction() public {
        bytes32 id = enigma.realmIdOf(other, "x");
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IEnigma.open, ("x", 1));
        calls[1] = abi.encodeCall(IEnigma.assign, (id));
        vm.prank(other);
        bytes[] memory results = enigma.multicall(calls);
        same(id, abi.decode(results[0], (bytes32)), "result");
        RealmView memory r = enigma.getRealm(id);
        isTrue(r.pending && r.ranks[0] != 0 && r.options == 1, "assigned");
    }

    function test_a_multicall_reaches_the_module_and_keeps_the_sender() public {
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IEnigma.allocate, (realm, 5));
        calls[1] = abi.encodeCall(IEnigma.revokeSessions, (realm));
        vm.prank(other);
        enigma.multicall(calls);
        same(5, enigma.getAllocation(realm, other).allocated, "allocated");
        same(1, enigma.getAllocation(realm, other).sessionEpoch, "session epoch");
    }

    function test_a_key_is_pending_until_the_drawn_enclave_announces_it() public {
        bytes32 id = openRealm(other, "x");
        TaskOrder memory o = orderOf(other, "t");
        o.realm = id;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.KeyPending.selector, id));
        vm.prank(other);
        enigma.post(o);
        enigma.assign(id);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.AlreadyAssigned.selector, id));
        enigma.assign(id);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.KeyPending.selector, id));
        vm.prank(other);
        enigma.post(o);
        announce(id);
        RealmView memory r = enigma.getRealm(id);
        same(keccak256(abi.encodePacked(uint16(0x647a), inputKeyOf(id, 1))), r.inputKeyHash, "key hash");
        same(1, r.tenure, "tenure");
        same(1, r.generation, "generation");
        same(r.ranks[0], r.worker, "worker");
        vm.prank(other);
        enigma.post(o);
        o.realm = keccak256("nowhere");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.UnknownRealm.selector, o.realm));
        vm.prank(other);
        enigma.post(o);
    }

    function test_an_announcement_needs_quorum_signature_tenure_lease_and_turn() public {
        bytes32 id = openRealm(other, "x");
        enigma.assign(id);
        RealmView memory r = enigma.getRealm(id);
        uint64 lease = 77;
        bytes memory key = inputKeyOf(id, 1);
        bytes[] memory grants = quorum(grantHash(id, 1, lease, vm.addr(workerKey(r.ranks[0]))));
        bytes memory signature = sign(
            workerKey(r.ranks[0]),
            keccak256(
                abi.encode(
                    keccak256("Announcement(bytes32 realm,uint64 tenure,uint16 suite,bytes32 inputKeyHash)"),
                    id,
                    uint64(1),
                    uint16(0x647a),
                    keccak256(abi.encodePacked(uint16(0x647a), key))
                )
            )
        );
        bytes[] memory one_ = new bytes[](1);
        one_[0] = grants[0];
        vm.expectRevert(abi.encodeWithSelector(IEnigma.QuorumMissing.selector, 2, 1));
        enigma.announce(id, 1, 0x647a, key, lease, r.ranks[0], one_, signature);
        bytes[] memory twice = new bytes[](2);
        (twice[0], twice[1]) = (grants[0], grants[0]);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.QuorumMissing.selector, 2, 1));
        enigma.announce(id, 1, 0x647a, key, lease, r.ranks[0], twice, signature);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.QuorumMissing.selector, 2, 0));
        enigma.announce(id, 1, 0x647a, key, lease + 1, r.ranks[0], grants, signature);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.WrongTenure.selector, 1, 2));
        enigma.announce(id, 2, 0x647a, key, lease, r.ranks[0], grants, signature);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.LeaseFenced.selector, 0, 0));
        enigma.announce(id, 1, 0x647a, key, 0, r.ranks[0], grants, signature);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.BadArgument.selector, bytes32("inputKey")));
        enigma.announce(id, 1, 0x0020, key, lease, r.ranks[0], grants, signature);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotInTurn.selector, r.ranks[1], block.number + 11));
        enigma.announce(id, 1, 0x647a, key, lease, r.ranks[1], grants, signature);
        bytes memory wrong = sign(0xbad, keccak256("x"));
        vm.expectPartialRevert(IEnigma.WrongSigner.selector);
        enigma.announce(id, 1, 0x647a, key, lease, r.ranks[0], grants, wrong);
        enigma.announce(id, 1, 0x647a, key, lease, r.ranks[0], grants, signature);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NothingPending.selector, id));
        enigma.announce(id, 1, 0x647a, key, lease, r.ranks[0], grants, signature);
    }

    function test_a_lower_rank_announces_when_the_higher_do_not() public {
        bytes32 id = openRealm(other, "x");
        enigma.assign(id);
        uint32 second = enigma.getRealm(id).ranks[1];
        mine(11);
        announceBy(id, second, 5);
        same(second, enigma.getRealm(id).worker, "worker");
    }

    function test_a_logged_out_rank_is_skipped_without_waiting() public {
        bytes32 id = openRealm(other, "x");
        enigma.assign(id);
        RealmView memory r = enigma.getRealm(id);
        vm.prank(operatorOf(r.ranks[0]));
        enigma.logOut(r.ranks[0]);
        announceBy(id, r.ranks[1], 5);
        same(r.ranks[1], enigma.getRealm(id).worker, "worker");
    }

    function test_a_draw_nobody_announces_is_drawn_again() public {
        bytes32 id = openRealm(other, "x");
        enigma.assign(id);
        mine(40);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.AlreadyAssigned.selector, id));
        enigma.assign(id);
        mine(1);
        enigma.assign(id);
        same(block.number, enigma.getRealm(id).drawnAt, "drawn at");
    }

    function test_a_tenure_is_renewed_by_the_owner_early_and_by_anyone_at_its_end() public {
        RealmView memory r = enigma.getRealm(realm);
        uint64 begun = uint64(block.number);
        same(begun + 300, r.tenureEnd, "end");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.TenureRunning.selector, realm, begun + 60));
        vm.prank(user);
        enigma.renew(realm);
        vm.roll(begun + 60);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.TenureRunning.selector, realm, begun + 300));
        vm.prank(other);
        enigma.renew(realm);
        vm.prank(user);
        enigma.renew(realm);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.TenureRunning.selector, realm, begun + 101));
        vm.prank(user);
        enigma.renew(realm);
    }

    function test_the_old_tenure_goes_on_until_the_next_key_is_announced() public {
        RealmView memory before = enigma.getRealm(realm);
        mine(300);
        vm.prank(other);
        enigma.renew(realm);
        same(1, enigma.getRealm(realm).tenure, "still the first");
        commitBatch(batchOf(realm, 1));
        announce(realm);
        RealmView memory r = enigma.getRealm(realm);
        same(2, r.tenure, "the second");
        same(before.inputKeyHash, r.previousInputKeyHash, "previous key");
        isTrue(r.inputKeyHash != before.inputKeyHash, "new key");
        mine(300);
        vm.prank(other);
        enigma.renew(realm);
        announce(realm);
        same(r.inputKeyHash, enigma.getRealm(realm).previousInputKeyHash, "only two keys are kept");
        commitBatch(batchOf(realm, 1));
        same(2, enigma.getRealm(realm).sequence, "sequence goes on");
    }

    /// @dev Key managers order heads by lease, then sequence. A head they acknowledged under the lease of the last commit, beyond what
    /// is committed, must stay above the committed one whatever is announced, or the next holder would load the older.
    function test_attack_an_announcement_does_not_lift_the_committed_head_above_an_anchored_one() public {
        uint64 lease = announcedLease[realm];
        commitBatch(batchOf(realm, 5));
        same(lease, enigma.getRealm(realm).lease, "lease of the commit");
        mine(300);
        vm.prank(other);
        enigma.renew(realm);
        announce(realm);
        isTrue(announcedLease[realm] > lease, "a higher lease was announced");
        RealmView memory r = enigma.getRealm(realm);
        same(2, r.tenure, "tenure");
        same(5, r.sequence, "sequence");
        same(lease, r.lease, "lease of the last commit");
        commitBatch(batchOf(realm, 1));
        same(announcedLease[realm], enigma.getRealm(realm).lease, "lease of the next commit");
    }

    function test_a_realm_that_has_not_committed_names_no_lease() public view {
        same(0, enigma.getRealm(realm).lease, "lease");
    }

    function test_an_announcement_under_a_lease_below_that_of_the_last_commit_is_fenced() public {
        Batch memory b = batchOf(realm, 1);
        b.lease += 7;
        commitBatch(b);
        mine(300);
        vm.prank(other);
        enigma.renew(realm);
        RealmView memory r = enigma.getRealm(realm);
        bytes[] memory none;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.LeaseFenced.selector, b.lease, b.lease - 1));
        enigma.announce(realm, 2, 0x647a, inputKeyOf(realm, 2), b.lease - 1, r.ranks[0], none, "");
        announceBy(realm, r.ranks[0], b.lease);
        same(2, enigma.getRealm(realm).tenure, "the lease of the last commit may announce");
    }

    // -------------------------------------------------------------------------------------------------------------- draws

    function test_ranks_are_the_distinct_workers_in_the_order_of_the_draws(bytes32 salt) public {
        bytes32 id = openRealm(other, salt);
        enigma.assign(id);
        uint32[] memory seats = new uint32[](8);
        for (uint32 i; i < 8; ++i) seats[i] = i / 2 + 1;
        uint32[3] memory expected = expectedRanks(enigma.getEpoch(1).seed, id, 1, seats);
        uint32[3] memory actual = enigma.getRealm(id).ranks;
        for (uint256 i; i < 3; ++i) same(expected[i], actual[i], "rank");
    }

    function test_seeds_keep_their_first_24_bytes() public view {
        bytes32 seed = keccak256(abi.encode("seed", uint64(1)));
        same(bytes32(bytes24(seed)), enigma.getEpoch(1).seed, "seed");
        same(8, enigma.getEpoch(1).seats, "seats");
    }

    /// @dev The weights of epoch e are those at the start of e - 1, whatever happened since.
    function test_weights_are_those_of_the_start_of_the_epoch_before(uint8[8] memory moves) public {
        uint32[][6] memory atStart;
        atStart[1] = seatsNow();
        for (uint64 epoch = 2; epoch < 6; ++epoch) {
            move(moves[epoch]);
            seedEpoch();
            atStart[epoch] = seatsNow();
            move(moves[epoch + 2]);
            bytes32 id = openRealm(other, bytes32(uint256(epoch)));
            uint32[3] memory expected = expectedRanks(enigma.getEpoch(epoch).seed, id, 1, atStart[epoch - 1]);
            uint32[3] memory actual = enigma.previewDraw(id, 1);
            for (uint256 i; i < 3; ++i) same(expected[i], actual[i], "rank");
        }
    }

    function move(uint8 how) private {
        uint32 worker = uint32(how % 4 + 1);
        if (how & 0x80 == 0) {
            if (enigma.getWorker(worker).seats > 14) return;
            fund(operatorOf(worker), 2_000 * ENG);
            vm.prank(operatorOf(worker));
            enigma.takeSeats(worker, 2);
        } else {
            uint32[] memory all = seatsNow();
            uint32[] memory indices = new uint32[](1);
            for (uint32 i; i < all.length; ++i) {
                if (all[i] != worker) continue;
                indices[0] = i;
                vm.prank(operatorOf(worker));
                enigma.dropSeats(worker, indices);
                return;
            }
        }
    }

    function seatsNow() private view returns (uint32[] memory all) {
        all = new uint32[](enigma.network().seatCount);
        for (uint32 i; i < all.length; ++i) all[i] = enigma.getSeat(i).current;
    }

    function test_only_admitted_workers_that_are_logged_in_are_drawn() public {
        for (uint32 id = 2; id <= 4; ++id) {
            if (id == 2) {
                vm.prank(governor);
                enigma.evict(id);
            } else {
                vm.prank(operatorOf(id));
                enigma.logOut(id);
            }
        }
        bytes32 realm_ = openRealm(other, "x");
        uint32[3] memory ranks = enigma.previewDraw(realm_, 1);
        isTrue(ranks[0] <= 1 && ranks[1] == 0, "only the first worker");
        vm.prank(operatorOf(1));
        enigma.logOut(1);
        vm.expectRevert(IEnigma.NoWorkers.selector);
        enigma.assign(realm_);
        vm.prank(operatorOf(3));
        enigma.logIn(3);
        ranks = enigma.previewDraw(realm_, 1);
        isTrue(ranks[0] == 3 || ranks[0] == 0, "only the third worker");
    }

    function test_expired_and_outdated_workers_are_not_drawn() public {
        vm.prank(governor);
        enigma.setTcbMinimum(0, 6);
        bytes32 realm_ = openRealm(other, "x");
        vm.expectRevert(IEnigma.NoWorkers.selector);
        enigma.assign(realm_);
        vm.prank(governor);
        enigma.setTcbMinimum(0, 5);
        uint256 before = block.timestamp;
        vm.warp(before + 30 days + 1);
        vm.expectRevert(IEnigma.NoWorkers.selector);
        enigma.assign(realm_);
        // While no seed arrives, admissions stretch.
        vm.roll(block.number + 201);
        enigma.assign(realm_);
    }

    function test_a_realm_waits_for_the_first_seed() public {
        keyManagerKeys = new uint256[](0);
        workerCount = 0;
        deployNetwork();
        listKeyManagers(3, 2);
        fund(user, 100 * ENG);
        bytes32 id = openRealm(user, "x");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotAssigned.selector, id, block.number + 100));
        enigma.assign(id);
        seedEpoch();
        vm.expectRevert(IEnigma.NoWorkers.selector);
        enigma.assign(id);
    }

    // -------------------------------------------------------------------------------------------------------------- seeds

    function test_a_seed_needs_its_epoch_its_time_and_a_quorum() public {
        bytes32 seed = keccak256("next");
        bytes[] memory signatures = quorum(seedHash(2, seed));
        uint64 start = enigma.network().epochStart;
        vm.roll(start + 99);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.EpochRunning.selector, start + 100));
        enigma.postSeed(2, seed, signatures);
        vm.roll(start + 100);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.WrongEpoch.selector, 2, 3));
        enigma.postSeed(3, seed, signatures);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.QuorumMissing.selector, 2, 0));
        enigma.postSeed(2, keccak256("another"), signatures);
        bytes[] memory reversed = new bytes[](2);
        (reversed[0], reversed[1]) = (signatures[1], signatures[0]);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.QuorumMissing.selector, 2, 1));
        enigma.postSeed(2, seed, reversed);
        uint64 pool = enigma.network().pool;
        vm.prank(address(0xabc));
        enigma.postSeed(2, seed, signatures);
        same(ENG / 50, enigma.balanceOf(address(0xabc)), "reward");
        same(pool - ENG / 50, enigma.network().pool, "pool");
        same(2, enigma.network().epoch, "epoch");
    }

    function test_the_pool_goes_to_key_managers_in_equal_parts() public {
        uint64 pool = enigma.network().pool;
        for (uint256 i; i < 3; ++i) {
            address member = vm.addr(keyManagerKeys[i]);
            address operator = enigma.getKeyManager(member).operator;
            enigma.claimPool(member);
            enigma.claimPool(member);
            same(pool / 3, enigma.balanceOf(operator), "share");
        }
        same(pool % 3, enigma.network().pool, "remainder");
    }

    // ------------------------------------------------------------------------------------------------------------ renewals

    function renewal(uint8 options) private returns (bytes32 id) {
        vm.prank(user);
        id = enigma.open("renewed", options);
        assignAndAnnounce(id);
        mine(300);
    }

    function test_the_sender_pays_a_renewal() public {
        bytes32 id = renewal(0);
        uint64 before = enigma.balanceOf(other);
        uint64 owners = enigma.balanceOf(user);
        vm.prank(other);
        enigma.renew(id);
        same(before - ENG / 2, enigma.balanceOf(other), "sender");
        same(owners, enigma.balanceOf(user), "owner");
    }

    function test_the_owner_pays_renewals_of_others_where_the_realm_was_opened_so() public {
        bytes32 id = renewal(2);
        uint64 owners = enigma.balanceOf(user);
        enigma.renew(id);
        same(owners - ENG / 2, enigma.balanceOf(user), "owner");
        isTrue(enigma.getRealm(id).pending, "drawn");
    }

    function test_an_owner_without_the_fee_leaves_it_to_the_sender() public {
        bytes32 id = renewal(2);
        uint64 owners = enigma.balanceOf(user);
        vm.prank(user);
        enigma.withdraw(user, owners - 1);
        uint64 before = enigma.balanceOf(other);
        vm.prank(other);
        enigma.renew(id);
        same(before - ENG / 2, enigma.balanceOf(other), "sender");
        same(1, enigma.balanceOf(user), "owner");
    }

    function test_options_that_do_not_exist_are_refused() public {
        vm.expectRevert(abi.encodeWithSelector(IEnigma.BadArgument.selector, bytes32("options")));
        enigma.open("x", 4);
    }

    // ------------------------------------------------------------------------------------------------------------ snapshots

    function snapshot(bytes32 id, uint64 header) private {
        Batch memory b = batchOf(id, 1);
        b.kind = BatchKinds.SNAPSHOT;
        b.headerNumber = header;
        b.headerHash = headerHash(header);
        commitBatch(b);
    }

    function test_a_snapshot_made_in_the_tenure_is_remembered_until_the_next_begins() public {
        isTrue(!enigma.getRealm(realm).rekeyed, "not yet");
        uint64 began = uint64(block.number);
        mine(5);
        Batch memory tasks = batchOf(realm, 1);
        commitBatch(tasks);
        isTrue(!enigma.getRealm(realm).rekeyed, "tasks are none");
        mine(1);
        snapshot(realm, began + 5);
        isTrue(enigma.getRealm(realm).rekeyed, "remembered");
        mine(300);
        vm.prank(user);
        enigma.renew(realm);
        isTrue(enigma.getRealm(realm).rekeyed, "the tenure goes on while the next is drawn");
        announce(realm);
        isTrue(!enigma.getRealm(realm).rekeyed, "a new tenure");
    }

    function test_an_adopted_snapshot_of_the_tenure_before_does_not_count() public {
        mine(300);
        vm.prank(user);
        enigma.renew(realm);
        mine(2);
        announce(realm);
        uint64 began = uint64(block.number);
        mine(2);
        snapshot(realm, began - 1);
        isTrue(!enigma.getRealm(realm).rekeyed, "sealed in the tenure before");
        mine(1);
        snapshot(realm, began);
        isTrue(enigma.getRealm(realm).rekeyed, "sealed in this one");
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./Network.sol";

/// @dev Who may change what, and how soon (rules K5, C16, T3).
contract GovernanceTest is Network {
    function parametersOf() internal pure override returns (Parameters memory p) {
        p = super.parametersOf();
        p.governanceDelay = 7 days;
    }

    function setUp() public override {
        vm.roll(10_000);
        vm.warp(1_800_000_000);
        vm.etch(HISTORY, HISTORY_CODE);
        deployNetwork();
        listKeyManagers(3, 2);
    }

    function test_an_addition_waits_and_a_removal_is_immediate() public {
        bytes memory call = abi.encodeCall(IEnigma.addMeasurement, (bytes32("new"), Roles.WORKER, 0));
        vm.startPrank(governor);
        enigma.addMeasurement("new", Roles.WORKER, 0);
        (bool listed,,) = enigma.isMeasurementListed("new");
        isTrue(!listed, "scheduled only");
        uint64 readyAt = uint64(block.timestamp + 7 days);
        same(readyAt, enigma.scheduledAt(keccak256(call)), "ready at");
        vm.warp(readyAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotReady.selector, keccak256(call), readyAt));
        enigma.addMeasurement("new", Roles.WORKER, 0);
        vm.warp(readyAt);
        enigma.addMeasurement("new", Roles.WORKER, 0);
        (listed,,) = enigma.isMeasurementListed("new");
        isTrue(listed, "added");
        enigma.removeMeasurement("new");
        (listed,,) = enigma.isMeasurementListed("new");
        isTrue(!listed, "removed at once");
        // Adding again waits again.
        enigma.addMeasurement("new", Roles.WORKER, 0);
        (listed,,) = enigma.isMeasurementListed("new");
        isTrue(!listed, "scheduled again");
        enigma.cancelScheduled(keccak256(call));
        same(0, enigma.scheduledAt(keccak256(call)), "cancelled");
        vm.stopPrank();
    }

    function test_nobody_else_governs() public {
        address[] memory nobody;
        bytes[12] memory calls = [
            abi.encodeCall(IEnigma.setNetworkHash, (bytes32("x"))),
            abi.encodeCall(IEnigma.addMeasurement, (bytes32("x"), 1, 0)),
            abi.encodeCall(IEnigma.removeMeasurement, (WORKER_MEASUREMENT)),
            abi.encodeCall(IEnigma.setTcbMinimum, (0, 1)),
            abi.encodeCall(IEnigma.addRoot, (bytes32("x"))),
            abi.encodeCall(IEnigma.removeRoot, (bytes32("x"))),
            abi.encodeCall(IEnigma.addCheckpoint, (1, bytes32("x"))),
            abi.encodeCall(IEnigma.addKeyManager, (other, other, KEY_MANAGER_MEASUREMENT, "")),
            abi.encodeCall(IEnigma.removeKeyManager, (vm.addr(keyManagerKeys[0]))),
            abi.encodeCall(IEnigma.publishGeneration, (1, 1, 1, nobody, bytes32("x"))),
            abi.encodeCall(IEnigma.cancelScheduled, (bytes32("x"))),
            abi.encodeCall(IEnigma.transferOwnership, (other))
        ];
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(other);
            (bool ok, bytes memory result) = address(enigma).call(calls[i]);
            isTrue(!ok, "refused");
            same(bytes32(bytes4(keccak256("OwnableUnauthorizedAccount(address)"))), bytes32(bytes4(result)), "by ownership");
        }
    }

    function test_ownership_changes_in_two_steps_after_the_delay() public {
        vm.prank(governor);
        enigma.transferOwnership(other);
        same(address(0), enigma.pendingOwner(), "scheduled only");
        vm.warp(block.timestamp + 7 days);
        vm.prank(governor);
        enigma.transferOwnership(other);
        same(governor, enigma.owner(), "not yet");
        same(other, enigma.pendingOwner(), "pending");
        vm.expectRevert();
        enigma.acceptOwnership();
        vm.prank(other);
        enigma.acceptOwnership();
        same(other, enigma.owner(), "new owner");
    }

    function test_governance_is_not_given_up() public {
        vm.prank(governor);
        (bool ok,) = address(enigma).call(abi.encodeWithSignature("renounceOwnership()"));
        isTrue(!ok, "refused");
    }

    function test_the_network_hash_is_set_once() public {
        vm.startPrank(governor);
        enigma.setNetworkHash("network");
        same("network", enigma.networkHash(), "hash");
        vm.expectRevert(IEnigma.NetworkHashSet.selector);
        enigma.setNetworkHash("another");
        vm.stopPrank();
    }

    function test_raising_a_tcb_minimum_is_immediate_and_lowering_waits() public {
        vm.startPrank(governor);
        enigma.setTcbMinimum(2, 9);
        enigma.setTcbMinimum(7, 4);
        same(9, enigma.tcbMinimum(2), "raised");
        enigma.setTcbMinimum(2, 8);
        same(9, enigma.tcbMinimum(2), "scheduled only");
        vm.warp(block.timestamp + 7 days);
        enigma.setTcbMinimum(2, 8);
        same(8, enigma.tcbMinimum(2), "lowered");
        same(4, enigma.tcbMinimum(7), "others stay");
        vm.stopPrank();
    }

    function test_roots_and_checkpoints_are_listed() public {
        vm.startPrank(governor);
        govern(abi.encodeCall(IEnigma.addRoot, (bytes32("root"))));
        govern(abi.encodeCall(IEnigma.addCheckpoint, (64, bytes32("block root"))));
        isTrue(enigma.isRootListed("root"), "root");
        same("block root", enigma.checkpoint(64), "checkpoint");
        enigma.removeRoot("root");
        isTrue(!enigma.isRootListed("root"), "removed");
        vm.stopPrank();
    }

    function members(uint256 n) private view returns (address[] memory list) {
        list = new address[](n);
        for (uint256 i; i < n; ++i) list[i] = vm.addr(keyManagerKeys[i]);
    }

    function test_a_generation_names_its_members_and_a_safe_quorum() public {
        Generation memory g = enigma.getGeneration(1);
        same(3, g.members, "members");
        same(2, g.quorum, "quorum");
        same(keccak256(abi.encode(keccak256("enigma/v1/ROSTER"), members(3))), g.rosterHash, "roster");
        same(keccak256("check"), g.checkHash, "check hash");
        vm.startPrank(governor);
        // 2 of 4 and 1 of 2 could decide two ways.
        bytes memory call = abi.encodeCall(IEnigma.publishGeneration, (1, 1, 1, members(2), bytes32("x")));
        refusedAfterDelay(call, "quorum");
        call = abi.encodeCall(IEnigma.publishGeneration, (1, 3, 2, members(3), bytes32("x")));
        refusedAfterDelay(call, "threshold");
        address[] memory twice = members(2);
        twice[1] = twice[0];
        call = abi.encodeCall(IEnigma.publishGeneration, (1, 1, 2, twice, bytes32("x")));
        refusedAfterDelay(call, "members");
        vm.stopPrank();
    }

    function refusedAfterDelay(bytes memory call, bytes32 what) private {
        (bool ok,) = address(enigma).call(call);
        isTrue(ok, "scheduled");
        vm.warp(block.timestamp + 7 days);
        bytes memory result;
        (ok, result) = address(enigma).call(call);
        isTrue(!ok, "refused");
        same(keccak256(abi.encodeWithSelector(IEnigma.BadArgument.selector, what)), keccak256(result), "reason");
    }

    function test_only_members_of_the_current_generation_count() public {
        vm.startPrank(governor);
        govern(abi.encodeCall(IEnigma.publishGeneration, (1, 1, 2, members(2), bytes32("second"))));
        vm.stopPrank();
        bytes32 seed = keccak256("s");
        bytes[] memory signatures = new bytes[](2);
        signatures[0] = sign(keyManagerKeys[0], seedHash(1, seed));
        signatures[1] = sign(keyManagerKeys[2], seedHash(1, seed));
        vm.expectRevert(abi.encodeWithSelector(IEnigma.QuorumMissing.selector, 2, 1));
        enigma.postSeed(1, seed, signatures);
        enigma.postSeed(1, seed, quorum(seedHash(1, seed)));
    }

    function test_a_removed_key_manager_counts_no_more_and_keeps_its_share() public {
        fund(other, 100 * ENG);
        openRealm(other, "x");
        address removed = vm.addr(keyManagerKeys[0]);
        address operator = enigma.getKeyManager(removed).operator;
        vm.prank(governor);
        enigma.removeKeyManager(removed);
        same(ENG / 3, enigma.balanceOf(operator), "share");
        bytes32 seed = keccak256("s");
        bytes[] memory signatures = quorum(seedHash(1, seed));
        vm.expectRevert(abi.encodeWithSelector(IEnigma.QuorumMissing.selector, 2, 0));
        enigma.postSeed(1, seed, signatures);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.KeyManagerListing.selector, removed));
        enigma.claimPool(removed);
    }

    function test_a_newcomer_has_no_share_in_what_was_earned_before() public {
        fund(other, 100 * ENG);
        openRealm(other, "x");
        vm.startPrank(governor);
        govern(abi.encodeCall(IEnigma.addKeyManager, (address(0x999), address(0x998), KEY_MANAGER_MEASUREMENT, "e")));
        vm.stopPrank();
        enigma.claimPool(address(0x999));
        same(0, enigma.balanceOf(address(0x998)), "nothing");
        enigma.claimPool(vm.addr(keyManagerKeys[0]));
        same(ENG / 3, enigma.balanceOf(enigma.getKeyManager(vm.addr(keyManagerKeys[0])).operator), "a third");
    }

    function incarnationSignature(uint256 key, uint32 number, bytes32 nonce) private view returns (bytes memory) {
        return sign(key, keccak256(abi.encode(keccak256("Incarnation(uint32 number,bytes32 nonce)"), number, nonce)));
    }

    function test_the_latest_nonce_of_a_key_manager_shows_when_it_was_put_on_chain() public {
        uint256 key = keyManagerKeys[0];
        bytes32 nonce = keccak256("second life");
        vm.expectEmit(address(enigma));
        emit IEnigma.NonceRecorded(vm.addr(key), 1, nonce);
        vm.prank(other);
        enigma.recordNonce(1, nonce, incarnationSignature(key, 1, nonce));
        (uint32 number, bytes20 kept, uint64 recordedAt) = enigma.getIncarnation(vm.addr(key));
        same(1, number, "number");
        same(bytes32(bytes20(nonce)), bytes32(kept), "nonce");
        same(block.number, recordedAt, "block");
        vm.roll(block.number + 5);
        enigma.recordNonce(2, "third life", incarnationSignature(key, 2, "third life"));
        (number,, recordedAt) = enigma.getIncarnation(vm.addr(key));
        same(2, number, "second number");
        same(block.number, recordedAt, "second block");
        (number,,) = enigma.getIncarnation(vm.addr(keyManagerKeys[1]));
        same(0, number, "others");
    }

    function test_the_nonce_of_an_earlier_life_cannot_follow_that_of_a_later_one() public {
        uint256 key = keyManagerKeys[0];
        bytes memory earlier = incarnationSignature(key, 1, "earlier");
        enigma.recordNonce(1, "later", incarnationSignature(key, 1, "later"));
        vm.expectRevert(abi.encodeWithSelector(IEnigma.BadArgument.selector, bytes32("number")));
        enigma.recordNonce(1, "earlier", earlier);
        bytes memory skipping = incarnationSignature(key, 3, "earlier");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.BadArgument.selector, bytes32("number")));
        enigma.recordNonce(3, "earlier", skipping);
    }

    function test_only_listed_key_managers_have_nonces() public {
        bytes memory signature = incarnationSignature(0x777, 1, "n");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.KeyManagerListing.selector, vm.addr(0x777)));
        enigma.recordNonce(1, "n", signature);
    }

    function test_a_key_manager_that_was_taken_off_the_list_keeps_its_latest_nonce() public {
        uint256 key = keyManagerKeys[0];
        enigma.recordNonce(1, "n", incarnationSignature(key, 1, "n"));
        vm.prank(governor);
        enigma.removeKeyManager(vm.addr(key));
        (uint32 number,,) = enigma.getIncarnation(vm.addr(key));
        same(1, number, "number");
    }

    // ---------------------------------------------------------------------------------------------------------- deployment

    function deployWith(Parameters memory p, Parameters memory theirs) private returns (address) {
        address module = deploy(abi.encodePacked(creationCode("EnigmaRegistry"), abi.encode(theirs, token)));
        return deploy(abi.encodePacked(creationCode("Enigma"), abi.encode(p, token, module, governor)));
    }

    function deployChecked(Parameters memory p, Parameters memory theirs) external returns (address) {
        return deployWith(p, theirs);
    }

    function test_parameters_that_contradict_a_rule_are_refused() public {
        Parameters memory good = super.parametersOf();
        deployWith(good, good);
        bytes32[10] memory names = [
            bytes32("mode"), "epochBlocks", "failoverBlocks", "maxOrderBlocks", "tenureEpochs", "maxBatchAge", "leaveDelay",
            "unbondingBlocks", "seatUnit", "governanceDelay"
        ];
        for (uint256 i; i < names.length; ++i) {
            Parameters memory p = super.parametersOf();
            if (i == 0) p.mode = 2;
            if (i == 1) p.epochBlocks = 0;
            if (i == 2) p.failoverBlocks = 0;
            if (i == 3) p.maxOrderBlocks = 40_000;
            if (i == 4) (p.tenureEpochs, p.epochBlocks) = (1, 59);
            if (i == 5) p.maxBatchAge = 8_001;
            if (i == 6) p.leaveDelay = 119;
            if (i == 7) p.unbondingBlocks = 130;
            if (i == 8) p.seatUnit = 0;
            if (i == 9) (p.mode, p.governanceDelay) = (1, 6 days);
            vm.expectRevert(abi.encodeWithSelector(IEnigma.BadParameters.selector, names[i]));
            this.deployChecked(p, p);
        }
    }

    function test_hardware_networks_need_backups() public {
        Parameters memory p = super.parametersOf();
        (p.mode, p.minBackups, p.governanceDelay, p.minUpgradeDelay) = (1, 0, 7 days, 100);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.BadParameters.selector, bytes32("minBackups")));
        this.deployChecked(p, p);
        p.minBackups = 1;
        deployWith(p, p);
    }

    function test_a_module_of_another_network_is_refused() public {
        Parameters memory p = super.parametersOf();
        Parameters memory theirs = super.parametersOf();
        theirs.postFee += 1;
        vm.expectRevert(IEnigma.ModuleMismatch.selector);
        this.deployChecked(p, theirs);
    }
}

/// @dev A hardware network is stricter.
contract HardwareGovernanceTest is Network {
    function parametersOf() internal pure override returns (Parameters memory p) {
        p = super.parametersOf();
        (p.mode, p.governanceDelay, p.minUpgradeDelay) = (1, 7 days, 100);
    }

    function setUp() public override {
        vm.roll(10_000);
        vm.warp(1_800_000_000);
        deployNetwork();
    }

    function test_hardware_needs_four_key_managers_and_a_quorum_of_three() public {
        listKeyManagers(4, 3);
        same(3, enigma.getGeneration(1).quorum, "quorum");
    }

    function listWith(uint256 n, uint16 needed) external {
        listKeyManagers(n, needed);
    }

    function test_hardware_refuses_three_key_managers() public {
        vm.expectRevert(abi.encodeWithSelector(IEnigma.BadArgument.selector, bytes32("quorum")));
        this.listWith(3, 2);
    }

    function test_hardware_refuses_simulated_enclaves() public {
        vm.startPrank(governor);
        enigma.addMeasurement("simulated", Roles.WORKER, 0);
        vm.warp(block.timestamp + 7 days);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.BadArgument.selector, bytes32("tee")));
        enigma.addMeasurement("simulated", Roles.WORKER, 0);
        vm.stopPrank();
    }
}

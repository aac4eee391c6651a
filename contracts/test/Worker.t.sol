// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./Network.sol";

/// @dev Admission, seats, stake, slashing (rules C1, C2, C13).
contract WorkerTest is Network {
    function register(Admission memory a, bytes memory evidence) private {
        bytes[] memory signatures = quorum(admissionHash(a));
        vm.prank(a.operator);
        enigma.register(a, signatures, evidence);
    }

    function test_a_registration_is_refused_with_the_reason() public {
        Admission memory a = admissionOf(9);
        bytes[] memory signatures = quorum(admissionHash(a));
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotAuthorized.selector, a.operator));
        enigma.register(a, signatures, "evidence");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.EvidenceMismatch.selector, keccak256("evidence"), keccak256("other")));
        vm.prank(a.operator);
        enigma.register(a, signatures, "other");
        a.tcbNumber = 6;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.QuorumMissing.selector, 2, 0));
        vm.prank(a.operator);
        enigma.register(a, signatures, "evidence");
        a.notAfter = uint64(block.timestamp + 30 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.WrongAdmissionPeriod.selector, a.notAfter));
        register(a, "evidence");
        a.notAfter = uint64(block.timestamp - 1);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.WrongAdmissionPeriod.selector, a.notAfter));
        register(a, "evidence");
        a = admissionOf(9);
        a.measurement = KEY_MANAGER_MEASUREMENT;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.UnknownMeasurement.selector, a.measurement));
        register(a, "evidence");
        a = admissionOf(9);
        a.tee = 1;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.UnknownMeasurement.selector, a.measurement));
        register(a, "evidence");
        a = admissionOf(9);
        a.role = Roles.KEY_MANAGER;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.BadArgument.selector, bytes32("role")));
        register(a, "evidence");
        vm.prank(governor);
        enigma.setTcbMinimum(0, 6);
        a = admissionOf(9);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.TcbTooLow.selector, 0, 6, 5));
        register(a, "evidence");
        vm.prank(governor);
        enigma.removeMeasurement(WORKER_MEASUREMENT);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.UnknownMeasurement.selector, WORKER_MEASUREMENT));
        register(a, "evidence");
    }

    function test_an_admission_is_renewed_under_the_same_number_and_never_shortened() public {
        vm.warp(block.timestamp + 10 days);
        same(1, registerWorker(1), "same number");
        same(block.timestamp + 30 days, enigma.getWorker(1).admittedUntil, "renewed");
        Admission memory a = admissionOf(1);
        a.notAfter -= 1;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.WrongAdmissionPeriod.selector, a.notAfter));
        register(a, "evidence");
        a.notAfter += 1;
        a.operator = other;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotAuthorized.selector, operatorOf(1)));
        register(a, "evidence");
    }

    function test_a_view_shows_the_worker() public view {
        WorkerView memory w = enigma.getWorker(2);
        same(vm.addr(workerKey(2)), w.enclave, "enclave");
        same(operatorOf(2), w.operator, "operator");
        same(WORKER_MEASUREMENT, w.measurement, "measurement");
        same(2, w.seats, "seats");
        same(5, w.tcbNumber, "tcb");
        same(2, enigma.workerOf(w.enclave), "number");
    }

    function test_only_the_unfit_are_evicted_by_anyone() public {
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotEvictable.selector, 1));
        enigma.evict(1);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.UnknownWorker.selector, 99));
        enigma.evict(99);
        vm.prank(governor);
        enigma.removeMeasurement(WORKER_MEASUREMENT);
        enigma.evict(1);
        isTrue(enigma.getWorker(1).evicted, "measurement removed");
        vm.prank(governor);
        enigma.setTcbMinimum(0, 6);
        enigma.evict(2);
        vm.warp(block.timestamp + 31 days);
        enigma.evict(3);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotEvictable.selector, 3));
        enigma.evict(3);
    }

    function test_an_evicted_worker_returns_with_a_new_admission_only() public {
        Admission memory old = admissionOf(1);
        vm.prank(governor);
        enigma.evict(1);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.WrongAdmissionPeriod.selector, old.notAfter));
        register(old, "evidence");
        vm.warp(block.timestamp + 1);
        registerWorker(1);
        isTrue(!enigma.getWorker(1).evicted, "back");
    }

    function test_only_the_operator_logs_in_and_out() public {
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotAuthorized.selector, operatorOf(1)));
        enigma.logOut(1);
        vm.prank(operatorOf(1));
        enigma.logOut(1);
        isTrue(enigma.getWorker(1).loggedOut, "out");
        vm.prank(operatorOf(1));
        enigma.logIn(1);
        isTrue(!enigma.getWorker(1).loggedOut, "in");
    }

    function test_seats_are_limited_and_paid() public {
        fund(operatorOf(1), 20_000 * ENG);
        vm.startPrank(operatorOf(1));
        vm.expectRevert(abi.encodeWithSelector(IEnigma.TooManySeats.selector, 17, 16));
        enigma.takeSeats(1, 15);
        enigma.takeSeats(1, 14);
        same(6_000 * ENG, enigma.balanceOf(operatorOf(1)), "paid");
        same(22, enigma.network().seatCount, "seats");
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotAuthorized.selector, operatorOf(1)));
        enigma.takeSeats(1, 1);
    }

    function indices(uint32 a, uint32 b) private pure returns (uint32[] memory list) {
        list = new uint32[](2);
        (list[0], list[1]) = (a, b);
    }

    function test_the_array_of_seats_stays_dense() public {
        // 1 1 2 2 3 3 4 4, dropping the first two: the last two move in.
        vm.prank(operatorOf(1));
        enigma.dropSeats(1, indices(1, 0));
        same(6, enigma.network().seatCount, "count");
        same(4, enigma.getSeat(0).current, "first");
        same(4, enigma.getSeat(1).current, "second");
        same(0, enigma.getSeat(6).current, "beyond");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotYourSeat.selector, 6, 0));
        vm.prank(operatorOf(1));
        enigma.dropSeats(1, indices(6, 7));
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotYourSeat.selector, 2, 2));
        vm.prank(operatorOf(1));
        enigma.dropSeats(1, indices(2, 3));
    }

    function test_stake_is_released_after_unbonding_less_the_fines() public {
        uint32 worker = missOnce();
        uint32 place;
        while (enigma.getSeat(place).current != worker) ++place;
        uint32[] memory list = new uint32[](1);
        list[0] = place;
        vm.prank(operatorOf(worker));
        enigma.dropSeats(worker, list);
        uint256 released = block.number + 200;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotReleased.selector, released));
        vm.prank(operatorOf(worker));
        enigma.releaseStake(worker);
        vm.roll(released);
        uint256 supply = token.totalSupply();
        vm.prank(operatorOf(worker));
        enigma.releaseStake(worker);
        same(990 * ENG, enigma.balanceOf(operatorOf(worker)), "released");
        same(supply - 10 * ENG, token.totalSupply(), "the fine is burnt");
        same(0, enigma.getWorker(worker).debt, "debt");
    }

    function missOnce() private returns (uint32 missed) {
        RealmView memory r = enigma.getRealm(realm);
        bytes32 taskId = post(orderOf(user, "a"));
        mine(11);
        Batch memory b = batchOf(realm, 1);
        b.outcomes = outcomeOf(taskId, 0, 1);
        Commitment memory c = commitmentOf(b, r.ranks[1]);
        c.acknowledgements = acknowledge(b, r.ranks[2]);
        c.overdue = taskId;
        enigma.commit(one(c));
        return r.ranks[0];
    }

    // ------------------------------------------------------------------------------------------------------------ slashing

    function headOf(bytes32 realm_, uint64 lease, uint64 end, bytes32 state) private pure returns (bytes32) {
        return keccak256(abi.encode(HEAD_TYPE, realm_, lease, end, state));
    }

    function test_two_heads_for_one_cut_burn_the_stake() public {
        bytes memory a = sign(workerKey(2), headOf(realm, 5, 9, "a"));
        bytes memory b = sign(workerKey(2), headOf(realm, 5, 9, "b"));
        uint256 supply = token.totalSupply();
        vm.prank(address(0xabc));
        enigma.slash(realm, 5, 9, "a", a, "b", b);
        same(supply - 2_000 * ENG, token.totalSupply(), "burnt");
        WorkerView memory w = enigma.getWorker(2);
        isTrue(w.evicted && w.seats == 0, "out");
        vm.expectRevert(IEnigma.NoEquivocation.selector);
        enigma.slash(realm, 5, 9, "a", a, "b", b);
        // Its places are cleared by anyone and pay nothing.
        enigma.dropSeats(2, indices(3, 2));
        same(0, enigma.getWorker(2).unbonding, "nothing to unbond");
        same(6, enigma.network().seatCount, "seats");
        Admission memory again = admissionOf(2);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotAuthorized.selector, address(0)));
        register(again, "evidence");
    }

    function test_unbonding_stake_is_slashed_too() public {
        vm.prank(operatorOf(2));
        enigma.dropSeats(2, indices(3, 2));
        bytes memory a = sign(workerKey(2), headOf(realm, 5, 9, "a"));
        bytes memory b = sign(workerKey(2), headOf(realm, 5, 9, "b"));
        enigma.slash(realm, 5, 9, "a", a, "b", b);
        vm.roll(block.number + 300);
        vm.expectRevert();
        vm.prank(operatorOf(2));
        enigma.releaseStake(2);
    }

    function test_different_cuts_of_one_history_are_no_equivocation() public {
        bytes memory a = sign(workerKey(2), headOf(realm, 5, 9, "a"));
        vm.expectRevert(IEnigma.NoEquivocation.selector);
        enigma.slash(realm, 5, 9, "a", a, "a", a);
        bytes memory laterCut = sign(workerKey(2), headOf(realm, 5, 10, "b"));
        vm.expectRevert(IEnigma.NoEquivocation.selector);
        enigma.slash(realm, 5, 9, "a", a, "b", laterCut);
        bytes memory otherLease = sign(workerKey(2), headOf(realm, 6, 9, "b"));
        vm.expectRevert(IEnigma.NoEquivocation.selector);
        enigma.slash(realm, 5, 9, "a", a, "b", otherLease);
        bytes memory otherWorker = sign(workerKey(3), headOf(realm, 5, 9, "b"));
        vm.expectRevert(IEnigma.NoEquivocation.selector);
        enigma.slash(realm, 5, 9, "a", a, "b", otherWorker);
        bytes memory strangerA = sign(0xbad, headOf(realm, 5, 9, "a"));
        bytes memory strangerB = sign(0xbad, headOf(realm, 5, 9, "b"));
        vm.expectRevert(IEnigma.NoEquivocation.selector);
        enigma.slash(realm, 5, 9, "a", strangerA, "b", strangerB);
        vm.expectRevert(IEnigma.NoEquivocation.selector);
        enigma.slash(realm, 5, 9, "a", "", "b", "");
    }

    // ----------------------------------------------------------------------------------------------------------- endpoints

    function test_operators_say_where_their_hosts_are_reached() public {
        address enclave = vm.addr(workerKey(1));
        vm.expectEmit(address(enigma));
        emit IEnigma.EndpointSet(enclave, "https://one.example", "one.example:4000");
        vm.prank(operatorOf(1));
        enigma.setEndpoint(enclave, "https://one.example", "one.example:4000");
        Endpoint memory found = enigma.getEndpoint(enclave);
        same(keccak256("https://one.example"), keccak256(bytes(found.url)), "url");
        same(keccak256("one.example:4000"), keccak256(bytes(found.peer)), "peer");
        address keyManager = vm.addr(keyManagerKeys[0]);
        vm.prank(enigma.getKeyManager(keyManager).operator);
        enigma.setEndpoint(keyManager, "", "keys.example:5000");
        same(keccak256("keys.example:5000"), keccak256(bytes(enigma.getEndpoint(keyManager).peer)), "key manager");
    }

    function test_nobody_else_says_where_a_host_is_reached() public {
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotAuthorized.selector, operatorOf(1)));
        enigma.setEndpoint(vm.addr(workerKey(1)), "https://evil.example", "");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotAuthorized.selector, address(0)));
        enigma.setEndpoint(address(0x777), "https://evil.example", "");
    }

    function test_endpoints_are_short() public {
        vm.prank(operatorOf(1));
        vm.expectRevert(abi.encodeWithSelector(IEnigma.BadArgument.selector, bytes32("endpoint")));
        enigma.setEndpoint(vm.addr(workerKey(1)), string(new bytes(256)), "");
    }
}

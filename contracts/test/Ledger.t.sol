// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./Network.sol";

/// @dev Deposits, allocations, leaving, posting (rules C6 and C7).
contract LedgerTest is Network {
    uint256 private constant HOLDER_KEY = 0xf00d;

    function test_eng_has_8_decimals_and_a_fixed_supply() public view {
        same(8, token.decimals(), "decimals");
        same(150_000_000 * 1e8, token.totalSupply(), "supply");
    }

    function test_a_deposit_takes_the_senders_tokens_only() public {
        token.transfer(other, 50);
        vm.prank(other);
        token.approve(address(enigma), 50);
        // A stranger cannot deposit what somebody else has approved.
        vm.expectRevert();
        vm.prank(address(0xbad));
        enigma.depositFor(address(0xbad), 50);
        uint64 before = enigma.balanceOf(other);
        vm.prank(other);
        enigma.deposit(50);
        same(before + 50, enigma.balanceOf(other), "balance");
    }

    function permitOf(uint64 amount) private view returns (address holder_, uint8 v, bytes32 r, bytes32 s) {
        holder_ = vm.addr(HOLDER_KEY);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                holder_,
                address(enigma),
                amount,
                token.nonces(holder_),
                block.timestamp
            )
        );
        (v, r, s) = vm.sign(HOLDER_KEY, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash)));
    }

    function test_a_permit_deposits_and_allocates_in_one_call() public {
        (address holder_, uint8 v, bytes32 r, bytes32 s) = permitOf(70);
        token.transfer(holder_, 70);
        vm.prank(holder_);
        enigma.allocateWithPermit(realm, 70, block.timestamp, v, r, s);
        same(70, enigma.getAllocation(realm, holder_).allocated, "allocated");
        same(0, token.balanceOf(holder_), "tokens");
    }

    function test_a_permit_that_somebody_used_first_is_tolerated() public {
        (address holder_, uint8 v, bytes32 r, bytes32 s) = permitOf(70);
        token.transfer(holder_, 70);
        token.permit(holder_, address(enigma), 70, block.timestamp, v, r, s);
        vm.prank(holder_);
        enigma.depositWithPermit(70, block.timestamp, v, r, s);
        same(70, enigma.balanceOf(holder_), "balance");
    }

    function test_an_allocation_leaves_after_its_delay_and_counts_as_spent_at_once() public {
        vm.prank(user);
        enigma.allocate(realm, 100);
        vm.prank(user);
        enigma.leave(realm, 40);
        AllocationView memory a = enigma.getAllocation(realm, user);
        same(40, a.left, "left");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.InsufficientBalance.selector, 60, 61));
        vm.prank(user);
        enigma.leave(realm, 61);
        uint256 released = block.number + 130;
        vm.roll(released - 1);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotReleased.selector, released));
        vm.prank(user);
        enigma.finishLeave(realm);
        vm.roll(released);
        uint64 before = enigma.balanceOf(user);
        vm.prank(user);
        enigma.finishLeave(realm);
        same(before + 40, enigma.balanceOf(user), "balance");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.BadArgument.selector, bytes32("leave")));
        vm.prank(user);
        enigma.finishLeave(realm);
        same(40, enigma.getAllocation(realm, user).left, "the totals only grow");
    }

    function test_a_second_leave_restarts_the_delay_for_both() public {
        vm.startPrank(user);
        enigma.allocate(realm, 100);
        enigma.leave(realm, 40);
        mine(129);
        enigma.leave(realm, 10);
        mine(1);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotReleased.selector, block.number + 129));
        enigma.finishLeave(realm);
        mine(129);
        uint64 before = enigma.balanceOf(user);
        enigma.finishLeave(realm);
        same(before + 50, enigma.balanceOf(user), "balance");
        vm.stopPrank();
    }

    function test_a_withdrawal_pays_the_balance_and_no_more() public {
        uint64 balance = enigma.balanceOf(user);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.InsufficientBalance.selector, balance, uint256(balance) + 1));
        vm.prank(user);
        enigma.withdraw(user, balance + 1);
        vm.prank(user);
        enigma.withdraw(address(0x77), balance);
        same(balance, token.balanceOf(address(0x77)), "tokens");
        same(0, enigma.balanceOf(user), "balance");
    }

    function test_session_keys_are_revoked_by_raising_the_epoch() public {
        vm.startPrank(user);
        enigma.revokeSessions(realm);
        enigma.revokeSessions(realm);
        vm.stopPrank();
        same(2, enigma.getAllocation(realm, user).sessionEpoch, "epoch");
    }

    // -------------------------------------------------------------------------------------------------------------- posts

    function test_the_task_id_is_the_eip712_digest_of_the_order() public {
        TaskOrder memory o = orderOf(user, "a");
        bytes32 expected = digest(
            keccak256(
                abi.encode(
                    keccak256(
                        "TaskOrder(address sender,bytes32 realm,address target,uint8 kind,bytes32 codeHash,bytes32 inputHash,uint64 gasLimit,uint64 gasPrice,uint64 expiry,bytes32 salt)"
                    ),
                    o
                )
            )
        );
        same(expected, enigma.taskIdOf(o), "view");
        same(expected, post(o), "posted");
        TaskView memory t = enigma.getTask(realm, expected);
        same(user, t.payer, "payer");
        same(o.expiry, t.expiry, "expiry");
        same(FEE, t.reserved, "reserved");
        isTrue(t.countsAsOverdue, "a call with its envelope counts as overdue");
    }

    function test_only_a_call_posted_with_its_envelope_counts_as_overdue() public {
        TaskOrder memory o = orderOf(user, "a");
        vm.prank(user);
        bytes32 taskId = enigma.post(o);
        isTrue(!enigma.getTask(realm, taskId).countsAsOverdue, "without envelope");
        o.kind = TaskKinds.DEPLOY;
        isTrue(!enigma.getTask(realm, post(o)).countsAsOverdue, "a deployment");
    }

    function test_the_fee_is_rounded_up_in_256_bits(uint64 gasLimit, uint64 gasPrice) public {
        TaskOrder memory o = orderOf(user, "a");
        o.gasLimit = uint64(bounded(gasLimit, 1, 100_000_000));
        o.gasPrice = uint64(bounded(gasPrice, 1, type(uint64).max));
        uint256 fee = (uint256(o.gasLimit) * o.gasPrice + 999) / 1_000;
        uint64 balance = enigma.balanceOf(user);
        vm.prank(user);
        if (fee > type(uint48).max) {
            vm.expectRevert(abi.encodeWithSelector(IEnigma.AmountTooLarge.selector, fee));
            enigma.post(o);
        } else if (fee + ENG / 100 > balance) {
            vm.expectRevert(abi.encodeWithSelector(IEnigma.InsufficientBalance.selector, balance, fee + ENG / 100));
            enigma.post(o);
        } else {
            same(fee, enigma.getTask(realm, enigma.post(o)).reserved, "reserved");
        }
    }

    function test_a_post_is_refused_with_the_reason() public {
        TaskOrder memory o = orderOf(user, "a");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotAuthorized.selector, user));
        enigma.post(o);
        vm.startPrank(user);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.InputMismatch.selector, o.inputHash, keccak256("other")));
        enigma.post(o, "other");
        bytes memory large = new bytes(65_537);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.InputTooLarge.selector, 65_537, 65_536));
        enigma.post(o, large);
        o.kind = TaskKinds.QUERY;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.WrongKind.selector, 3));
        enigma.post(o);
        o.kind = 5;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.WrongKind.selector, 5));
        enigma.post(o);
        o.kind = TaskKinds.CALL;
        o.gasLimit = 0;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.WrongGasLimit.selector, 0, 100_000_000));
        enigma.post(o);
        o.gasLimit = type(uint64).max;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.WrongGasLimit.selector, type(uint64).max, 100_000_000));
        enigma.post(o);
        o.gasLimit = 1;
        o.gasPrice = 0;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.GasPriceTooLow.selector, 0, 1));
        enigma.post(o);
        o.gasPrice = 1;
        o.expiry = uint64(block.number - 1);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.WrongExpiry.selector, o.expiry, block.number, block.number + 60));
        enigma.post(o);
        o.expiry = uint64(block.number + 61);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.WrongExpiry.selector, o.expiry, block.number, block.number + 60));
        enigma.post(o);
        o.expiry = uint64(block.number + 60);
        bytes32 taskId = enigma.post(o);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.TaskExists.selector, taskId));
        enigma.post(o);
        vm.stopPrank();
    }

    // ------------------------------------------------------------------------------------------------------------ upgrades

    function test_an_upgrade_waits_for_the_contracts_delay_and_can_be_taken_back() public {
        UpgradeTerms memory terms =
            UpgradeTerms({realm: realm, deployer: other, salt: "s", codeHash: keccak256("old"), dialect: 1, authority: user, delay: 20});
        TaskOrder memory o = orderOf(user, "u");
        o.kind = TaskKinds.UPGRADE;
        o.codeHash = keccak256("new");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotAuthorized.selector, user));
        enigma.postUpgrade(terms, o.codeHash);
        vm.startPrank(user);
        o.target = enigma.postUpgrade(terms, o.codeHash);
        same(
            address(uint160(uint256(keccak256(abi.encode(keccak256("enigma/v1/CONTRACT"), realm, other, bytes32("s"), keccak256("old"), uint8(1), user, uint64(20)))))),
            o.target,
            "target"
        );
        vm.expectRevert(abi.encodeWithSelector(IEnigma.UpgradeNotReady.selector, block.number + 20));
        enigma.post(o);
        vm.roll(block.number + 20);
        enigma.cancelUpgrade(realm, o.target, o.codeHash);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.UpgradeNotReady.selector, type(uint64).max));
        enigma.post(o);
        enigma.postUpgrade(terms, o.codeHash);
        vm.roll(block.number + 20);
        bytes32 taskId = enigma.post(o);
        same(user, enigma.getTask(realm, taskId).payer, "posted");
        // One announcement, one upgrade.
        o.salt = "v";
        vm.expectRevert(abi.encodeWithSelector(IEnigma.UpgradeNotReady.selector, type(uint64).max));
        enigma.post(o);
        vm.stopPrank();
    }

    function test_only_the_authority_posts_the_upgrade() public {
        UpgradeTerms memory terms =
            UpgradeTerms({realm: realm, deployer: other, salt: "s", codeHash: keccak256("old"), dialect: 1, authority: user, delay: 0});
        TaskOrder memory o = orderOf(other, "u");
        o.kind = TaskKinds.UPGRADE;
        o.codeHash = keccak256("new");
        vm.prank(user);
        o.target = enigma.postUpgrade(terms, o.codeHash);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotAuthorized.selector, user));
        vm.prank(other);
        enigma.post(o);
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotAuthorized.selector, user));
        vm.prank(other);
        enigma.cancelUpgrade(realm, o.target, o.codeHash);
    }
}

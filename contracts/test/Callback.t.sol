// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./Network.sol";

interface Forwarder {
    function forward(address target, uint256 gas_, address secretContract, bytes32 taskId, bytes calldata data)
        external
        returns (bool, bytes32);
}

contract Receiver {
    address public caller;
    address public secretContract;
    bytes32 public taskId;
    bytes public data;
    uint256 public calls;

    function onResult(address secretContract_, bytes32 taskId_, bytes calldata data_) external {
        (caller, secretContract, taskId, data) = (msg.sender, secretContract_, taskId_, data_);
        ++calls;
    }
}

contract Moody {
    bool public willing;
    uint256 public calls;

    function setWilling(bool willing_) external {
        willing = willing_;
    }

    function onResult(address, bytes32, bytes calldata) external {
        require(willing, "not in the mood");
        ++calls;
    }
}

contract GasEater {
    uint256 public received;

    function onResult(address, bytes32, bytes calldata) external {
        received = gasleft();
    }
}

contract ReturnsMuch {
    function onResult(address, bytes32, bytes calldata) external pure {
        assembly {
            revert(0, 1000000)
        }
    }
}

/// @dev Tries whatever it is told to while it is called back.
contract Reentrant {
    address private immutable enigma;
    bytes private call_;
    bytes public failure;
    bool public done;

    constructor(address enigma_) {
        enigma = enigma_;
    }

    function plan(bytes calldata call__) external {
        call_ = call__;
    }

    function act(bytes calldata call__) external {
        (bool ok, bytes memory result) = enigma.call(call__);
        if (!ok) {
            assembly {
                revert(add(result, 32), mload(result))
            }
        }
    }

    function onResult(address, bytes32, bytes calldata) external {
        (done, failure) = enigma.call(call_);
    }
}

/// @dev Callbacks (rule C12): the contract that holds stakes never calls a stranger.
contract CallbackTest is Network {
    Receiver private receiver;

    function setUp() public override {
        super.setUp();
        receiver = new Receiver();
        mine(5);
    }

    function callbackTo(address target, uint32 gas_, bytes memory data) private pure returns (CallbackCall memory) {
        return CallbackCall({taskId: keccak256("task"), secretContract: address(0x5ec), target: target, gas: gas_, data: data});
    }

    function batchWith(CallbackCall memory c) private returns (Batch memory b) {
        b = batchOf(realm, 1);
        b.callbacks = new CallbackCall[](1);
        b.callbacks[0] = c;
    }

    function failureLogged(bytes32 reason, bool retryable) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != IEnigma.CallbackFailed.selector) continue;
            (,, bytes32 actual, bool may) = abi.decode(logs[i].data, (address, bytes32, bytes32, bool));
            same(reason, actual, "reason");
            isTrue(may == retryable, "retryable");
            return;
        }
        isTrue(false, "a failure is logged");
    }

    function test_a_result_arrives_from_the_forwarder_with_contract_and_task() public {
        commitBatch(batchWith(callbackTo(address(receiver), 500_000, "hello")));
        same(enigma.forwarder(), receiver.caller(), "caller");
        same(address(0x5ec), receiver.secretContract(), "secret contract");
        same(keccak256("task"), receiver.taskId(), "task");
        same(keccak256("hello"), keccak256(receiver.data()), "data");
    }

    function test_the_promised_gas_arrives() public {
        GasEater eater = new GasEater();
        commitBatch(batchWith(callbackTo(address(eater), 300_000, "")));
        isTrue(eater.received() > 295_000 && eater.received() <= 300_000, "gas");
    }

    function test_too_little_gas_for_a_callback_reverts_the_commit() public {
        Commitment[] memory list = one(commitmentOf(batchWith(callbackTo(address(receiver), 900_000, "")), holder(realm)));
        vm.expectPartialRevert(IEnigma.TooLittleGas.selector);
        enigma.commit{gas: 800_000}(list);
        enigma.commit{gas: 1_500_000}(list);
        same(1, receiver.calls(), "called");
    }

    function test_a_failing_callback_does_not_fail_the_commit_and_is_retried_by_anyone() public {
        Moody moody = new Moody();
        CallbackCall memory c = callbackTo(address(moody), 200_000, "x");
        vm.recordLogs();
        commitBatch(batchWith(c));
        failureLogged(bytes32(bytes4(keccak256("Error(string)"))) | (bytes32(uint256(0x20)) >> 32), true);
        same(1, enigma.getRealm(realm).sequence, "committed");
        vm.expectPartialRevert(IEnigma.RetryFailed.selector);
        enigma.retryCallback(realm, c);
        moody.setWilling(true);
        vm.prank(address(0xabc));
        enigma.retryCallback(realm, c);
        same(1, moody.calls(), "called once");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NothingToRetry.selector, callbackHash(c)));
        enigma.retryCallback(realm, c);
    }

    function test_a_callback_that_succeeded_or_never_was_cannot_be_retried() public {
        CallbackCall memory c = callbackTo(address(receiver), 200_000, "x");
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NothingToRetry.selector, callbackHash(c)));
        enigma.retryCallback(realm, c);
        commitBatch(batchWith(c));
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NothingToRetry.selector, callbackHash(c)));
        enigma.retryCallback(realm, c);
    }

    function test_an_account_without_code_is_a_failure() public {
        vm.recordLogs();
        commitBatch(batchWith(callbackTo(address(0x1234), 200_000, "x")));
        failureLogged("no code at target", true);
    }

    function test_no_more_than_32_bytes_come_back() public {
        ReturnsMuch much = new ReturnsMuch();
        commitBatch(batchWith(callbackTo(address(much), 1_000_000, "x")));
        same(1, enigma.getRealm(realm).sequence, "committed");
    }

    /// @dev The contract of 2019 made the call itself, so a callback to the token could move every deposit out.
    function test_the_token_the_contract_and_the_forwarder_are_never_called() public {
        bytes memory drain = abi.encodeCall(Token.transfer, (address(0xbad), 1_000 * ENG));
        uint256 before = token.balanceOf(address(enigma));
        address[3] memory targets = [address(token), address(enigma), enigma.forwarder()];
        for (uint256 i; i < 3; ++i) {
            mine(1);
            CallbackCall memory c = callbackTo(targets[i], 200_000, drain);
            vm.recordLogs();
            commitBatch(batchWith(c));
            failureLogged("refused", false);
            vm.expectRevert(abi.encodeWithSelector(IEnigma.NothingToRetry.selector, callbackHash(c)));
            enigma.retryCallback(realm, c);
        }
        same(before, token.balanceOf(address(enigma)), "deposits");
    }

    function test_the_forwarder_owns_nothing_and_serves_the_contract_alone() public {
        address forwarder = enigma.forwarder();
        same(0, token.balanceOf(forwarder), "tokens");
        vm.expectRevert();
        Forwarder(forwarder).forward(address(receiver), 100_000, address(0x5ec), "task", "x");
    }

    function test_more_gas_than_a_callback_may_have_is_refused() public {
        vm.recordLogs();
        commitBatch(batchWith(callbackTo(address(receiver), 1_000_001, "x")));
        failureLogged("refused", false);
    }

    function test_commit_leave_withdraw_and_slash_cannot_be_reentered() public {
        Reentrant reentrant = new Reentrant(address(enigma));
        fund(address(reentrant), 100);
        reentrant.act(abi.encodeCall(IEnigma.allocate, (realm, 50)));
        Commitment[] memory none;
        bytes[5] memory calls = [
            abi.encodeCall(IEnigma.withdraw, (address(0xbad), 50)),
            abi.encodeCall(IEnigma.leave, (realm, 50)),
            abi.encodeCall(IEnigma.commit, (none)),
            abi.encodeCall(IEnigma.slash, (realm, 0, 0, bytes32(0), "", bytes32(0), "")),
            abi.encodeCall(IEnigma.finishLeave, (realm))
        ];
        for (uint256 i; i < calls.length; ++i) {
            mine(1);
            reentrant.plan(calls[i]);
            commitBatch(batchWith(callbackTo(address(reentrant), 500_000, "x")));
            isTrue(!reentrant.done(), "refused");
            same(bytes4(keccak256("ReentrancyGuardReentrantCall()")), bytes32(reentrant.failure()), "by the guard");
        }
    }

    function test_a_callback_may_post_the_next_task() public {
        Reentrant reentrant = new Reentrant(address(enigma));
        fund(address(reentrant), ENG);
        TaskOrder memory o = orderOf(address(reentrant), "next");
        o.expiry += 1;
        reentrant.plan(abi.encodeWithSelector(bytes4(keccak256("post((address,bytes32,address,uint8,bytes32,bytes32,uint64,uint64,uint64,bytes32))")), o));
        commitBatch(batchWith(callbackTo(address(reentrant), 500_000, "x")));
        isTrue(reentrant.done(), "posted");
        same(address(reentrant), enigma.getTask(realm, enigma.taskIdOf(o)).payer, "payer");
    }

    function test_callbacks_run_after_the_effects_of_every_batch() public {
        bytes32 second = openRealm(user, "second");
        assignAndAnnounce(second);
        mine(1);
        vm.prank(user);
        enigma.allocate(second, 100);
        Reentrant reentrant = new Reentrant(address(enigma));
        reentrant.plan(abi.encodeCall(IEnigma.getAllocation, (second, user)));
        Commitment[] memory list = new Commitment[](2);
        list[0] = commitmentOf(batchWith(callbackTo(address(reentrant), 500_000, "x")), holder(realm));
        Batch memory b = batchOf(second, 1);
        b.charges = abi.encodePacked(user, uint64(60));
        list[1] = commitmentOf(b, holder(second));
        enigma.commit(list);
        AllocationView memory seen = abi.decode(reentrant.failure(), (AllocationView));
        same(60, seen.charged, "the second batch was settled first");
    }
}

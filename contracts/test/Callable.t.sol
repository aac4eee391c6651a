// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./Network.sol";

interface Credit {
    error OnlyEnigma();
    error NotThisContract(address contract_);
    error NotWanted(bytes32 taskId, bytes4 callable, bytes4 callback);
    error NotTheBank(address signer);

    function bank() external view returns (address);
    function limitOf(address applicant) external view returns (uint256);
    function assess(address applicant, uint256 income, uint256[] calldata debts, bytes calldata signature)
        external
        pure
        returns (address, address, uint256);
    function assessed(address signer, address applicant, uint256 limit) external;
    function onResult(address secretContract, bytes32 taskId, bytes calldata data) external;
}

/// @dev The library and the sample in the style of the first release (rule C7, kind CALLABLE).
contract CallableTest is Network {
    uint256 private constant BANK = 0xba4c;
    bytes32 private constant TASK = keccak256("task");

    Credit private credit;
    address private bank;

    function setUp() public override {
        super.setUp();
        bank = vm.addr(BANK);
        credit = Credit(deploy(abi.encodePacked(creationCode("CreditLine"), abi.encode(enigma.forwarder(), bank))));
        mine(5);
    }

    function statement(uint256 income, uint256[] memory debts) private pure returns (bytes memory) {
        bytes32 hash = keccak256(abi.encode(address(0xa11ce), income, debts));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(BANK, keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n32", hash)));
        return abi.encodePacked(r, s, v);
    }

    function debtsOf(uint256 first, uint256 second) private pure returns (uint256[] memory debts) {
        debts = new uint256[](2);
        (debts[0], debts[1]) = (first, second);
    }

    function verdict(bytes4 callable, bytes4 callback, address signer, uint256 limit) private pure returns (bytes memory) {
        return abi.encodePacked(callable, callback, abi.encode(signer, address(0xa11ce), limit));
    }

    function good() private view returns (bytes memory) {
        return verdict(Credit.assess.selector, Credit.assessed.selector, bank, 7_000);
    }

    function test_a_callable_computes_from_its_arguments() public view {
        uint256[] memory debts = debtsOf(10_000, 5_000);
        (address signer, address applicant, uint256 limit) =
            credit.assess(address(0xa11ce), 52_345, debts, statement(52_345, debts));
        same(bank, signer, "signer");
        same(address(0xa11ce), applicant, "applicant");
        same(7_000, limit, "a fifth of 37,345 in steps of 1,000");
        (signer,,) = credit.assess(address(0xa11ce), 52_346, debts, statement(52_345, debts));
        isTrue(signer != bank, "another statement");
        debts = debtsOf(40_000, 20_000);
        (,, limit) = credit.assess(address(0xa11ce), 52_345, debts, statement(52_345, debts));
        same(0, limit, "more debts than income");
    }

    function test_a_result_reaches_the_callback_through_a_commit() public {
        Batch memory b = batchOf(realm, 1);
        b.callbacks = new CallbackCall[](1);
        b.callbacks[0] =
            CallbackCall({taskId: TASK, secretContract: address(credit), target: address(credit), gas: 150_000, data: good()});
        commitBatch(b);
        same(7_000, credit.limitOf(address(0xa11ce)), "limit");
    }

    function test_only_the_forwarder_delivers() public {
        vm.expectRevert(Credit.OnlyEnigma.selector);
        credit.onResult(address(credit), TASK, good());
        vm.expectRevert(Credit.OnlyEnigma.selector);
        credit.assessed(bank, address(0xa11ce), 1);
    }

    function test_the_result_of_another_contracts_code_is_refused() public {
        vm.prank(enigma.forwarder());
        vm.expectRevert(abi.encodeWithSelector(Credit.NotThisContract.selector, address(0x5ec)));
        credit.onResult(address(0x5ec), TASK, good());
    }

    /// @dev Whoever orders a task names the callback; without the check of the pair any result could reach any of them.
    function test_a_callback_takes_results_of_its_own_callable_only() public {
        address forwarder = enigma.forwarder();
        bytes4[2] memory wrong = [Credit.bank.selector, Credit.assessed.selector];
        for (uint256 i; i < 2; ++i) {
            vm.prank(forwarder);
            vm.expectRevert(abi.encodeWithSelector(Credit.NotWanted.selector, TASK, wrong[i], Credit.assessed.selector));
            credit.onResult(address(credit), TASK, verdict(wrong[i], Credit.assessed.selector, bank, 9_000));
        }
        vm.prank(forwarder);
        vm.expectRevert(abi.encodeWithSelector(Credit.NotWanted.selector, TASK, Credit.assess.selector, Credit.onResult.selector));
        credit.onResult(address(credit), TASK, verdict(Credit.assess.selector, Credit.onResult.selector, bank, 9_000));
    }

    function test_what_the_callback_says_is_passed_on() public {
        vm.prank(enigma.forwarder());
        vm.expectRevert(abi.encodeWithSelector(Credit.NotTheBank.selector, address(0xbad)));
        credit.onResult(address(credit), TASK, verdict(Credit.assess.selector, Credit.assessed.selector, address(0xbad), 9_000));
    }

    function test_data_that_is_no_result_is_refused() public {
        address forwarder = enigma.forwarder();
        vm.prank(forwarder);
        vm.expectRevert();
        credit.onResult(address(credit), TASK, hex"0102030405");
        vm.prank(forwarder);
        vm.expectRevert();
        credit.onResult(address(credit), TASK, abi.encodePacked(Credit.assess.selector, Credit.assessed.selector));
    }
}

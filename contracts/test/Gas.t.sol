// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./Network.sol";

/// @dev What the operations of rule C15 cost as transactions of their own, against the numbers kept in gas-snapshot.json. With
/// ENIGMA_GAS_SNAPSHOT=true the run writes what it measures to target/gas-snapshot.json instead of comparing.
/// forge-config: default.isolate = true
contract GasTest is Network {
    uint256 private constant TOLERANCE_PERCENT = 2;
    string private constant SNAPSHOT = "gas-snapshot.json";

    string[] private names;
    uint256[] private measured;

    function parametersOf() internal pure override returns (Parameters memory p) {
        p = super.parametersOf();
        p.maxOrderBlocks = 300;
        p.maxBatchAge = 900;
        p.leaveDelay = 1_200;
        p.unbondingBlocks = 2_000;
    }

    /// @dev Each isolated transaction writes its parent's hash into the history, over a value put there.
    function headerLag() internal pure override returns (uint256) {
        return 2;
    }

    /// @dev Gas of a transaction: with isolation the call is one, with its intrinsic gas and the floor of EIP-7623.
    function used(bytes memory data, address from) private returns (uint256 gas) {
        if (from != address(0)) vm.prank(from);
        (bool ok, bytes memory result) = address(enigma).call(data);
        if (!ok) {
            assembly {
                revert(add(result, 32), mload(result))
            }
        }
        gas = vm.lastCallGas().gasTotalUsed;
    }

    function note(string memory name, uint256 gas) private {
        names.push(name);
        measured.push(gas);
    }

    function measure(string memory name, bytes memory data, address from) private {
        note(name, used(data, from));
    }

    function charges(uint256 payers, uint64 amount) private pure returns (bytes memory packed) {
        packed = new bytes(payers * 28);
        for (uint256 i; i < payers; ++i) {
            bytes32 entry = bytes32(abi.encodePacked(payer(i), amount, uint32(0)));
            assembly {
                mstore(add(add(packed, 32), mul(i, 28)), entry)
            }
        }
        // The last store reaches four bytes past the end, into memory that is allocated next.
    }

    function payer(uint256 i) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("payer", i)))));
    }

    function commitCall(Batch memory b) private view returns (bytes memory) {
        return abi.encodeCall(IEnigma.commit, (one(commitmentOf(b, holder(b.realm)))));
    }

    function oneTask(uint64 amount) private returns (bytes memory) {
        mine(1);
        Batch memory b = batchOf(realm, 1);
        b.charges = abi.encodePacked(user, amount);
        return commitCall(b);
    }

    function test_operations_cost_what_the_snapshot_says() public {
        mine(5);
        bytes32 opened = enigma.realmIdOf(other, "gas");
        measure("open", abi.encodeCall(IEnigma.open, ("gas", 0)), other);
        measure("assign", abi.encodeCall(IEnigma.assign, (opened)), other);
        measure("announce", announceCall(opened), address(0));
        mine(300);
        measure("renew", abi.encodeCall(IEnigma.renew, (opened)), other);
        measure("announceNext", announceCall(opened), address(0));
        mine(300);
        used(abi.encodeCall(IEnigma.renew, (opened)), other);
        measure("announceThird", announceCall(opened), address(0));

        Admission memory a = admissionOf(5);
        measure("register", abi.encodeCall(IEnigma.register, (a, quorum(admissionHash(a)), "evidence")), a.operator);
        fund(operatorOf(5), 5_000 * ENG);
        measure("takeSeat", abi.encodeCall(IEnigma.takeSeats, (5, 1)), a.operator);

        TaskOrder memory o = orderOf(user, "gas");
        measure("post", abi.encodeWithSelector(POST, o), user);
        bytes memory envelope = inputKeyOf(realm, 9);
        envelope = abi.encodePacked(envelope, keccak256("a"), keccak256("b"), keccak256("c"), keccak256("d"), keccak256("e"), bytes28(keccak256("f")));
        o.inputHash = keccak256(envelope);
        same(1_404, envelope.length, "the smallest X-Wing envelope");
        measure("postWithEnvelope", abi.encodeWithSelector(POST_WITH_ENVELOPE, o, envelope), user);

        vm.prank(user);
        enigma.allocate(realm, 100 * ENG);
        measure("commitFirst", oneTask(1_000), address(0));
        used(oneTask(1_000), address(0));
        measure("commitOne", oneTask(1_000), address(0));
        for (uint256 i; i < 1_000; ++i) used(oneTask(1_000), address(0));
        measure("commitOneAfter1000", oneTask(1_000), address(0));
        commitPosted();
        commitThousand(100, "perTask1000By100Payers");
        commitThousand(300, "perTask1000By300Payers");

        measure("seed", seedCall(), address(0));
        used(seedCall(), address(0));
        measure("seedNext", seedCall(), address(0));
        manyWorkers();
        compare();
    }

    bytes4 private constant POST =
        bytes4(keccak256("post((address,bytes32,address,uint8,bytes32,bytes32,uint64,uint64,uint64,bytes32))"));
    bytes4 private constant POST_WITH_ENVELOPE =
        bytes4(keccak256("post((address,bytes32,address,uint8,bytes32,bytes32,uint64,uint64,uint64,bytes32),bytes)"));

    function announceCall(bytes32 realm_) private view returns (bytes memory) {
        RealmView memory r = enigma.getRealm(realm_);
        uint64 tenure = r.tenure + 1;
        uint64 lease = uint64(block.number) << 16;
        bytes memory key = inputKeyOf(realm_, tenure);
        uint256 signer = workerKey(r.ranks[0]);
        bytes memory signature = sign(
            signer,
            keccak256(
                abi.encode(
                    keccak256("Announcement(bytes32 realm,uint64 tenure,uint16 suite,bytes32 inputKeyHash)"),
                    realm_,
                    tenure,
                    uint16(0x647a),
                    keccak256(abi.encodePacked(uint16(0x647a), key))
                )
            )
        );
        bytes[] memory grants = quorum(grantHash(realm_, tenure, lease, vm.addr(signer)));
        return abi.encodeCall(IEnigma.announce, (realm_, tenure, 0x647a, key, lease, r.ranks[0], grants, signature));
    }

    function commitPosted() private {
        TaskOrder memory o = orderOf(user, "posted");
        bytes32 taskId = post(o);
        mine(1);
        Batch memory b = batchOf(realm, 1);
        b.outcomes = outcomeOf(taskId, 0, 50_000);
        measure("commitOnePosted", commitCall(b), address(0));
    }

    function commitThousand(uint256 payers, string memory name) private {
        for (uint256 i; i < payers; ++i) {
            fund(payer(i), ENG);
            vm.prank(payer(i));
            enigma.allocate(realm, ENG);
        }
        // Warm in the sense of the chain: every payer has been charged before.
        for (uint256 i; i < 2; ++i) {
            mine(1);
            Batch memory b = batchOf(realm, 1_000);
            b.charges = charges(payers, 2_000);
            bytes memory call = commitCall(b);
            if (i == 0) used(call, address(0));
            else note(name, used(call, address(0)) / 1_000);
        }
    }

    function seedCall() private returns (bytes memory) {
        NetworkView memory network = enigma.network();
        if (block.number < network.epochStart + 100) vm.roll(network.epochStart + 100);
        bytes32 seed = keccak256(abi.encode("seed", network.epoch + 1));
        return abi.encodeCall(IEnigma.postSeed, (network.epoch + 1, seed, quorum(seedHash(network.epoch + 1, seed))));
    }

    /// @dev Ten thousand workers with a seat each, put straight into storage: cores, seats and the counter of seats.
    function manyWorkers() private {
        uint256 until = block.timestamp + 30 days;
        for (uint256 id = 100; id < 10_100; ++id) {
            bytes32 core = keccak256(abi.encode(id, uint256(8)));
            vm.store(address(enigma), core, bytes32(uint256(uint160(vm.addr(workerKey(id)))) | (until << 160) | (uint256(5) << 192)));
            vm.store(address(enigma), keccak256(abi.encode(id - 91, uint256(10))), bytes32(id));
        }
        uint256 counters = uint256(vm.load(address(enigma), bytes32(uint256(3))));
        counters = (counters & ~(uint256(0xffffff) << 128)) | (uint256(10_009) << 128);
        vm.store(address(enigma), bytes32(uint256(3)), bytes32(counters));
        same(10_009, enigma.network().seatCount, "seats");
        used(seedCall(), address(0));
        measure("seed10000Workers", seedCall(), address(0));
        used(seedCall(), address(0));
        bytes32 opened = enigma.realmIdOf(other, "many");
        used(abi.encodeCall(IEnigma.open, ("many", 0)), other);
        measure("assign10000Workers", abi.encodeCall(IEnigma.assign, (opened)), other);
        isTrue(enigma.getRealm(opened).ranks[0] >= 100, "drawn among the many");
        measure("commitOne10000Workers", oneTask(1_000), address(0));
    }

    function compare() private {
        if (vm.envOr("ENIGMA_GAS_SNAPSHOT", false)) {
            string memory all = "{";
            for (uint256 i; i < names.length; ++i) {
                all = string.concat(all, i == 0 ? "\n" : ",\n", '  "', names[i], '": ', vm.toString(measured[i]));
            }
            vm.writeFile("target/gas-snapshot.json", string.concat(all, "\n}\n"));
            return;
        }
        string memory json = vm.readFile(SNAPSHOT);
        for (uint256 i; i < names.length; ++i) {
            uint256 expected = vm.parseJsonUint(json, string.concat(".", names[i]));
            uint256 margin = expected * TOLERANCE_PERCENT / 100 + 5;
            if (measured[i] + margin < expected || measured[i] > expected + margin) {
                revert NotEqualUint(string.concat(names[i], ": run node contracts/build/gas.mjs if the change is meant"), expected, measured[i]);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./Network.sol";

/// @dev The formats of the protocol, by the vectors that the Java and TypeScript tests use too. What the helpers of Network compute is
/// what the contract accepts in the other tests, so equality here is equality with the contract.
contract VectorTest is Network {
    string private json;

    function open(string memory name) private {
        json = vm.readFile(string.concat("../protocol/src/test/resources/vectors/", name, ".json"));
    }

    function path(string memory list, uint256 i) private pure returns (string memory) {
        return string.concat(".", list, "[", vm.toString(i), "]");
    }

    function has(string memory at_) private view returns (bool) {
        return vm.keyExistsJson(json, at_);
    }

    function number(string memory base, string memory key) private view returns (uint256) {
        return vm.parseJsonUint(json, string.concat(base, ".", key));
    }

    function word(string memory base, string memory key) private view returns (bytes32) {
        return vm.parseJsonBytes32(json, string.concat(base, ".", key));
    }

    function addressAt(string memory base, string memory key) private view returns (address) {
        return vm.parseJsonAddress(json, string.concat(base, ".", key));
    }

    function bytesAt(string memory base, string memory key) private view returns (bytes memory) {
        return vm.parseJsonBytes(json, string.concat(base, ".", key));
    }

    /// @dev Puts the contract where a vector has it.
    function place(string memory base) private {
        same(block.chainid, number(base, "chainId"), "chain id");
        address where = addressAt(base, "enigma");
        if (where != address(enigma)) {
            vm.etch(where, address(enigma).code);
            enigma = IEnigma(where);
        }
    }

    function test_realm_ids_and_genesis_state_hashes() public {
        open("ids");
        uint256 i;
        for (; has(path("realms", i)); ++i) {
            string memory v = path("realms", i);
            place(v);
            bytes32 id = enigma.realmIdOf(addressAt(v, "owner"), word(v, "salt"));
            same(word(v, "realm"), id, "realm");
            same(word(v, "genesisStateHash"), keccak256(abi.encode(keccak256("enigma/v1/GENESIS"), id)), "genesis");
        }
        isTrue(i > 0, "vectors");
    }

    function test_contract_addresses() public {
        open("ids");
        uint256 checked;
        for (uint256 i; has(path("contracts", i)); ++i) {
            string memory v = path("contracts", i);
            UpgradeTerms memory terms = UpgradeTerms({
                realm: word(v, "realm"),
                deployer: addressAt(v, "deployer"),
                salt: word(v, "salt"),
                codeHash: word(v, "codeHash"),
                dialect: uint8(number(v, "dialect")),
                authority: addressAt(v, "authority"),
                delay: uint64(number(v, "delay"))
            });
            address expected = addressAt(v, "address");
            same(
                expected,
                address(
                    uint160(
                        uint256(
                            keccak256(
                                abi.encode(
                                    keccak256("enigma/v1/CONTRACT"),
                                    terms.realm,
                                    terms.deployer,
                                    terms.salt,
                                    terms.codeHash,
                                    terms.dialect,
                                    terms.authority,
                                    terms.delay
                                )
                            )
                        )
                    )
                ),
                "address"
            );
            // Nobody may upgrade where the authority is zero, and nobody waits four billion blocks.
            if (terms.authority != address(0) && terms.delay <= type(uint32).max) {
                vm.prank(terms.authority);
                same(expected, enigma.postUpgrade(terms, "new code"), "by the contract");
            }
            ++checked;
        }
        isTrue(checked > 0, "vectors");
    }

    function test_task_ids() public {
        open("task-order");
        uint256 i;
        for (; has(path("vectors", i)); ++i) {
            string memory v = path("vectors", i);
            place(v);
            TaskOrder memory o = TaskOrder({
                sender: addressAt(v, "sender"),
                realm: word(v, "realm"),
                target: addressAt(v, "target"),
                kind: uint8(number(v, "kind")),
                codeHash: word(v, "codeHash"),
                inputHash: word(v, "inputHash"),
                gasLimit: uint64(number(v, "gasLimit")),
                gasPrice: uint64(number(v, "gasPrice")),
                expiry: uint64(number(v, "expiry")),
                salt: word(v, "salt")
            });
            same(word(v, "taskId"), enigma.taskIdOf(o), "task id");
            same(number(v, "maximumFee"), (uint256(o.gasLimit) * o.gasPrice + 999) / 1_000, "fee");
        }
        isTrue(i > 0, "vectors");
    }

    function test_fees_are_rounded_up() public {
        open("gas");
        uint256 i;
        for (; has(path("fees", i)); ++i) {
            string memory v = path("fees", i);
            same(number(v, "fee"), (number(v, "gas") * number(v, "price") + 999) / 1_000, "fee");
        }
        isTrue(i > 0, "vectors");
    }

    /// @dev min(max(used, base) rounded up to 1/16 of its power of two, limit), or the limit.
    function charged(uint256 used, uint256 base, uint256 limit, bool fullLimit) private pure returns (uint256) {
        if (fullLimit) return limit;
        if (used < base) used = base;
        uint256 power = 1;
        while (power * 2 <= used) power *= 2;
        uint256 step = power < 16 ? 1 : power / 16;
        uint256 rounded = (used + step - 1) / step * step;
        return rounded < limit ? rounded : limit;
    }

    function test_charged_gas_is_rounded_to_sixteenths() public {
        open("gas");
        uint256 i;
        for (; has(path("charged", i)); ++i) {
            string memory v = path("charged", i);
            bool full = keccak256(bytes(vm.parseJsonString(json, string.concat(v, ".fullLimit")))) == keccak256("true");
            same(number(v, "charged"), charged(number(v, "used"), number(v, "baseGas"), number(v, "gasLimit"), full), "charged");
        }
        isTrue(i > 0, "vectors");
    }

    function test_draws() public {
        open("draw");
        uint256 i;
        for (; has(path("vectors", i)); ++i) {
            string memory v = path("vectors", i);
            uint256[] memory workers = vm.parseJsonUintArray(json, string.concat(v, ".workers"));
            uint256[] memory ranks = vm.parseJsonUintArray(json, string.concat(v, ".ranks"));
            uint32[] memory seats = new uint32[](workers.length);
            for (uint256 j; j < workers.length; ++j) seats[j] = uint32(workers[j]);
            uint32[3] memory actual = expectedRanks(word(v, "seed"), word(v, "realm"), uint64(number(v, "tenure")), seats);
            for (uint256 j; j < 3; ++j) same(j < ranks.length ? ranks[j] : 0, actual[j], "rank");
        }
        isTrue(i > 0, "vectors");
    }

    function batchAt(string memory v) private view returns (Batch memory b) {
        b.realm = word(v, "realm");
        b.kind = uint8(number(v, "kind"));
        b.lease = uint64(number(v, "lease"));
        b.tenure = uint64(number(v, "tenure"));
        b.firstSequence = uint64(number(v, "firstSequence"));
        b.count = uint64(number(v, "count"));
        b.headerNumber = uint64(number(v, "headerNumber"));
        b.headerHash = word(v, "headerHash");
        b.deltaHash = word(v, "deltaHash");
        b.receiptsRoot = word(v, "receiptsRoot");
        b.charges = bytesAt(v, "packedCharges");
        b.outcomes = bytesAt(v, "packedOutcomes");
        b.payee = addressAt(v, "payee");
        uint256 n;
        while (has(string.concat(v, ".callbacks[", vm.toString(n), "]"))) ++n;
        b.callbacks = new CallbackCall[](n);
        for (uint256 i; i < n; ++i) {
            string memory c = string.concat(v, ".callbacks[", vm.toString(i), "]");
            b.callbacks[i] = CallbackCall(
                word(c, "taskId"), addressAt(c, "secretContract"), addressAt(c, "target"), uint32(number(c, "gas")), bytesAt(c, "data")
            );
        }
    }

    function test_state_hashes_and_heads() public {
        open("state-hash");
        uint256 i;
        for (; has(path("vectors", i)); ++i) {
            string memory v = path("vectors", i);
            place(v);
            Batch memory b = batchAt(v);
            same(word(v, "chargesHash"), keccak256(b.charges), "charges");
            same(word(v, "outcomesHash"), keccak256(b.outcomes), "outcomes");
            same(word(v, "callbacksHash"), callbacksHash(b.callbacks), "callbacks");
            bytes32 next = stateHashOf(b, word(v, "previous"));
            same(word(v, "stateHash"), next, "state hash");
            same(word(v, "headDigest"), digest(keccak256(abi.encode(HEAD_TYPE, b.realm, b.lease, b.firstSequence + b.count - 1, next))), "head");
        }
        isTrue(i > 0, "vectors");
    }

    /// @dev The whole way through the contract: a chain of batches from the vectors, committed to a realm put in their state.
    function test_the_contract_commits_the_batches_of_the_vectors() public {
        open("state-hash");
        uint256 i;
        for (; has(path("vectors", i)); ++i) {
            string memory v = path("vectors", i);
            Batch memory b = batchAt(v);
            bytes32 slot = keccak256(abi.encode(b.realm, uint256(4)));
            // sequence, worker 1 and tenure of the hot slot, as EnigmaStorage packs them.
            vm.store(address(enigma), slot, bytes32(uint256(b.firstSequence - 1) | (1 << 120) | (uint256(b.tenure) << 144)));
            vm.store(address(enigma), bytes32(uint256(slot) + 1), word(v, "previous"));
            vm.store(address(enigma), bytes32(uint256(slot) + 2), bytes32(uint256(uint160(user))));
            vm.roll(b.headerNumber + 1);
            vm.store(HISTORY, bytes32(uint256(b.headerNumber) % 8191), b.headerHash);
            enigma.commit(one(commitmentOf(b, 1)));
            same(word(v, "stateHash"), enigma.getRealm(b.realm).stateHash, "state hash");
        }
        isTrue(i > 0, "vectors");
    }

    function test_heads_and_equivocation() public {
        open("head");
        uint256 contradictions;
        for (uint256 i; has(path("vectors", i)); ++i) {
            string memory v = path("vectors", i);
            place(v);
            Heads memory h = headsAt(v);
            same(word(v, "firstDigest"), digest(keccak256(abi.encode(HEAD_TYPE, h.realmA, h.leaseA, h.endA, h.stateA))), "first");
            same(word(v, "secondDigest"), digest(keccak256(abi.encode(HEAD_TYPE, h.realmB, h.leaseB, h.endB, h.stateB))), "second");
            // The enclave is worker 99: its number and, in the core's lowest bits, its key.
            vm.store(address(enigma), keccak256(abi.encode(h.enclave, uint256(9))), bytes32(uint256(99)));
            vm.store(address(enigma), keccak256(abi.encode(uint256(99), uint256(8))), bytes32(uint256(uint160(h.enclave))));
            bool contradict = keccak256(bytes(vm.parseJsonString(json, string.concat(v, ".contradict")))) == keccak256("true");
            (bool slashed,) = address(enigma).call(
                abi.encodeCall(
                    IEnigma.slash,
                    (h.realmA, h.leaseA, h.endA, h.stateA, bytesAt(v, "firstSignature"), h.stateB, bytesAt(v, "secondSignature"))
                )
            );
            isTrue(slashed == contradict, "slashed if and only if the two contradict");
            if (contradict) ++contradictions;
        }
        isTrue(contradictions > 0, "vectors");
    }

    struct Heads {
        address enclave;
        bytes32 realmA;
        uint64 leaseA;
        uint64 endA;
        bytes32 stateA;
        bytes32 realmB;
        uint64 leaseB;
        uint64 endB;
        bytes32 stateB;
    }

    function headsAt(string memory v) private view returns (Heads memory h) {
        h.enclave = addressAt(v, "enclave");
        h.realmA = word(v, "firstRealm");
        h.leaseA = uint64(number(v, "firstLease"));
        h.endA = uint64(number(v, "firstEndSequence"));
        h.stateA = word(v, "firstStateHash");
        h.realmB = word(v, "secondRealm");
        h.leaseB = uint64(number(v, "secondLease"));
        h.endB = uint64(number(v, "secondEndSequence"));
        h.stateB = word(v, "secondStateHash");
    }

    function test_messages_of_enclaves() public {
        open("messages");
        uint256 seen;
        for (uint256 i; has(path("vectors", i)); ++i) {
            string memory v = path("vectors", i);
            place(v);
            string memory f = string.concat(v, ".fields");
            bytes32 name = keccak256(bytes(vm.parseJsonString(json, string.concat(v, ".name"))));
            bytes32 structHash;
            if (name == keccak256("Backup")) {
                structHash = keccak256(
                    abi.encode(BACKUP_TYPE, word(f, "realm"), number(f, "lease"), number(f, "endSequence"), word(f, "stateHash"))
                );
            } else if (name == keccak256("Grant")) {
                structHash =
                    grantHash(word(f, "realm"), uint64(number(f, "tenure")), uint64(number(f, "lease")), addressAt(f, "enclave"));
            } else if (name == keccak256("Announcement")) {
                structHash = keccak256(
                    abi.encode(
                        keccak256("Announcement(bytes32 realm,uint64 tenure,uint16 suite,bytes32 inputKeyHash)"),
                        word(f, "realm"),
                        number(f, "tenure"),
                        number(f, "suite"),
                        word(f, "inputKeyHash")
                    )
                );
            } else if (name == keccak256("Seed")) {
                structHash = seedHash(uint64(number(f, "epoch")), word(f, "seed"));
            } else if (name == keccak256("Incarnation")) {
                structHash = keccak256(
                    abi.encode(keccak256("Incarnation(uint32 number,bytes32 nonce)"), number(f, "number"), word(f, "nonce"))
                );
            } else {
                continue;
            }
            same(word(v, "digest"), digest(structHash), "digest");
            ++seen;
        }
        isTrue(seen >= 5, "vectors");
    }

    function test_admissions() public {
        open("admission");
        uint256 i;
        for (; has(path("admissions", i)); ++i) {
            string memory v = path("admissions", i);
            place(v);
            Admission memory a = Admission({
                operator: addressAt(v, "operator"),
                enclave: addressAt(v, "enclave"),
                role: uint8(number(v, "role")),
                measurement: word(v, "measurement"),
                tee: uint8(number(v, "tee")),
                platformHash: word(v, "platformHash"),
                tcbNumber: uint32(number(v, "tcbNumber")),
                notAfter: uint64(number(v, "notAfter")),
                evidenceHash: word(v, "evidenceHash")
            });
            same(word(v, "digest"), digest(admissionHash(a)), "digest");
        }
        isTrue(i > 0, "vectors");
    }

    function test_receipts_and_their_trees() public {
        open("merkle");
        uint256 leaves;
        for (uint256 i; has(path("trees", i)); ++i) {
            string memory t = path("trees", i);
            bytes32 root = word(t, "root");
            uint256 count = number(t, "count");
            for (uint256 j; j < count; ++j) {
                string memory v = string.concat(t, ".receipts[", vm.toString(j), "]");
                bytes memory receipt = abi.encode(
                    word(v, "taskId"),
                    number(v, "sequence"),
                    number(v, "outcome"),
                    number(v, "gasCharged"),
                    word(v, "resultHash"),
                    word(v, "callbackHash")
                );
                bytes32 leaf = keccak256(abi.encodePacked(hex"00", receipt));
                same(word(v, "leaf"), leaf, "leaf");
                bytes32[] memory siblings = vm.parseJsonBytes32Array(json, string.concat(v, ".path"));
                same(root, climb(leaf, j, count, siblings), "root");
                ++leaves;
            }
        }
        isTrue(leaves > 0, "vectors");
    }

    /// @dev The root above a leaf; an odd node at the end of a level moves up as it is.
    function climb(bytes32 node, uint256 index, uint256 width, bytes32[] memory siblings) private pure returns (bytes32) {
        uint256 used;
        while (width > 1) {
            if (index % 2 == 1) node = keccak256(abi.encodePacked(hex"01", siblings[used++], node));
            else if (index + 1 < width) node = keccak256(abi.encodePacked(hex"01", node, siblings[used++]));
            index /= 2;
            width = (width + 1) / 2;
        }
        isTrue(used == siblings.length, "the whole path is used");
        return node;
    }
}

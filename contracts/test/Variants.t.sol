// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./Network.sol";

/// @dev A development network of one or two workers: no backups.
contract NoBackupsTest is Network {
    function parametersOf() internal pure override returns (Parameters memory p) {
        p = super.parametersOf();
        p.minBackups = 0;
    }

    function test_a_network_without_backups_needs_no_acknowledgement() public {
        mine(5);
        Commitment memory c = commitmentOf(batchOf(realm, 1), holder(realm));
        c.acknowledgements = "";
        enigma.commit(one(c));
        same(1, enigma.getRealm(realm).sequence, "committed");
    }

    function test_the_signature_still_counts() public {
        mine(5);
        Commitment memory c = commitmentOf(batchOf(realm, 1), holder(realm));
        c.signature = sign(0xbad, headHash(HEAD_TYPE, c.batch));
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NothingAdmitted.selector, realm, Inadmissible.SIGNATURE));
        enigma.commit(one(c));
    }
}

/// @dev A network like a real one: two backups, draws with a later seed, upgrades that wait.
contract StricterNetworkTest is Network {
    function parametersOf() internal pure override returns (Parameters memory p) {
        p = super.parametersOf();
        p.minBackups = 2;
        p.drawDelay = 2;
        p.minUpgradeDelay = 100;
    }

    function setUp() public override {
        vm.roll(10_000);
        vm.warp(1_800_000_000);
        vm.etch(HISTORY, HISTORY_CODE);
        deployNetwork();
        listKeyManagers(3, 2);
        for (uint256 i; i < WORKERS; ++i) addWorker(2);
        seedEpoch();
        fund(user, 10_000 * ENG);
        realm = openRealm(user, "first");
    }

    function test_a_realm_is_drawn_with_a_seed_nobody_knew_at_its_opening() public {
        uint64 start = enigma.network().epochStart;
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotAssigned.selector, realm, start + 200));
        enigma.assign(realm);
        seedEpoch();
        vm.expectRevert(abi.encodeWithSelector(IEnigma.NotAssigned.selector, realm, start + 200));
        enigma.assign(realm);
        seedEpoch();
        enigma.assign(realm);
        isTrue(enigma.getRealm(realm).pending, "drawn");
    }

    function test_two_backups_in_ascending_order_admit_a_batch() public {
        seedEpoch();
        seedEpoch();
        assignAndAnnounce(realm);
        mine(5);
        uint32 worker = holder(realm);
        Commitment memory c = commitmentOf(batchOf(realm, 1), worker);
        uint32 low = worker <= 2 ? 3 : 1;
        uint32 high = worker <= 2 ? 4 : 2;
        bytes memory first = acknowledge(c.batch, low);
        bytes memory second = acknowledge(c.batch, high);
        bytes[3] memory wrong = [first, abi.encodePacked(second, first), abi.encodePacked(first, first)];
        for (uint256 i; i < wrong.length; ++i) {
            c.acknowledgements = wrong[i];
            vm.expectRevert(abi.encodeWithSelector(IEnigma.NothingAdmitted.selector, realm, Inadmissible.ACKNOWLEDGEMENT));
            enigma.commit(one(c));
        }
        c.acknowledgements = abi.encodePacked(first, second);
        enigma.commit(one(c));
        same(1, enigma.getRealm(realm).sequence, "committed");
    }

    function test_an_upgrade_waits_for_the_networks_delay_at_least() public {
        UpgradeTerms memory terms =
            UpgradeTerms({realm: realm, deployer: other, salt: "s", codeHash: "old", dialect: 1, authority: user, delay: 0});
        vm.prank(user);
        address target = enigma.postUpgrade(terms, "new");
        (address authority, uint64 readyAt) = enigma.getUpgrade(realm, target, "new");
        same(user, authority, "authority");
        same(block.number + 100, readyAt, "ready at");
    }
}

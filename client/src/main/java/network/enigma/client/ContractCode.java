package network.enigma.client;

import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ContractTerms;

/**
 * Which code a contract runs and who may change it. Terms and authority are checked against the
 * contract's address, which commits to them; the code that runs now is the word of the enclave that
 * holds the realm; what was announced is read from the client's own Ethereum endpoint.
 *
 * @param terms what its address commits to; empty for a contract that another contract made
 * @param codeHash of the creation code that it runs now; empty for a contract that another contract
 *     made, and while no constructor has succeeded
 * @param authority who may change the code; empty if nobody ever may
 * @param upgrades what was announced, the oldest first
 */
public record ContractCode(
    Optional<ContractTerms> terms,
    Optional<Bytes32> codeHash,
    Optional<UpgradeAuthority> authority,
    List<AnnouncedUpgrade> upgrades) {

  public ContractCode {
    upgrades = List.copyOf(upgrades);
  }

  /** Announcements that may still change the code. */
  public List<AnnouncedUpgrade> openUpgrades() {
    return upgrades.stream().filter(AnnouncedUpgrade::isOpen).toList();
  }
}

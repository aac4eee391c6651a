package network.enigma.client;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ContractDescription;
import network.enigma.protocol.ContractTerms;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * Who may change a contract's code, and what was announced (rule C7): terms from the enclave that
 * holds the realm, checked against the address that commits to them; announcements from Ethereum.
 */
final class Upgrades {
  /** A week of Ethereum's blocks. */
  private static final long USUAL_DELAY = 50_400;

  private final Ledger ledger;
  private final Enigma.Parameters parameters;
  private final Function<SecretContract, byte[]> describe;

  /**
   * @param describe asks the holder's enclave about a contract
   */
  Upgrades(Ledger ledger, Enigma.Parameters parameters, Function<SecretContract, byte[]> describe) {
    this.ledger = ledger;
    this.parameters = parameters;
    this.describe = describe;
  }

  /** The delay of a contract whose deployer wishes none in particular. */
  long usualDelay() {
    return parameters.mode() == 0 ? 0 : USUAL_DELAY;
  }

  /** The authority that terms name, with the delay that the network makes of theirs. */
  Optional<UpgradeAuthority> authority(ContractTerms terms) {
    long least = parameters.minUpgradeDelay();
    long delay = Long.compareUnsigned(terms.delay(), least) < 0 ? least : terms.delay();
    return terms.upgrader().map(account -> new UpgradeAuthority(account, delay));
  }

  /**
   * What a contract's address commits to.
   *
   * @throws EnigmaException NO_SUCH_CONTRACT, BAD_PROOF
   */
  ContractDescription description(SecretContract contract) {
    ContractDescription description = ContractDescription.decode(describe.apply(contract));
    requireAbout(contract.realm(), contract.address(), description);
    return description;
  }

  /** Nobody is believed about what an address commits to. */
  static void requireAbout(Bytes32 realm, Address address, ContractDescription description) {
    switch (description) {
      case ContractDescription.Nothing nothing ->
          throw new EnigmaException(
              ErrorCode.NO_SUCH_CONTRACT,
              "there is no contract at %s in realm %s"
                  .formatted(address.checksummed(), realm.hex()));
      case ContractDescription.Made made -> {}
      case ContractDescription.Deployed deployed -> {
        Address leadsTo = deployed.terms().address(realm);
        if (!leadsTo.equals(address)) {
          throw TaskVerifier.bad(
              "the terms told of contract %s are those of %s"
                  .formatted(address.checksummed(), leadsTo.checksummed()));
        }
      }
    }
  }

  Optional<UpgradeAuthority> authority(SecretContract contract) {
    return switch (description(contract)) {
      case ContractDescription.Nothing nothing -> Optional.empty();
      case ContractDescription.Made made -> Optional.empty();
      case ContractDescription.Deployed deployed -> authority(deployed.terms());
    };
  }

  ContractCode code(SecretContract contract) {
    return switch (description(contract)) {
      case ContractDescription.Nothing nothing -> made();
      case ContractDescription.Made made -> made();
      case ContractDescription.Deployed(ContractTerms terms, Optional<Bytes32> codeHash) ->
          new ContractCode(
              Optional.of(terms), codeHash, authority(terms), announced(contract, terms));
    };
  }

  private static ContractCode made() {
    return new ContractCode(Optional.empty(), Optional.empty(), Optional.empty(), List.of());
  }

  /**
   * The terms of a contract that an account is about to change.
   *
   * @throws EnigmaException UPGRADE_NOT_ALLOWED unless it may
   */
  ContractTerms requireAuthority(SecretContract contract, Address account) {
    if (description(contract) instanceof ContractDescription.Deployed(ContractTerms terms, var _)) {
      if (terms.authority().equals(account)) {
        return terms;
      }
      if (terms.upgrader().isPresent()) {
        throw new EnigmaException(
            ErrorCode.UPGRADE_NOT_ALLOWED,
            "only %s may upgrade %s, not %s"
                .formatted(
                    terms.authority().checksummed(), contract.name(), account.checksummed()));
      }
    }
    throw new EnigmaException(
        ErrorCode.UPGRADE_NOT_ALLOWED,
        "%s was deployed without an authority: nobody can upgrade it".formatted(contract.name()));
  }

  /** The block from which announced code can be carried out; empty if it is not announced. */
  Optional<Long> readyAt(SecretContract contract, Bytes32 codeHash) {
    Enigma.Results.GetUpgradeResult stored =
        ledger.upgrade(contract.realm(), contract.address(), codeHash);
    return Address.of(stored.authority()).isZero()
        ? Optional.empty()
        : Optional.of(stored.readyAtBlock());
  }

  private List<AnnouncedUpgrade> announced(SecretContract contract, ContractTerms terms) {
    return terms.upgrader().isEmpty()
        ? List.of()
        : UpgradeHistory.of(
            contract.address(),
            ledger.upgrades(contract.realm(), contract.address(), terms.authority()),
            ledger.blockNumber());
  }
}

package network.enigma.client;

import network.enigma.protocol.Address;

/**
 * Who may change a contract's code, and with it everything the contract does with what it was told
 * in confidence (rule C7).
 *
 * @param account who may
 * @param delay blocks for which a change is announced on Ethereum before it can be carried out
 */
public record UpgradeAuthority(Address account, long delay) {
  /** The warning in one sentence, for people. */
  public String warning() {
    String wait = delay == 0 ? "at any time" : "%d blocks after announcing it".formatted(delay);
    return "account %s may change this contract's code, %s".formatted(account.checksummed(), wait);
  }
}

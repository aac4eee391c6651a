package network.enigma.chain.anvil;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How an {@link Anvil} is started.
 *
 * @param port on 127.0.0.1; 0 takes a free one
 * @param chainId the chain's id
 * @param blockTime seconds between blocks; empty makes a block for every transaction at once
 * @param mixedMining with a block time, makes a block for every transaction as well
 * @param accounts funded accounts, derived from the development mnemonic
 * @param state file the chain is loaded from, if it exists, and saved to at the end
 * @param slotsInAnEpoch how far {@code safe} (one epoch) and {@code finalized} (two) lag behind
 */
public record AnvilOptions(
    int port,
    long chainId,
    OptionalInt blockTime,
    boolean mixedMining,
    int accounts,
    Optional<Path> state,
    int slotsInAnEpoch) {
  private static final int ETHEREUM_SLOTS_IN_AN_EPOCH = 32;

  public AnvilOptions {
    if (port < 0 || port > 65_535 || chainId < 1 || accounts < 1 || slotsInAnEpoch < 1) {
      throw new IllegalArgumentException("no anvil can be started so");
    }
  }

  /** A free port, chain 31337, a block for every transaction, ten accounts. */
  public static AnvilOptions standard() {
    return new AnvilOptions(
        0, 31_337, OptionalInt.empty(), false, 10, Optional.empty(), ETHEREUM_SLOTS_IN_AN_EPOCH);
  }

  public AnvilOptions withPort(int newPort) {
    return new AnvilOptions(
        newPort, chainId, blockTime, mixedMining, accounts, state, slotsInAnEpoch);
  }

  public AnvilOptions withChainId(long newChainId) {
    return new AnvilOptions(
        port, newChainId, blockTime, mixedMining, accounts, state, slotsInAnEpoch);
  }

  public AnvilOptions withBlockTime(int seconds) {
    return new AnvilOptions(
        port, chainId, OptionalInt.of(seconds), mixedMining, accounts, state, slotsInAnEpoch);
  }

  public AnvilOptions withMixedMining() {
    return new AnvilOptions(port, chainId, blockTime, true, accounts, state, slotsInAnEpoch);
  }

  public AnvilOptions withAccounts(int number) {
    return new AnvilOptions(port, chainId, blockTime, mixedMining, number, state, slotsInAnEpoch);
  }

  public AnvilOptions withState(Path file) {
    return new AnvilOptions(
        port, chainId, blockTime, mixedMining, accounts, Optional.of(file), slotsInAnEpoch);
  }

  public AnvilOptions withSlotsInAnEpoch(int slots) {
    return new AnvilOptions(port, chainId, blockTime, mixedMining, accounts, state, slots);
  }

  List<String> arguments() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--host", "127.0.0.1",
                "--port", Integer.toString(port),
                "--chain-id", Long.toString(chainId),
                "--accounts", Integer.toString(accounts),
                "--hardfork", "prague",
                "--slots-in-an-epoch", Integer.toString(slotsInAnEpoch)));
    blockTime.ifPresent(seconds -> {
      arguments.addAll(List.of("--block-time", Integer.toString(seconds)));
      if (mixedMining) {
        arguments.add("--mixed-mining");
      }
    });
    state.ifPresent(file ->
        arguments.addAll(List.of("--state", file.toString(), "--preserve-historical-states")));
    return arguments;
  }
}

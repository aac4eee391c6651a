package network.enigma.client;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import network.enigma.client.abi.ContractAbi;
import network.enigma.client.author.StorageLayout;
import network.enigma.client.author.StorageReader;
import network.enigma.client.author.Trace;
import network.enigma.client.solidity.CompiledContract;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/** A contract on the network, as one account sees it. Immutable; usable by many threads. */
public final class SecretContract extends ContractHandle {
  SecretContract(
      EnigmaClient client, String name, Address address, Bytes32 realm, ContractAbi abi) {
    super(client, name, address, realm, abi);
  }

  /** The same contract as another account sees it. */
  public SecretContract as(EnigmaClient other) {
    return new SecretContract(other, name(), address(), realm(), abi());
  }

  /**
   * Seals the call and sends it with default options.
   *
   * @throws network.enigma.protocol.EnigmaException ABI_MISMATCH, BALANCE_TOO_SMALL,
   *     HOLDER_UNREACHABLE and others
   */
  public Task call(String function, Object... arguments) {
    return call(CallOptions.DEFAULT, function, List.of(arguments));
  }

  /** Seals the call and sends it. */
  public Task call(CallOptions options, String function, List<?> arguments) {
    return client.send(this, abi().encodeCall(function, arguments), options);
  }

  /**
   * A gas limit for a call, from what this account's past calls of the same function used, with a
   * quarter more; empty if there were none. Nobody can estimate gas on secret state: another input
   * may need more.
   */
  public OptionalLong gasOfPastCalls(String function, List<?> arguments) {
    return client.gasOfPastCalls(address(), abi().encodeCall(function, arguments).signature());
  }

  /**
   * Asks in this account's name, proved by a permit; the contract sees the account as msg.sender.
   * Free of charge.
   */
  public QueryResult query(String function, Object... arguments) {
    return client.query(this, abi().encodeCall(function, List.of(arguments)), true);
  }

  /** Asks in nobody's name: the contract sees msg.sender zero. */
  public QueryResult queryAnonymously(String function, Object... arguments) {
    return client.query(this, abi().encodeCall(function, List.of(arguments)), false);
  }

  /**
   * What a call would do if it ran now, step by step: it runs in the enclave on the anchored state,
   * nothing is sent as a task, and nothing it changes is kept. Only on development networks.
   *
   * @throws network.enigma.protocol.EnigmaException DEVELOPMENT_ONLY, and what queries throw; that
   *     the call itself fails is no exception, but part of the trace
   */
  public Trace trace(CallOptions options, String function, List<?> arguments) {
    return client.trace(
        this, abi().encodeCall(function, arguments), options.gasLimit(), false, false);
  }

  /** The same with default options. */
  public Trace trace(String function, Object... arguments) {
    return trace(CallOptions.DEFAULT, function, List.of(arguments));
  }

  /**
   * What a query does, step by step, as {@link #trace}.
   *
   * @param anonymous whether the contract sees msg.sender zero
   */
  public Trace traceQuery(boolean anonymous, String function, Object... arguments) {
    return client.trace(
        this,
        abi().encodeCall(function, List.of(arguments)),
        OptionalLong.empty(),
        true,
        anonymous);
  }

  /**
   * Reads this contract's variables, which only the realm's owner may do, and on development
   * networks only.
   *
   * @throws network.enigma.protocol.EnigmaException NO_STORAGE_LAYOUT where this user did not
   *     deploy it from its source
   */
  public StorageReader storage() {
    return storage(client.layout(this));
  }

  /** The same by a layout that is known otherwise. */
  public StorageReader storage(StorageLayout layout) {
    return new StorageReader(layout, slots -> client.slots(this, slots));
  }

  /**
   * Which code the contract runs, who may change it, and what was announced.
   *
   * @throws network.enigma.protocol.EnigmaException NO_SUCH_CONTRACT, BAD_PROOF where the answer
   *     does not lead to the contract's address, and what queries throw
   */
  public ContractCode code() {
    return client.code(this);
  }

  /**
   * Who may change the contract's code; empty if nobody ever may. Checked against the contract's
   * address, which commits to it.
   *
   * @throws network.enigma.protocol.EnigmaException as {@link #code}
   */
  public Optional<UpgradeAuthority> authority() {
    return client.authority(this);
  }

  /**
   * Announces new code on Ethereum, as the contract's authority. {@link #upgrade} announces by
   * itself what is not announced.
   *
   * @return the first block at which {@link #upgrade} can carry it out
   * @throws network.enigma.protocol.EnigmaException UPGRADE_NOT_ALLOWED for all but the authority
   */
  public long announceUpgrade(CompiledContract code) {
    return client.announceUpgrade(this, code);
  }

  /**
   * Takes announced code back, as the contract's authority.
   *
   * @param codeHash as {@link AnnouncedUpgrade} has it
   * @throws network.enigma.protocol.EnigmaException UPGRADE_NOT_ALLOWED for all but the authority,
   *     UPGRADE_NOT_READY if it is not announced
   */
  public void cancelUpgrade(Bytes32 codeHash) {
    client.cancelUpgrade(this, codeHash);
  }

  /**
   * Replaces the contract's code and keeps its state, as its authority: announces the code unless
   * it is announced, and posts the order if the delay has passed. The new code's constructor runs
   * on the contract's storage; should it revert, the old code stays.
   *
   * @param arguments of the new code's constructor, which are sealed
   * @return the contract with its new interface, and the task
   * @throws network.enigma.protocol.EnigmaException UPGRADE_NOT_ALLOWED for all but the authority;
   *     UPGRADE_NOT_READY while the delay runs, with the block: call it again then
   */
  public Deployment upgrade(CompiledContract code, List<?> arguments, CallOptions options) {
    return client.upgrade(this, code, arguments, options);
  }

  /** The same with default options, from a Solidity file or an artifact. */
  public Deployment upgrade(Path file, Object... arguments) {
    return upgrade(client.compiler().load(file, null), List.of(arguments), CallOptions.DEFAULT);
  }
}

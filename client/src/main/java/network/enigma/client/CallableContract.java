package network.enigma.client;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import network.enigma.client.abi.ContractAbi;
import network.enigma.client.abi.EncodedCall;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallableInput;
import network.enigma.protocol.CallbackCall;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * An ordinary Ethereum contract in the style of the first Enigma release, as one account sees it
 * (rule C7, kind CALLABLE): enclaves run its {@code pure} or {@code view} functions on sealed
 * arguments and empty storage, and what they return goes to a callback of the same contract. The
 * contract inherits {@code enigma/Callable.sol}. Immutable; usable by many threads.
 *
 * <pre>{@code
 * CallableContract credit = client.callable("CreditLine", address, realm, abi);
 * credit.deliver("assessed", "assess", applicant, income, debts, signature).await();
 * }</pre>
 */
public final class CallableContract extends ContractHandle {
  /** What a callback gets on Ethereum unless the caller says otherwise. */
  public static final long DEFAULT_CALLBACK_GAS = 200_000;

  private final Bytes32 codeHash;

  CallableContract(
      EnigmaClient client,
      String name,
      Address address,
      Bytes32 realm,
      ContractAbi abi,
      Bytes32 codeHash) {
    super(client, name, address, realm, abi);
    this.codeHash = codeHash;
  }

  /** keccak256 of the code that the tasks of this handle run; other code is refused. */
  public Bytes32 codeHash() {
    return codeHash;
  }

  /** The same contract as another account sees it. */
  public CallableContract as(EnigmaClient other) {
    return new CallableContract(other, name(), address(), realm(), abi(), codeHash);
  }

  /**
   * Seals the arguments and has the callable's result delivered to the callback, with default
   * options. The result is public once it is delivered; the arguments stay sealed.
   *
   * @param callback takes what the callable returns
   * @throws EnigmaException NO_SUCH_FUNCTION, ABI_MISMATCH and what a call throws
   */
  public Task deliver(String callback, String callable, Object... arguments) {
    return deliver(
        CallOptions.DEFAULT, callback, DEFAULT_CALLBACK_GAS, callable, List.of(arguments));
  }

  /**
   * Seals the arguments and has the callable's result delivered to the callback.
   *
   * @param callbackGas what the callback gets on Ethereum, 1 to 1,000,000; the task pays it at the
   *     network's callback rate, with 60,000 more
   */
  public Task deliver(
      CallOptions options, String callback, long callbackGas, String callable, List<?> arguments) {
    EncodedCall call = encode(callable, arguments);
    if (callbackGas < 1 || callbackGas > CallbackCall.MAXIMUM_GAS) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT,
          "a callback takes 1 to 1,000,000 gas, not %d".formatted(callbackGas));
    }
    CallableInput.Callback receiver =
        new CallableInput.Callback(abi().callbackSelector(callback, call.outputs()), callbackGas);
    return client.send(this, new CallableInput(Optional.of(receiver), call.input()), call, options);
  }

  /** Seals the arguments and gives the callable's result to the sender alone. */
  public Task run(String callable, Object... arguments) {
    return run(CallOptions.DEFAULT, callable, List.of(arguments));
  }

  /** Seals the arguments and gives the callable's result to the sender alone. */
  public Task run(CallOptions options, String callable, List<?> arguments) {
    EncodedCall call = encode(callable, arguments);
    return client.send(this, new CallableInput(Optional.empty(), call.input()), call, options);
  }

  /** A gas limit from what this account's past runs of the same callable used, as for calls. */
  public OptionalLong gasOfPastRuns(String callable, List<?> arguments) {
    return client.gasOfPastCalls(address(), encode(callable, arguments).signature());
  }

  private EncodedCall encode(String callable, List<?> arguments) {
    EncodedCall call = abi().encodeCall(callable, arguments);
    if (!call.readOnly()) {
      throw new EnigmaException(
          ErrorCode.ABI_MISMATCH,
          "%s is neither pure nor view: enclaves run callables on empty storage and keep nothing"
              .formatted(call.signature()));
    }
    return call;
  }
}

package network.enigma.runtime.evm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.runtime.CallbackRequest;
import network.enigma.runtime.Environment;
import network.enigma.runtime.Failure;
import network.enigma.runtime.Limits;
import network.enigma.runtime.RandomSource;
import org.jspecify.annotations.Nullable;

/**
 * What is built into the machine of a secret contract: Ethereum's precompiled contracts, P-256
 * verification at 0x100, and the ports that the Solidity library {@code enigma/Secret.sol} calls.
 *
 * <ul>
 *   <li>{@code 0x456e69676d610001} random bytes: input a length as a word, output so many bytes.
 *       Gas 200 and 12 a word.
 *   <li>{@code 0x456e69676d610002} callback: input {@code abi.encode(address target, uint256 gas,
 *       bytes data)}, no output. Gas 2,000, 16 a byte of data, and the callback's gas times the
 *       network's callback rate (Rule C12). A request beyond a limit reverts with the reason.
 *   <li>{@code 0x456e69676d610003} charge the full limit: no input, no output (Rule C10). Gas 100.
 *       It stays in force if the call that asks is undone.
 * </ul>
 */
final class RealmPorts implements Ports {
  static final long RANDOM = 0x456e_6967_6d61_0001L;
  static final long CALLBACK = 0x456e_6967_6d61_0002L;
  static final long CHARGE_FULL_LIMIT = 0x456e_6967_6d61_0003L;

  private static final int P256_ADDRESS = 0x100;
  private final Environment environment;

  RealmPorts(Environment environment) {
    this.environment = environment;
  }

  @Override
  public @Nullable Precompile precompile(long address2, long address1, long address0) {
    if ((address2 | address1) != 0) {
      return null;
    }
    if (address0 > 0 && address0 <= Precompiles.FROM_ONE.size()) {
      return Precompiles.FROM_ONE.get((int) address0 - 1);
    }
    return address0 == P256_ADDRESS ? Precompiles.P256_VERIFY : null;
  }

  @Override
  public @Nullable Port port(long address2, long address1, long address0) {
    if ((address2 | address1) != 0) {
      return null;
    }
    if (address0 == RANDOM) {
      return this::random;
    }
    if (address0 == CALLBACK) {
      return this::callback;
    }
    return address0 == CHARGE_FULL_LIMIT ? RealmPorts::chargeFullLimit : null;
  }

  @Override
  public boolean isBuiltIn(long address2, long address1, long address0) {
    return precompile(address2, address1, address0) != null
        || port(address2, address1, address0) != null;
  }

  private Answer random(
      Machine machine, Account contract, boolean readOnly, byte[] input, long gas) {
    long length = number(input, 0);
    if (input.length != 32 || length > RandomSource.MAXIMUM_LENGTH) {
      return refused(
          "random bytes: the length is a word of at most " + RandomSource.MAXIMUM_LENGTH, gas);
    }
    long cost = 200 + 12 * Instructions.words(length);
    if (cost > gas) {
      return outOfGas();
    }
    byte[] output = environment.random().bytes(++machine.randomStreams, (int) length);
    return new Answer(Halt.RETURNED, output, gas - cost);
  }

  private Answer callback(
      Machine machine, Account contract, boolean readOnly, byte[] input, long gas) {
    if (machine.readOnly) {
      return new Answer(machine.abort(Failure.READ_ONLY), Frame.NOTHING, 0);
    }
    if (readOnly) {
      return new Answer(Halt.READ_ONLY, Frame.NOTHING, 0);
    }
    Limits limits = environment.limits();
    long length = number(input, 96);
    if (input.length < 128
        || number(input, 64) != 96
        || length > input.length - 128
        || !isZero(input, 0, 12)) {
      return refused("callback: malformed request", gas);
    }
    long callbackGas = number(input, 32);
    if (callbackGas > limits.callbackGas()) {
      return refused("callback: more gas than " + limits.callbackGas(), gas);
    }
    if (length > limits.callbackBytes()) {
      return refused("callback: more data than " + limits.callbackBytes() + " bytes", gas);
    }
    if (machine.callbacks.size() >= limits.callbacks()) {
      return refused("callback: more than " + limits.callbacks() + " in a task", gas);
    }
    long cost = CallbackRequest.taskGas(callbackGas, length, environment.callbackRate());
    if (cost > gas) {
      return refused("callback: the gas left does not pay for it", gas);
    }
    machine.callbacks.add(
        new CallbackRequest(
            Address.of(contract.address()),
            Address.of(Arrays.copyOfRange(input, 12, 32)),
            callbackGas,
            Bytes.of(Arrays.copyOfRange(input, 128, 128 + (int) length))));
    return new Answer(Halt.RETURNED, Frame.NOTHING, gas - cost);
  }

  private static Answer chargeFullLimit(
      Machine machine, Account contract, boolean readOnly, byte[] input, long gas) {
    if (gas < 100) {
      return outOfGas();
    }
    machine.chargeFullLimit = true;
    return new Answer(Halt.RETURNED, Frame.NOTHING, gas - 100);
  }

  private static Answer outOfGas() {
    return new Answer(Halt.OUT_OF_GAS, Frame.NOTHING, 0);
  }

  /** Reverts with Solidity's {@code Error(string)}. */
  private static Answer refused(String reason, long gas) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    byte[] output = new byte[68 + (text.length + 31) / 32 * 32];
    Words.writeInt(output, 0, 0x08c3_79a0);
    output[35] = 32;
    Words.writeInt(output, 64, text.length);
    System.arraycopy(text, 0, output, 68, text.length);
    return new Answer(Halt.REVERTED, output, gas);
  }

  /** The word at an index as a number, clamped to 2^63 − 1; zero if the input is shorter. */
  private static long number(byte[] input, int at) {
    if (input.length < at + 32) {
      return 0;
    }
    long[] word = new long[4];
    Words.read(input, at, word, 0);
    return Words.clamp(word, 0);
  }

  private static boolean isZero(byte[] input, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (input[i] != 0) {
        return false;
      }
    }
    return true;
  }
}

package network.enigma.protocol;

import java.util.Optional;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What the envelope of a CALLABLE carries (rule C7): the call of the target's callable, and which
 * function of the target receives the result. Form: {@code callback's selector(4) ‖ callback's
 * gas(4) ‖ call}; eight zero bytes stand for no callback, and the result then goes to the sender
 * alone. A contract makes it with {@code abi.encodePacked(this.callback.selector, uint32(gas),
 * abi.encodeCall(this.callable, (…)))}.
 *
 * <p>The callback's data are {@code callable's selector(4) ‖ callback's selector(4) ‖ what the
 * callable returned}: from the fifth byte on they are a call of the callback.
 *
 * @param callback who receives the result on Ethereum
 * @param call selector and arguments of the callable; with a callback, at least the selector
 */
public record CallableInput(Optional<Callback> callback, Bytes call) {
  private static final int SELECTOR_LENGTH = 4;

  /** Bytes of a callback's data beside the result. */
  public static final int DATA_OVERHEAD = 2 * SELECTOR_LENGTH;

  /**
   * The function of the target that receives the result.
   *
   * @param selector its selector, 4 bytes
   * @param gas for its call on Ethereum, 1 to 1,000,000
   */
  public record Callback(Bytes selector, long gas) {
    public Callback {
      if (selector.length() != SELECTOR_LENGTH) {
        throw malformed("a selector has 4 bytes, not " + selector.length());
      }
      if (gas < 1 || gas > CallbackCall.MAXIMUM_GAS) {
        throw malformed("a callback takes 1 to 1,000,000 gas, not " + gas);
      }
    }
  }

  public CallableInput {
    if (callback.isPresent() && call.length() < SELECTOR_LENGTH) {
      throw malformed("the call names no function");
    }
  }

  public byte[] encode() {
    WireWriter writer = new WireWriter();
    callback.ifPresentOrElse(
        each -> writer.raw(each.selector.toByteArray()).uint32(each.gas),
        () -> writer.uint32(0).uint32(0));
    return writer.raw(call.toByteArray()).toByteArray();
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_INPUT}
   */
  public static CallableInput decode(byte[] message) {
    if (message.length < DATA_OVERHEAD) {
      throw malformed("the input has " + message.length + " bytes");
    }
    WireReader reader = new WireReader(message);
    Bytes selector = Bytes.of(reader.raw(SELECTOR_LENGTH));
    long gas = reader.uint32();
    Bytes call = Bytes.of(reader.raw(reader.remaining()));
    boolean none = gas == 0 && selector.equals(Bytes.of(new byte[SELECTOR_LENGTH]));
    return new CallableInput(
        none ? Optional.empty() : Optional.of(new Callback(selector, gas)), call);
  }

  /** The data for the callback's {@code onResult}, or nothing if no callback is wanted. */
  public Optional<Bytes> data(Bytes result) {
    return callback.map(
        each -> Bytes.concat(call.slice(0, SELECTOR_LENGTH), each.selector, result));
  }

  private static EnigmaException malformed(String message) {
    return new EnigmaException(ErrorCode.MALFORMED_INPUT, message);
  }

  /** Without the call, which is secret. */
  @Override
  public String toString() {
    return "CallableInput[" + callback + ", " + call.length() + " bytes]";
  }
}

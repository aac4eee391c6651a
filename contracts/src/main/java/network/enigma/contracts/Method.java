package network.enigma.contracts;

import com.esaulpaugh.headlong.abi.Tuple;
import com.esaulpaugh.headlong.abi.TupleType;
import java.util.Arrays;
import java.util.HexFormat;

/** A function of a contract: its selector and the types around a call. */
final class Method {
  private final byte[] selector;
  private final TupleType<Tuple> inputs;
  private final TupleType<Tuple> outputs;

  Method(String selector, String inputs, String outputs) {
    this.selector = HexFormat.of().parseHex(selector);
    this.inputs = TupleType.parse(inputs);
    this.outputs = TupleType.parse(outputs);
  }

  byte[] call(Object... values) {
    return Abi.concat(selector, Abi.encode(inputs, values));
  }

  Tuple arguments(byte[] calldata) {
    if (calldata.length < 4 || !Arrays.equals(selector, 0, 4, calldata, 0, 4)) {
      throw new IllegalArgumentException("the calldata calls another function");
    }
    return Abi.decode(inputs, Arrays.copyOfRange(calldata, 4, calldata.length));
  }

  Tuple result(byte[] output) {
    return Abi.decode(outputs, output);
  }
}

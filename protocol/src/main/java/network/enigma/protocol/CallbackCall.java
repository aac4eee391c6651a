package network.enigma.protocol;

import java.util.List;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * A call into an Ethereum contract that a secret contract asked for (rule C12): {@code
 * onResult(secretContract, taskId, data)} through the forwarder.
 *
 * @param target the Ethereum contract
 * @param gas for the call, at most 1,000,000
 * @param data at most 4 KiB
 */
public record CallbackCall(
    Bytes32 taskId, Address secretContract, Address target, long gas, Bytes data) {
  public static final long MAXIMUM_GAS = 1_000_000;
  public static final int MAXIMUM_DATA = 4_096;
  public static final int MAXIMUM_PER_TASK = 4;

  public CallbackCall {
    if (gas < 0 || gas > MAXIMUM_GAS) {
      throw new EnigmaException(
          ErrorCode.CALLBACK_NOT_ALLOWED, "a callback takes at most 1,000,000 gas, not " + gas);
    }
    if (data.length() > MAXIMUM_DATA) {
      throw new EnigmaException(
          ErrorCode.CALLBACK_NOT_ALLOWED,
          "a callback carries at most 4 KiB, not " + data.length() + " bytes");
    }
  }

  public Bytes32 hash() {
    return Preimage.words("CALLBACK", 5)
        .bytes32(taskId)
        .address(secretContract)
        .address(target)
        .uint(gas)
        .bytes32(Keccak.hash(data))
        .hash();
  }

  /**
   * keccak256 of the callbacks' hashes one after the other; that of the empty string where there
   * are none.
   */
  public static Bytes32 listHash(List<CallbackCall> callbacks) {
    Words words = new Words(callbacks.size());
    for (CallbackCall callback : callbacks) {
      words.bytes32(callback.hash());
    }
    return words.hash();
  }

  public void write(WireWriter writer) {
    writer.bytes32(taskId).address(secretContract).address(target).uint32(gas).bytes(data);
  }

  public static CallbackCall read(WireReader reader) {
    return new CallbackCall(
        reader.bytes32(),
        reader.address(),
        reader.address(),
        reader.uint32(),
        reader.bytes(MAXIMUM_DATA));
  }
}

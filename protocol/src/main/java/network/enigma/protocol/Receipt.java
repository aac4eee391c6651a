package network.enigma.protocol;

import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What a batch says about one task; a leaf of its Merkle tree (rule C14).
 *
 * @param sequence the task's place in the realm's history, unsigned
 * @param gasCharged unsigned
 * @param resultHash keccak256 of the result's bytes for EXECUTED, {@link #refusalHash} for REFUSED,
 *     zero for DUPLICATE
 * @param callbackHash {@link CallbackCall#listHash} of the task's callbacks
 */
public record Receipt(
    Bytes32 taskId,
    long sequence,
    Outcome outcome,
    long gasCharged,
    Bytes32 resultHash,
    Bytes32 callbackHash) {

  /** What stands for the result of a refused task, so that the reason is signed too. */
  public static Bytes32 refusalHash(ErrorCode code) {
    return Preimage.words("REFUSAL", 1).uint(code.number()).hash();
  }

  /** keccak256(0x00 ‖ abi.encode(receipt)). */
  public Bytes32 leaf() {
    return Keccak.hash(
        new byte[] {0},
        new Words(6)
            .bytes32(taskId)
            .uint(sequence)
            .uint(outcome.number())
            .uint(gasCharged)
            .bytes32(resultHash)
            .bytes32(callbackHash)
            .toByteArray());
  }

  public void write(WireWriter writer) {
    writer
        .bytes32(taskId)
        .uint64(sequence)
        .uint8(outcome.number())
        .uint64(gasCharged)
        .bytes32(resultHash)
        .bytes32(callbackHash);
  }

  public static Receipt read(WireReader reader) {
    return new Receipt(
        reader.bytes32(),
        reader.uint64(),
        Outcome.fromNumber(reader.uint8()),
        reader.uint64(),
        reader.bytes32(),
        reader.bytes32());
  }
}

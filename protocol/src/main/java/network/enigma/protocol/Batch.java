package network.enigma.protocol;

import java.util.ArrayList;
import java.util.List;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * The content of a batch (rule C8): what a lease holder did to a realm, immutable and signed
 * through the state hash it leads to.
 *
 * @param lease under which it was made, unsigned
 * @param tenure unsigned
 * @param firstSequence the first sequence number it takes, unsigned
 * @param count how many sequence numbers it takes, at least 1: one a task, one for a snapshot
 * @param headerNumber the block at whose header it ran, unsigned
 * @param deltaHash keccak256 of the sealed delta, or of the sealed snapshot
 * @param receiptsRoot the root of the {@link MerkleTree} over its receipts
 * @param charges what each payer of direct tasks owes, at most 512 payers
 * @param outcomes of the posted tasks, at most 256
 * @param callbacks in the order they run, at most 3,000,000 gas together
 * @param payee who is paid
 */
public record Batch(
    Bytes32 realm,
    BatchKind kind,
    long lease,
    long tenure,
    long firstSequence,
    long count,
    long headerNumber,
    Bytes32 headerHash,
    Bytes32 deltaHash,
    Bytes32 receiptsRoot,
    List<Charge> charges,
    List<TaskOutcome> outcomes,
    List<CallbackCall> callbacks,
    Address payee) {
  public static final int MAXIMUM_PAYERS = 512;
  public static final int MAXIMUM_OUTCOMES = 256;
  public static final long MAXIMUM_CALLBACK_GAS = 3_000_000;

  /** The most tasks of one batch, so that indices and proofs stay small. */
  public static final int MAXIMUM_TASKS = 4_096;

  /**
   * No delta, outcome list or callback list makes a batch longer than this, in bytes of calldata
   * (rule C9).
   */
  public static final int MAXIMUM_CALLDATA = 64 * 1024;

  private static final int MAXIMUM_CALLBACKS = MAXIMUM_CALLDATA / 32;

  public Batch {
    charges = List.copyOf(charges);
    outcomes = List.copyOf(outcomes);
    callbacks = List.copyOf(callbacks);
    if (count < 1 || count > MAXIMUM_TASKS) {
      throw malformed("a batch takes 1 to " + MAXIMUM_TASKS + " sequence numbers, not " + count);
    }
    if (firstSequence + count - 1 < 0 || firstSequence < 0) {
      throw malformed("sequence numbers beyond 2^63");
    }
    if (charges.size() > MAXIMUM_PAYERS || outcomes.size() > MAXIMUM_OUTCOMES) {
      throw malformed(
          "a batch of "
              + charges.size()
              + " payers and "
              + outcomes.size()
              + " outcomes is too long");
    }
    if (callbacks.stream().mapToLong(CallbackCall::gas).sum() > MAXIMUM_CALLBACK_GAS) {
      throw malformed("the callbacks of a batch take more than 3,000,000 gas");
    }
    if (kind == BatchKind.SNAPSHOT
        && !(charges.isEmpty() && outcomes.isEmpty() && callbacks.isEmpty())) {
      throw malformed("a snapshot settles nothing");
    }
  }

  private static EnigmaException malformed(String message) {
    return new EnigmaException(ErrorCode.MALFORMED_MESSAGE, message);
  }

  /** The last sequence number it takes. */
  public long endSequence() {
    return firstSequence + count - 1;
  }

  /** The charges as calldata has them: address and uint64 each, packed. */
  public byte[] packedCharges() {
    WireWriter writer = new WireWriter();
    for (Charge charge : charges) {
      writer.address(charge.payer()).uint64(charge.amount());
    }
    return writer.toByteArray();
  }

  /** The outcomes as calldata has them: task id, uint8, uint16 and uint64 each, packed. */
  public byte[] packedOutcomes() {
    WireWriter writer = new WireWriter();
    for (TaskOutcome outcome : outcomes) {
      writer
          .bytes32(outcome.taskId())
          .uint8(outcome.outcome().number())
          .uint16(outcome.code())
          .uint64(outcome.fee());
    }
    return writer.toByteArray();
  }

  /** Reads charges out of calldata. */
  public static List<Charge> unpackCharges(byte[] packed) {
    WireReader reader = new WireReader(packed);
    List<Charge> charges = new ArrayList<>();
    while (reader.remaining() > 0) {
      charges.add(new Charge(reader.address(), reader.uint64()));
    }
    return List.copyOf(charges);
  }

  /** Reads outcomes out of calldata. */
  public static List<TaskOutcome> unpackOutcomes(byte[] packed) {
    WireReader reader = new WireReader(packed);
    List<TaskOutcome> outcomes = new ArrayList<>();
    while (reader.remaining() > 0) {
      outcomes.add(
          new TaskOutcome(
              reader.bytes32(),
              Outcome.fromNumber(reader.uint8()),
              reader.uint16(),
              reader.uint64()));
    }
    return List.copyOf(outcomes);
  }

  public Bytes32 chargesHash() {
    return Keccak.hash(packedCharges());
  }

  public Bytes32 outcomesHash() {
    return Keccak.hash(packedOutcomes());
  }

  public Bytes32 callbacksHash() {
    return CallbackCall.listHash(callbacks);
  }

  /**
   * The state hash after this batch, given the one before it. Lease, tenure and signer stay
   * outside.
   */
  public Bytes32 stateHash(Bytes32 previous) {
    return stateHash(
        kind,
        previous,
        endSequence(),
        headerNumber,
        headerHash,
        deltaHash,
        receiptsRoot,
        chargesHash(),
        outcomesHash(),
        callbacksHash(),
        payee);
  }

  /** The state hash from the hashes of a batch's parts, for whoever has no more than these. */
  public static Bytes32 stateHash(
      BatchKind kind,
      Bytes32 previous,
      long endSequence,
      long headerNumber,
      Bytes32 headerHash,
      Bytes32 deltaHash,
      Bytes32 receiptsRoot,
      Bytes32 chargesHash,
      Bytes32 outcomesHash,
      Bytes32 callbacksHash,
      Address payee) {
    return Preimage.words("STATE", 11)
        .uint(kind.number())
        .bytes32(previous)
        .uint(endSequence)
        .uint(headerNumber)
        .bytes32(headerHash)
        .bytes32(deltaHash)
        .bytes32(receiptsRoot)
        .bytes32(chargesHash)
        .bytes32(outcomesHash)
        .bytes32(callbacksHash)
        .address(payee)
        .hash();
  }

  /** What the enclave signs. */
  public Head head(Bytes32 previous) {
    return new Head(realm, lease, endSequence(), stateHash(previous));
  }

  /** The same content under another lease, as its adopter signs it (rule S4). */
  public Batch underLease(long newLease, long newTenure) {
    return new Batch(
        realm,
        kind,
        newLease,
        newTenure,
        firstSequence,
        count,
        headerNumber,
        headerHash,
        deltaHash,
        receiptsRoot,
        charges,
        outcomes,
        callbacks,
        payee);
  }

  public void write(WireWriter writer) {
    writer
        .bytes32(realm)
        .uint8(kind.number())
        .uint64(lease)
        .uint64(tenure)
        .uint64(firstSequence)
        .uint64(count)
        .uint64(headerNumber)
        .bytes32(headerHash)
        .bytes32(deltaHash)
        .bytes32(receiptsRoot)
        .list(charges, (to, charge) -> to.address(charge.payer()).uint64(charge.amount()))
        .list(
            outcomes,
            (to, outcome) ->
                to.bytes32(outcome.taskId())
                    .uint8(outcome.outcome().number())
                    .uint16(outcome.code())
                    .uint64(outcome.fee()))
        .list(callbacks, (to, callback) -> callback.write(to))
        .address(payee);
  }

  public static Batch read(WireReader reader) {
    return new Batch(
        reader.bytes32(),
        BatchKind.fromNumber(reader.uint8()),
        reader.uint64(),
        reader.uint64(),
        reader.uint64(),
        reader.uint64(),
        reader.uint64(),
        reader.bytes32(),
        reader.bytes32(),
        reader.bytes32(),
        reader.list(MAXIMUM_PAYERS, from -> new Charge(from.address(), from.uint64())),
        reader.list(
            MAXIMUM_OUTCOMES,
            from ->
                new TaskOutcome(
                    from.bytes32(),
                    Outcome.fromNumber(from.uint8()),
                    from.uint16(),
                    from.uint64())),
        reader.list(MAXIMUM_CALLBACKS, CallbackCall::read),
        reader.address());
  }

  public byte[] encode() {
    WireWriter writer = new WireWriter();
    write(writer);
    return writer.toByteArray();
  }

  public static Batch decode(byte[] message) {
    WireReader reader = new WireReader(message);
    Batch batch = read(reader);
    reader.end();
    return batch;
  }
}

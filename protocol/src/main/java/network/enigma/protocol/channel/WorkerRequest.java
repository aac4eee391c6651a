package network.enigma.protocol.channel;

import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Batch;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.DeployData;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Query;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What a host asks of a worker enclave (Rule T1). Each request is answered by one {@link
 * WorkerResponse}; whatever is wrong with a request is answered by {@link SharedResponse.Failure}
 * and changes nothing.
 *
 * <p>A {@code proof} is an encoded state proof of one block whose header the enclave holds (see
 * {@code ethereum}'s {@code StateProof}); it must cover the slots that {@code WorkerSlots} of
 * module {@code ethereum} lists for the request. What the enclave saw proved at most {@code
 * maxHeaderLag} blocks ago need not be proved again: an empty proof is then enough.
 */
public sealed interface WorkerRequest permits SharedRequest, WorkerRequest.Own {
  byte[] encode();

  /** Longest list of key managers' messages. */
  int MAXIMUM_KEY_MANAGERS = 256;

  /** Most tasks of one batch. */
  int MAXIMUM_TASKS = 1_024;

  /** Most Ethereum contracts whose code one batch runs. */
  int MAXIMUM_CODES = 64;

  /** Most deltas of one request. */
  int MAXIMUM_DELTAS = 1 << 16;

  /** What only a worker enclave understands. */
  sealed interface Own extends WorkerRequest {
    @Override
    default byte[] encode() {
      return WorkerRequest.encode(this);
    }
  }

  /**
   * Asks for a lease request to show to key managers (Rule S2). Answered by {@link
   * WorkerResponse.LeaseRequested}.
   *
   * @param tenure the announced tenure, or the drawn one that is to be announced
   * @param attempt counts the requests made at one header, 0 to 65,535: the lease's number is
   *     header number × 2¹⁶ + attempt
   * @param previousGeneration generation of the tenure before, whose keys the state or open orders
   *     may still need; empty if there is none or its keys are not needed any more
   */
  record RequestLease(Bytes32 realm, long tenure, int attempt, Optional<Long> previousGeneration)
      implements Own {}

  /**
   * Hands over what the key managers answered, and the realm's state (Rules S2, S4). Answered by
   * {@link WorkerResponse.LeaseTaken}, or refused with {@code HEAD_MISMATCH} when deltas are
   * missing.
   *
   * @param grants what {@link KeyManagerResponse.LeaseGranted} gave, of a quorum at least
   * @param snapshot the newest snapshot that leads to the chain's state hash, empty to start from
   *     genesis
   * @param deltas every delta since, in order; those beyond the highest acknowledged head are
   *     ignored
   * @param proof proves the realm, its generation, and the key managers that granted
   */
  record TakeLease(
      Bytes32 realm, List<Grant> grants, Bytes proof, Optional<Bytes> snapshot, List<Bytes> deltas)
      implements Own {}

  /** A key manager's answer to a lease request, as in {@link KeyManagerResponse.LeaseGranted}. */
  record Grant(Address keyManager, Bytes sealedGrant, Signature signature) {}

  /**
   * Asks for the enclave's word that it will run the task if it comes to it (design section 8).
   * Answered by {@link WorkerResponse.Accepted}.
   *
   * @param proof proves the sender's allocation to the realm, and for a CALLABLE its target's
   *     account
   */
  record Accept(TaskInput task, Bytes proof) implements Own {}

  /**
   * Runs tasks in order and makes one batch of them. Answered by {@link WorkerResponse.Executed},
   * or {@link WorkerResponse.AllRejected}. Several batches of a realm may wait for their
   * acknowledgements at a time. Without tasks the batch makes the callbacks that wait (see {@link
   * WorkerResponse.ReleasedBatch}).
   *
   * @param headerNumber the header the batch runs at; never lower than an earlier batch's
   * @param payee the worker's operator, who is paid
   * @param tasks what to run; the enclave takes as many from the front as fit one batch (Rule C9)
   * @param proof proves the allocation of each direct task's sender, the slot of each posted task,
   *     the realm's owner for DEPLOY, that the lease's tenure is announced, and at the very header
   *     of the batch the account of each CALLABLE's target
   * @param codes the code of the targets of CALLABLEs, at most {@link #MAXIMUM_CODES}, each once
   */
  record Execute(
      Bytes32 realm,
      long headerNumber,
      Address payee,
      List<TaskInput> tasks,
      Bytes proof,
      List<Bytes> codes)
      implements Own {
    /** Without tasks of kind CALLABLE. */
    public Execute(
        Bytes32 realm, long headerNumber, Address payee, List<TaskInput> tasks, Bytes proof) {
      this(realm, headerNumber, payee, tasks, proof, List.of());
    }
  }

  /**
   * Makes a batch of kind SNAPSHOT: the whole state, sealed. Answered by {@link
   * WorkerResponse.Executed} with the sealed snapshot in the place of the delta.
   *
   * @param proof proves that the lease's tenure is announced
   */
  record Snapshot(Bytes32 realm, long headerNumber, Address payee, Bytes proof) implements Own {}

  /**
   * Shows that a head is anchored, and asks for what it covers (Rule S3). Covers every earlier
   * batch of the lease too. Answered by {@link WorkerResponse.Released}.
   *
   * @param acknowledgements what {@link KeyManagerResponse.HeadAcknowledged} gave for this head, of
   *     a quorum of key managers
   * @param proof proves the key managers
   */
  record Release(Bytes32 realm, long endSequence, List<Bytes> acknowledgements, Bytes proof)
      implements Own {}

  /**
   * Tells the enclave what the chain has committed, which releases the results of realms that wait
   * for it and lets the enclave forget. Answered by {@link WorkerResponse.Released} with results
   * only.
   *
   * @param proof proves the realm
   */
  record ConfirmCommitted(Bytes32 realm, Bytes proof) implements Own {}

  /**
   * Opens a committed step of the realm's history once more, for the results in it (Rule S5). The
   * first one opened under a lease is the one that ends at {@link
   * WorkerResponse.LeaseTaken#committed}, each next one the step before the last. Answered by
   * {@link WorkerResponse.StepOpened}.
   *
   * @param sealed delta or snapshot
   */
  record OpenStep(Bytes32 realm, Bytes sealed) implements Own {}

  /**
   * Asks a contract (Rule E4), or on a development network what its author may ask ({@link
   * network.enigma.protocol.author.AuthorRequest}): the envelope says which. Answered by {@link
   * WorkerResponse.Answered}.
   *
   * @param proof proves the realm and, for a query with a permit, its owner's allocation slot,
   *     which holds the epoch of permits; on a development network the realm's owner too
   */
  record AnswerQuery(Query query, Bytes proof) implements Own {}

  /**
   * Asks a backup's enclave to check and acknowledge that this machine holds batches of another
   * worker (Rule C8). Answered by {@link WorkerResponse.Held}. The enclave remembers how far it has
   * checked: the next request continues there.
   *
   * @param tenure of the lease
   * @param lease under which the newest of the batches is signed
   * @param enclave the holder's
   * @param grants the key managers' signatures over Grant(realm, tenure, lease, enclave), of a
   *     quorum
   * @param start where the batches start, if the enclave does not know the realm yet or has to
   *     start over
   * @param batches batches in order with their sealed deltas; the last one's head is acknowledged
   * @param proof proves the realm, its generation, and the key managers that granted
   */
  record HoldDelta(
      Bytes32 realm,
      long tenure,
      long lease,
      Address enclave,
      List<Signature> grants,
      Optional<Start> start,
      List<SealedBatch> batches,
      Bytes proof)
      implements Own {}

  /**
   * The state hash and sequence before the first batch of a {@link HoldDelta}: genesis, or what a
   * committed SNAPSHOT follows.
   */
  record Start(long sequence, Bytes32 stateHash) {}

  /** A batch and the sealed delta, or snapshot, that it names by hash. */
  record SealedBatch(Batch batch, Bytes sealed) {}

  /** Forgets a realm: its state, keys and lease. Answered by {@link WorkerResponse.Done}. */
  record DropRealm(Bytes32 realm) implements Own {}

  private static byte[] encode(Own own) {
    WireWriter to = new WireWriter();
    switch (own) {
      case RequestLease request ->
          to.uint8(96)
              .bytes32(request.realm)
              .uint64(request.tenure)
              .uint16(request.attempt)
              .optional(request.previousGeneration, WireWriter::uint32);
      case TakeLease take ->
          to.uint8(97)
              .bytes32(take.realm)
              .list(
                  take.grants,
                  (writer, each) ->
                      writer
                          .address(each.keyManager)
                          .bytes(each.sealedGrant)
                          .raw(each.signature.toByteArray()))
              .bytes(take.proof)
              .optional(take.snapshot, WireWriter::bytes)
              .list(take.deltas, WireWriter::bytes);
      case Accept(TaskInput task, Bytes proof) -> {
        to.uint8(98);
        task.write(to);
        to.bytes(proof);
      }
      case Execute execute ->
          to.uint8(99)
              .bytes32(execute.realm)
              .uint64(execute.headerNumber)
              .address(execute.payee)
              .list(execute.tasks, (writer, task) -> task.write(writer))
              .bytes(execute.proof)
              .list(execute.codes, WireWriter::bytes);
      case Snapshot(Bytes32 realm, long headerNumber, Address payee, Bytes proof) ->
          to.uint8(100).bytes32(realm).uint64(headerNumber).address(payee).bytes(proof);
      case Release release ->
          to.uint8(101)
              .bytes32(release.realm)
              .uint64(release.endSequence)
              .list(release.acknowledgements, WireWriter::bytes)
              .bytes(release.proof);
      case ConfirmCommitted(Bytes32 realm, Bytes proof) ->
          to.uint8(102).bytes32(realm).bytes(proof);
      case AnswerQuery(Query query, Bytes proof) ->
          to.uint8(103).bytes(query.encode()).bytes(proof);
      case HoldDelta hold ->
          to.uint8(104)
              .bytes32(hold.realm)
              .uint64(hold.tenure)
              .uint64(hold.lease)
              .address(hold.enclave)
              .list(hold.grants, (writer, each) -> writer.raw(each.toByteArray()))
              .optional(
                  hold.start,
                  (writer, start) -> writer.uint64(start.sequence).bytes32(start.stateHash))
              .list(
                  hold.batches,
                  (writer, each) -> {
                    each.batch.write(writer);
                    writer.bytes(each.sealed);
                  })
              .bytes(hold.proof);
      case DropRealm(Bytes32 realm) -> to.uint8(105).bytes32(realm);
      case OpenStep(Bytes32 realm, Bytes sealed) -> to.uint8(106).bytes32(realm).bytes(sealed);
    }
    return to.toByteArray();
  }

  /**
   * Reads a request.
   *
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} or {@link
   *     ErrorCode#UNKNOWN_REQUEST}
   */
  static WorkerRequest decode(byte[] message) {
    return ChannelFrame.decode(
        message,
        (kind, from) ->
            switch (kind) {
              case 1 -> SharedRequest.Configure.read(from);
              case 2 -> SharedRequest.Attest.read(from);
              case 3 -> SharedRequest.AdvanceHeaders.read(from);
              case 96 ->
                  new RequestLease(
                      from.bytes32(),
                      from.uint64(),
                      from.uint16(),
                      from.optional(WireReader::uint32));
              case 97 ->
                  new TakeLease(
                      from.bytes32(),
                      from.list(
                          MAXIMUM_KEY_MANAGERS,
                          reader ->
                              new Grant(
                                  reader.address(),
                                  reader.bytes(ChannelFrame.MAXIMUM_MESSAGE),
                                  WorkerWire.readSignature(reader))),
                      from.bytes(ChannelFrame.MAXIMUM_PROOF),
                      from.optional(reader -> reader.bytes(ChannelFrame.MAXIMUM_FIELD)),
                      from.list(
                          MAXIMUM_DELTAS, reader -> reader.bytes(ChannelFrame.MAXIMUM_FIELD)));
              case 98 -> new Accept(TaskInput.read(from), from.bytes(ChannelFrame.MAXIMUM_PROOF));
              case 99 ->
                  new Execute(
                      from.bytes32(),
                      from.uint64(),
                      from.address(),
                      from.list(MAXIMUM_TASKS, TaskInput::read),
                      from.bytes(ChannelFrame.MAXIMUM_PROOF),
                      from.list(MAXIMUM_CODES, reader -> reader.bytes(DeployData.MAXIMUM_CODE)));
              case 100 ->
                  new Snapshot(
                      from.bytes32(),
                      from.uint64(),
                      from.address(),
                      from.bytes(ChannelFrame.MAXIMUM_PROOF));
              case 101 ->
                  new Release(
                      from.bytes32(),
                      from.uint64(),
                      from.list(
                          MAXIMUM_KEY_MANAGERS,
                          reader -> reader.bytes(ChannelFrame.MAXIMUM_MESSAGE)),
                      from.bytes(ChannelFrame.MAXIMUM_PROOF));
              case 102 ->
                  new ConfirmCommitted(from.bytes32(), from.bytes(ChannelFrame.MAXIMUM_PROOF));
              case 103 ->
                  new AnswerQuery(
                      Query.decode(from.bytes(ChannelFrame.MAXIMUM_MESSAGE).toByteArray()),
                      from.bytes(ChannelFrame.MAXIMUM_PROOF));
              case 104 ->
                  new HoldDelta(
                      from.bytes32(),
                      from.uint64(),
                      from.uint64(),
                      from.address(),
                      from.list(MAXIMUM_KEY_MANAGERS, WorkerWire::readSignature),
                      from.optional(reader -> new Start(reader.uint64(), reader.bytes32())),
                      from.list(
                          MAXIMUM_DELTAS,
                          reader ->
                              new SealedBatch(
                                  Batch.read(reader), reader.bytes(ChannelFrame.MAXIMUM_FIELD))),
                      from.bytes(ChannelFrame.MAXIMUM_PROOF));
              case 105 -> new DropRealm(from.bytes32());
              case 106 -> new OpenStep(from.bytes32(), from.bytes(ChannelFrame.MAXIMUM_FIELD));
              default -> throw ChannelFrame.unknownKind("worker request", kind);
            });
  }
}

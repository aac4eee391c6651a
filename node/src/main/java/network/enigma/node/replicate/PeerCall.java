package network.enigma.node.replicate;

import java.util.List;
import java.util.Optional;
import network.enigma.node.storage.LogEntry;
import network.enigma.node.storage.StoredOrder;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Query;
import network.enigma.protocol.channel.TaskInput;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/** What one worker's host asks of another's. */
public sealed interface PeerCall {
  int MAXIMUM_ENTRIES = 1 << 16;
  int MAXIMUM_SEALED = 192 << 20;
  int MAXIMUM_TASKS = 1 << 12;

  byte[] encode();

  /** An order for a realm that the other holds; answered by the acceptance as JSON. */
  record Submit(TaskInput task) implements PeerCall {
    @Override
    public byte[] encode() {
      return begin(1).bytes(StoredOrder.taskBytes(task)).toByteArray();
    }
  }

  /**
   * What the other knows of a task; answered by JSON as of {@code enigma_getTask}.
   *
   * @param waitMillis how long it may wait for the task's result
   */
  record GetTask(Bytes32 realm, Bytes32 taskId, int waitMillis) implements PeerCall {
    @Override
    public byte[] encode() {
      return begin(2).bytes32(realm).bytes32(taskId).uint16(waitMillis).toByteArray();
    }
  }

  /** A query for a realm that the other holds; answered by JSON as of {@code enigma_query}. */
  record Ask(Query query) implements PeerCall {
    @Override
    public byte[] encode() {
      return begin(3)
          .bytes(new WorkerRequest.AnswerQuery(query, Bytes.empty()).encode())
          .toByteArray();
    }
  }

  /** A fresh sealed delta, to be kept before it is anchored; answered by nothing. */
  record Keep(LogEntry entry) implements PeerCall {
    @Override
    public byte[] encode() {
      return begin(4).bytes(entry.encode()).toByteArray();
    }
  }

  /**
   * Anchored steps whose keeping the other's enclave is to acknowledge; answered by one signature
   * over Backup for each.
   *
   * @param start where the steps start when the enclave has to begin anew
   * @param entries steps in order
   * @param acknowledge how many of them, from the end, are to be acknowledged one by one
   */
  record Hold(
      Bytes32 realm,
      long tenure,
      long lease,
      Address enclave,
      List<Signature> grants,
      Optional<WorkerRequest.Start> start,
      List<LogEntry> entries,
      int acknowledge)
      implements PeerCall {
    @Override
    public byte[] encode() {
      return begin(5)
          .bytes32(realm)
          .uint64(tenure)
          .uint64(lease)
          .address(enclave)
          .list(grants, (to, each) -> to.raw(each.toByteArray()))
          .optional(start, (to, each) -> to.uint64(each.sequence()).bytes32(each.stateHash()))
          .list(entries, (to, each) -> to.bytes(each.encode()))
          .uint16(acknowledge)
          .toByteArray();
    }
  }

  /** The other's log of a realm; answered by a list of entries. */
  record FetchLog(Bytes32 realm) implements PeerCall {
    @Override
    public byte[] encode() {
      return begin(6).bytes32(realm).toByteArray();
    }
  }

  /**
   * Orders that the caller is to run, to be kept until it has; answered by nothing once they are on
   * disk.
   */
  record Entrust(List<StoredOrder> orders) implements PeerCall {
    @Override
    public byte[] encode() {
      return begin(7).list(orders, (to, each) -> to.bytes(each.encode())).toByteArray();
    }
  }

  /** Kept orders that are settled on Ethereum; answered by nothing. */
  record Settled(Bytes32 realm, List<Bytes32> taskIds) implements PeerCall {
    @Override
    public byte[] encode() {
      return begin(8).bytes32(realm).list(taskIds, WireWriter::bytes32).toByteArray();
    }
  }

  /** How far orders are that the other is to run; answered by one {@link Progress} each. */
  record AskProgress(Bytes32 realm, List<Bytes32> taskIds) implements PeerCall {
    @Override
    public byte[] encode() {
      return begin(9).bytes32(realm).list(taskIds, WireWriter::bytes32).toByteArray();
    }
  }

  /** What the other's enclave was registered with; answered as {@code enigma_evidence} is. */
  record GetEvidence() implements PeerCall {
    @Override
    public byte[] encode() {
      return begin(10).toByteArray();
    }
  }

  /** How far an order is. */
  enum Progress {
    /** Never heard of. */
    UNKNOWN,
    /** Accepted, or done and not committed yet. */
    UNDER_WAY,
    /** Committed, or over without a batch. */
    OVER
  }

  /** The answer to {@link AskProgress}. */
  static byte[] writeProgress(List<Progress> states) {
    return new WireWriter().list(states, (to, each) -> to.uint8(each.ordinal())).toByteArray();
  }

  static List<Progress> readProgress(byte[] answer) {
    WireReader reader = new WireReader(answer);
    List<Progress> states =
        reader.list(
            MAXIMUM_TASKS,
            from -> {
              int number = from.uint8();
              if (number >= Progress.values().length) {
                throw new EnigmaException(
                    ErrorCode.MALFORMED_MESSAGE, "no progress has number " + number);
              }
              return Progress.values()[number];
            });
    reader.end();
    return states;
  }

  private static WireWriter begin(int kind) {
    return new WireWriter().uint8(kind);
  }

  /** Whether a message says that it asks for a log, without reading it whole. */
  static boolean isFetchLog(byte[] message) {
    return message.length > 0 && message[0] == 6;
  }

  /** Reads a call; throws {@code MALFORMED_MESSAGE} or {@code UNKNOWN_REQUEST}. */
  static PeerCall decode(byte[] message) {
    WireReader reader = new WireReader(message);
    int kind = reader.uint8();
    PeerCall call =
        switch (kind) {
          case 1 -> new Submit(StoredOrder.task(reader.byteArray()));
          case 2 -> new GetTask(reader.bytes32(), reader.bytes32(), reader.uint16());
          case 3 -> new Ask(query(reader.byteArray()));
          case 4 -> new Keep(LogEntry.decode(reader.byteArray()));
          case 5 ->
              new Hold(
                  reader.bytes32(),
                  reader.uint64(),
                  reader.uint64(),
                  reader.address(),
                  reader.list(256, from -> Signature.of(from.raw(Signature.LENGTH))),
                  reader.optional(from -> new WorkerRequest.Start(from.uint64(), from.bytes32())),
                  readEntries(reader),
                  reader.uint16());
          case 6 -> new FetchLog(reader.bytes32());
          case 7 ->
              new Entrust(
                  reader.list(
                      MAXIMUM_TASKS, from -> StoredOrder.decode(from.bytes().toByteArray())));
          case 8 -> new Settled(reader.bytes32(), reader.list(MAXIMUM_TASKS, WireReader::bytes32));
          case 9 ->
              new AskProgress(reader.bytes32(), reader.list(MAXIMUM_TASKS, WireReader::bytes32));
          case 10 -> new GetEvidence();
          default ->
              throw new EnigmaException(
                  ErrorCode.UNKNOWN_REQUEST, "no call of a peer has kind " + kind);
        };
    reader.end();
    return call;
  }

  private static Query query(byte[] encoded) {
    if (WorkerRequest.decode(encoded) instanceof WorkerRequest.AnswerQuery answer) {
      return answer.query();
    }
    throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "the call holds no query");
  }

  /** A list of log entries, as the answer to {@link FetchLog} has it. */
  static byte[] writeEntries(List<LogEntry> entries) {
    return new WireWriter().list(entries, (to, each) -> to.bytes(each.encode())).toByteArray();
  }

  static List<LogEntry> readEntries(WireReader reader) {
    return reader.list(
        MAXIMUM_ENTRIES, from -> LogEntry.decode(from.bytes(MAXIMUM_SEALED).toByteArray()));
  }
}

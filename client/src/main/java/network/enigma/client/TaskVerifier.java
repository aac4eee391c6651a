package network.enigma.client;

import java.math.BigInteger;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import network.enigma.client.abi.ContractAbi;
import network.enigma.client.abi.OutputTypes;
import network.enigma.client.author.ConsoleLine;
import network.enigma.client.rpc.TaskAnswer;
import network.enigma.client.store.TaskRecord;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallResult;
import network.enigma.protocol.Eip712Domain;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Gas;
import network.enigma.protocol.Head;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.MerkleTree;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.Receipt;
import network.enigma.protocol.SealedResult;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.Signature;

/**
 * Checks what a node says about a task (rules C8, C14): that an enclave of the realm's worker
 * signed the state the batch leads to, that the receipt is in that batch, and that the result is
 * the one the receipt names. Only then is the result opened.
 */
final class TaskVerifier {
  private static final SecretAccess ACCESS = SecretAccess.granted();

  /** How long what the chain said about a realm's workers is believed. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final Ledger ledger;
  private final Eip712Domain domain;
  private final Lately<Bytes32, Set<Address>> enclaves;

  TaskVerifier(Ledger ledger, Eip712Domain domain) {
    this.ledger = ledger;
    this.domain = domain;
    this.enclaves = new Lately<>(FRESH, this::readEnclaves);
  }

  /**
   * Checks that an address is the enclave of the realm's worker or of a rank that may follow it.
   *
   * @throws EnigmaException UNTRUSTED_ENCLAVE when it is not
   */
  void requireWorker(Bytes32 realm, Address signer, String what) {
    if (!enclaves.get(realm, known -> known.contains(signer)).contains(signer)) {
      throw new EnigmaException(
          ErrorCode.UNTRUSTED_ENCLAVE,
          "%s is signed by %s, which is no enclave of the realm's workers"
              .formatted(what, signer.hex()));
    }
  }

  private Set<Address> readEnclaves(Bytes32 realm) {
    Enigma.RealmView view = ledger.realm(realm);
    Set<Long> workers = new HashSet<>(view.ranks());
    workers.add(view.worker());
    workers.remove(0L);
    return ledger.workers(workers).stream()
        .map(worker -> Address.of(worker.enclave()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The head the answer's batch leads to, signed by an enclave of the realm's worker. */
  Head verifyHead(Bytes32 realm, TaskAnswer.Anchored answer) {
    if (!answer.batch().realm().equals(realm)) {
      throw bad("the batch is of another realm");
    }
    Head head = answer.batch().head();
    Address signer = head.signer(domain, answer.batch().signature());
    requireWorker(realm, signer, "the batch");
    return head;
  }

  /** The opened result of a task whose batch's head was verified. */
  TaskResult open(TaskRecord task, TaskAnswer.Anchored answer) {
    Receipt receipt = answer.receipt();
    if (!receipt.taskId().equals(task.taskId())) {
      throw bad("the receipt is of another task");
    }
    long position = receipt.sequence() - answer.batch().firstSequence();
    if (position != answer.index()
        || !MerkleTree.verify(
            receipt.leaf(),
            answer.index(),
            answer.batch().leaves(),
            answer.path(),
            answer.batch().receiptsRoot())) {
      throw bad("the receipt is not in the batch");
    }
    return switch (receipt.outcome()) {
      case EXECUTED -> executed(task, receipt, answer.result());
      case REFUSED -> refused(receipt, task, answer.code());
      case DUPLICATE ->
          result(
              receipt,
              task,
              Optional.empty(),
              "the order had run before",
              List.of(),
              CallResult.success(0, Bytes.empty()));
    };
  }

  private static TaskResult executed(TaskRecord task, Receipt receipt, Optional<Bytes> sealed) {
    if (sealed.isEmpty() || !Keccak.hash(sealed.get()).equals(receipt.resultHash())) {
      throw bad("the result is not the one the receipt names");
    }
    CallResult call =
        CallResult.decode(
            SealedResult.open(task.responseKey(), task.taskId(), sealed.get()).toByteArray(ACCESS));
    if (call.failure().isPresent()) {
      ErrorCode failure = call.failure().get();
      return result(
          receipt, task, call.failure(), reason(task, failure, call.output()), List.of(), call);
    }
    List<Object> values = new OutputTypes(task.outputs()).decode(call.output());
    return result(receipt, task, Optional.empty(), "", values, call);
  }

  private static String reason(TaskRecord task, ErrorCode failure, Bytes output) {
    return switch (failure) {
      case EXECUTION_REVERTED, CONSTRUCTOR_REVERTED ->
          "%s: %s".formatted(task.signature(), ContractAbi.parse(task.abi()).revertReason(output));
      default -> "%s: %s".formatted(task.signature(), failure.explanation());
    };
  }

  private static TaskResult refused(Receipt receipt, TaskRecord task, int number) {
    ErrorCode code =
        ErrorCode.fromNumber(number).orElseThrow(() -> bad("unknown refusal " + number));
    if (!Receipt.refusalHash(code).equals(receipt.resultHash())) {
      throw bad("the refusal is not the one the receipt names");
    }
    return result(
        receipt,
        task,
        Optional.of(code),
        "%s was refused: %s".formatted(task.signature(), code.explanation()),
        List.of(),
        CallResult.success(0, Bytes.empty()));
  }

  private static TaskResult result(
      Receipt receipt,
      TaskRecord task,
      Optional<ErrorCode> failure,
      String reason,
      List<Object> values,
      CallResult call) {
    BigInteger fee =
        receipt.outcome() == Outcome.DUPLICATE
            ? BigInteger.ZERO
            : Gas.fee(receipt.gasCharged(), task.order().gasPrice());
    return new TaskResult(
        receipt.taskId(),
        receipt.outcome(),
        failure,
        reason,
        values,
        call.output(),
        ConsoleLine.texts(call.console()),
        receipt.sequence(),
        call.gasUsed(),
        receipt.gasCharged(),
        fee.longValueExact(),
        Optional.empty(),
        OptionalLong.empty());
  }

  /** Checks that an enclave of the realm's worker signed the acceptance. */
  void verifyAcceptance(Bytes32 realm, Bytes32 taskId, long headerNumber, Signature signature) {
    Address signer =
        new network.enigma.protocol.Acceptance(taskId, realm, headerNumber)
            .signer(domain, signature);
    requireWorker(realm, signer, "the acceptance");
  }

  static EnigmaException bad(String what) {
    return new EnigmaException(ErrorCode.BAD_PROOF, "the node's answer does not verify: " + what);
  }
}

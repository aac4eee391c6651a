package network.enigma.client.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Batch;
import network.enigma.protocol.BatchKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Head;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.Receipt;
import network.enigma.protocol.crypto.Signature;

/**
 * What a node says about a task, parsed and not yet verified.
 *
 * @param status the node's word
 * @param anchored from ANCHORED on
 */
public record TaskAnswer(Status status, Optional<Anchored> anchored) {
  /** A node's words for a task. */
  public enum Status {
    UNKNOWN,
    ACCEPTED,
    ANCHORED,
    COMMITTED,
    FINAL,
    EXPIRED
  }

  /**
   * A task that ran.
   *
   * @param receipt its leaf
   * @param index its place among the batch's receipts
   * @param path from the leaf to the root
   * @param batch that holds it
   * @param code of a refusal, else 0
   * @param result sealed, where it was executed
   */
  public record Anchored(
      Receipt receipt,
      int index,
      List<Bytes32> path,
      BatchSummary batch,
      int code,
      Optional<Bytes> result) {}

  /**
   * A batch as far as a client needs it: enough to compute the state hash it leads to (rule C8).
   *
   * @param endSequence its last sequence number
   * @param previousStateHash the state it began from
   * @param leaves receipts in its tree
   * @param signature of the worker's enclave over the head
   */
  public record BatchSummary(
      Bytes32 realm,
      BatchKind kind,
      long lease,
      long tenure,
      long firstSequence,
      long endSequence,
      long headerNumber,
      Bytes32 headerHash,
      Bytes32 deltaHash,
      Bytes32 receiptsRoot,
      Bytes32 chargesHash,
      Bytes32 outcomesHash,
      Bytes32 callbacksHash,
      Address payee,
      Bytes32 previousStateHash,
      int leaves,
      Signature signature) {
    /** What the enclave must have signed. */
    public Head head() {
      return new Head(
          realm,
          lease,
          endSequence,
          Batch.stateHash(
              kind,
              previousStateHash,
              endSequence,
              headerNumber,
              headerHash,
              deltaHash,
              receiptsRoot,
              chargesHash,
              outcomesHash,
              callbacksHash,
              payee));
    }
  }

  /**
   * Reads the answer of {@code enigma_getTask}.
   *
   * @throws EnigmaException BAD_PROOF when a field is missing or malformed
   */
  public static TaskAnswer parse(JsonNode answer) {
    try {
      Status status = Status.valueOf(answer.path("status").asText());
      return new TaskAnswer(
          status, answer.hasNonNull("receipt") ? Optional.of(anchored(answer)) : Optional.empty());
    } catch (EnigmaException | IllegalArgumentException e) {
      throw new EnigmaException(
          ErrorCode.BAD_PROOF, "the node's answer about a task is malformed: " + e.getMessage(), e);
    }
  }

  private static Anchored anchored(JsonNode answer) {
    JsonNode receipt = answer.path("receipt");
    List<Bytes32> path = new ArrayList<>();
    answer.path("proof").forEach(node -> path.add(Bytes32.fromHex(node.asText())));
    return new Anchored(
        new Receipt(
            bytes32(receipt, "taskId"),
            number(receipt, "sequence"),
            outcome(receipt.path("outcome")),
            number(receipt, "gasCharged"),
            bytes32(receipt, "resultHash"),
            bytes32(receipt, "callbackHash")),
        Math.toIntExact(number(answer, "index")),
        path,
        batch(answer.path("batch")),
        answer.hasNonNull("code") ? code(answer.path("code")) : 0,
        answer.hasNonNull("result")
            ? Optional.of(Bytes.fromHex(answer.path("result").asText()))
            : Optional.empty());
  }

  private static BatchSummary batch(JsonNode batch) {
    return new BatchSummary(
        bytes32(batch, "realm"),
        BatchKind.fromNumber(Math.toIntExact(number(batch, "kind"))),
        number(batch, "lease"),
        number(batch, "tenure"),
        number(batch, "firstSequence"),
        number(batch, "endSequence"),
        number(batch, "headerNumber"),
        bytes32(batch, "headerHash"),
        bytes32(batch, "deltaHash"),
        bytes32(batch, "receiptsRoot"),
        bytes32(batch, "chargesHash"),
        bytes32(batch, "outcomesHash"),
        bytes32(batch, "callbacksHash"),
        address(batch, "payee"),
        bytes32(batch, "previousStateHash"),
        Math.toIntExact(number(batch, "leaves")),
        Signature.fromHex(batch.path("signature").asText()));
  }

  private static Outcome outcome(JsonNode node) {
    String text = node.asText();
    return text.startsWith("0x") || node.isNumber()
        ? Outcome.fromNumber(Math.toIntExact(quantity(text)))
        : Outcome.valueOf(text);
  }

  private static int code(JsonNode node) {
    String text = node.asText();
    return ErrorCode.fromName(text)
        .map(ErrorCode::number)
        .orElseGet(() -> Math.toIntExact(quantity(text)));
  }

  static long number(JsonNode object, String member) {
    return quantity(object.path(member).asText());
  }

  private static long quantity(String text) {
    return text.startsWith("0x")
        ? Long.parseUnsignedLong(text.substring(2), 16)
        : Long.parseUnsignedLong(text);
  }

  static Bytes32 bytes32(JsonNode object, String member) {
    return Bytes32.fromHex(object.path(member).asText());
  }

  private static Address address(JsonNode object, String member) {
    return Address.fromHex(object.path(member).asText());
  }
}

package network.enigma.enclave;

import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.channel.TaskInput;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.tee.RealmKeys;

/**
 * Opens tasks: what costs time and needs no state, done for all tasks of a batch at once on all
 * processors. Signatures verified when a task was accepted are not verified again.
 */
final class TaskOpener {
  private final Network network;
  private final VerifiedOrders verified;

  TaskOpener(Network network, VerifiedOrders verified) {
    this.network = network;
    this.verified = verified;
  }

  List<OpenedTask> open(HeldRealm realm, List<TaskInput> tasks) {
    return tasks.size() == 1
        ? List.of(open(realm, tasks.getFirst()))
        : tasks.parallelStream().map(task -> open(realm, task)).toList();
  }

  /** Opens the input of a task that is accepted, for when it runs. */
  void openAhead(HeldRealm realm, TaskInput task, Bytes32 taskId) {
    realm.inputs().keep(taskId, openInput(realm.keys(), task));
  }

  private OpenedTask open(HeldRealm realm, TaskInput task) {
    TaskOrder order = task.order();
    Bytes32 taskId = order.taskId(network.domain());
    try {
      requireWellFormed(realm.lease().realm(), task);
      verified.requireAuthorized(network.domain(), task, taskId);
    } catch (EnigmaException e) {
      return OpenedTask.rejected(task, taskId, e);
    }
    OpenedTask.Input input = realm.inputs().takeOr(taskId, () -> openInput(realm.keys(), task));
    return input instanceof OpenedTask.Unreadable(EnigmaException reason)
            && reason.code() == ErrorCode.WRONG_TENURE
            && isOfTheTenureBefore(realm.keys(), task)
        ? OpenedTask.rejected(task, taskId, reason)
        : new OpenedTask(task, taskId, Optional.empty(), Optional.of(input));
  }

  /**
   * Orders may be sealed to the tenure before (Rule K3). Whether this enclave has its key depends
   * on what the host asked for with the lease: an order that waits for a key is left to expire,
   * like one whose bytes were not delivered, and its sender pays nothing (Rule C10).
   */
  private static boolean isOfTheTenureBefore(HeldKeys keys, TaskInput task) {
    return Envelope.decode(task.envelope()) instanceof Envelope.SealedInput sealed
        && sealed.tenure() == keys.current().tenure() - 1;
  }

  /** Checks what the task says by itself (Rules C7, C10). */
  static void requireWellFormed(Bytes32 realm, TaskInput task) {
    TaskOrder order = task.order();
    if (!order.realm().equals(realm)) {
      throw new EnigmaException(
          ErrorCode.WRONG_REALM, "the order is for realm " + order.realm() + ", not " + realm);
    }
    if (!Keccak.hash(task.envelope().toByteArray()).equals(order.inputHash())) {
      throw new EnigmaException(
          ErrorCode.INPUT_HASH_MISMATCH, "the envelope is not the one the order names");
    }
    int longest = task.posted() ? Envelope.MAXIMUM_POSTED : Envelope.MAXIMUM_DIRECT;
    if (task.envelope().length() > longest) {
      throw new EnigmaException(
          ErrorCode.INPUT_TOO_LARGE,
          "an envelope of "
              + task.envelope().length()
              + " bytes; at most "
              + longest
              + " are allowed");
    }
    switch (order.kind()) {
      case QUERY ->
          throw new EnigmaException(ErrorCode.UNSUPPORTED_KIND, "a query is asked, not ordered");
      case UPGRADE -> {
        if (!task.posted()) {
          throw new EnigmaException(ErrorCode.UNSUPPORTED_KIND, "an upgrade is posted, not sent");
        }
        requireCode(task);
      }
      case DEPLOY -> task.deploy().orElseThrow(TaskOpener::codeMissing).requireMatches(order);
      case CALL, CALLABLE -> {}
    }
  }

  private static void requireCode(TaskInput task) {
    Bytes32 codeHash = task.deploy().orElseThrow(TaskOpener::codeMissing).codeHash();
    if (!codeHash.equals(task.order().codeHash())) {
      throw new EnigmaException(ErrorCode.CODE_MISMATCH, "the code hashes to " + codeHash);
    }
  }

  private static EnigmaException codeMissing() {
    return new EnigmaException(ErrorCode.CODE_MISMATCH, "the code did not come with the order");
  }

  private OpenedTask.Input openInput(HeldKeys keys, TaskInput task) {
    TaskOrder order = task.order();
    try {
      return open(keys, task.envelope(), Envelope.Context.of(order));
    } catch (EnigmaException e) {
      return new OpenedTask.Unreadable(
          e.code().isRefusal()
              ? e
              : new EnigmaException(ErrorCode.MALFORMED_ENVELOPE, "the envelope is not readable"));
    }
  }

  /**
   * Opens an envelope that is bound to the context.
   *
   * @throws EnigmaException {@link ErrorCode#MALFORMED_ENVELOPE}, {@link
   *     ErrorCode#UNSUPPORTED_SUITE}, {@link ErrorCode#WRONG_TENURE}, {@link
   *     ErrorCode#DECRYPTION_FAILED} or {@link ErrorCode#INPUT_TOO_LARGE}
   */
  OpenedTask.Opened open(HeldKeys keys, Bytes envelope, Envelope.Context context) {
    return switch (Envelope.decode(envelope)) {
      case Envelope.PublicInput(Bytes payload) ->
          new OpenedTask.Opened(SecretBytes.of(payload.toByteArray()), Optional.empty());
      case Envelope.SealedInput sealed -> {
        RealmKeys tenure =
            keys.of(sealed.generation(), sealed.tenure())
                .orElseThrow(() ->
                    new EnigmaException(
                        ErrorCode.WRONG_TENURE,
                        "the input is sealed to generation "
                            + sealed.generation()
                            + ", tenure "
                            + sealed.tenure()
                            + "; the realm is at "
                            + keys.current()));
        Envelope.OpenedInput opened =
            sealed.open(tenure.inputKey(sealed.suite()), network.hash(), context);
        yield new OpenedTask.Opened(opened.payload(), Optional.of(opened.responseKey()));
      }
    };
  }
}

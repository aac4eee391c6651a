package network.enigma.enclave;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Address;
import network.enigma.protocol.Batch;
import network.enigma.protocol.BatchKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallbackCall;
import network.enigma.protocol.Charge;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Gas;
import network.enigma.protocol.Head;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.MerkleTree;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.Receipt;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.TaskOutcome;
import network.enigma.protocol.channel.TaskInput;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse.Rejected;
import network.enigma.runtime.CallbackRequest;
import network.enigma.tee.RealmKeys;

/**
 * Makes one batch of a realm (Rules C7 to C10, C12): runs tasks one after the other on top of the
 * state before, and keeps account of receipts, charges, outcomes and callbacks.
 *
 * <p>How many tasks a batch takes depends on the orders alone. Callbacks that do not fit wait in
 * the realm's state for the next batch: if they closed a batch, its end would tell, before it is
 * anchored, what a contract asked for (Rule S3).
 */
final class BatchMaker {
  /**
   * Most bytes of callbacks in the calldata of a batch: what 64 KiB leave beside 512 charges, 256
   * outcomes and the fixed fields.
   */
  private static final int MOST_CALLBACK_BYTES = 36 * 1024;

  /** Calldata of a callback beside its data. */
  private static final int CALLBACK_OVERHEAD = 7 * 32;

  private final Network network;
  private final HeldRealm realm;
  private final RealmFacts.Reader facts;
  private final OrderRules rules;
  private final Callables callables;
  private final Execution execution;
  private final BlockHeader header;
  private final HeldRealm.Tip tip;
  private final StateLayer layer;

  private final List<TaskResult> results = new ArrayList<>();
  private final List<Rejected> rejected = new ArrayList<>();
  private final Map<Address, Long> charges = new TreeMap<>();
  private final Map<Address, BigInteger> margins = new HashMap<>();
  private final List<TaskOutcome> outcomes = new ArrayList<>();
  private final List<CallbackCall> callbacks = new ArrayList<>();
  private final List<CallbackCall> waiting;
  private long callbackGas;
  private int callbackBytes;

  BatchMaker(
      Network network,
      HeldRealm realm,
      RealmFacts.Reader facts,
      OrderRules rules,
      Callables callables,
      Execution execution,
      BlockHeader header,
      HeldRealm.Tip tip) {
    this.network = network;
    this.realm = realm;
    this.facts = facts;
    this.rules = rules;
    this.callables = callables;
    this.execution = execution;
    this.header = header;
    this.tip = tip;
    this.layer = new StateLayer(tip.state(), header.number());
    this.waiting = new ArrayList<>(tip.state().waiting());
    admitWaiting();
  }

  /** How many tasks from the front fit one batch (Rule C9). */
  static int fitting(List<TaskInput> tasks) {
    Set<Address> payers = new HashSet<>();
    int posted = 0;
    int count = 0;
    for (TaskInput task : tasks) {
      if (task.posted()) {
        posted++;
      } else {
        payers.add(task.order().sender());
      }
      if (posted > Batch.MAXIMUM_OUTCOMES
          || payers.size() > Batch.MAXIMUM_PAYERS
          || count == WorkerRequest.MAXIMUM_TASKS) {
        return count;
      }
      count++;
    }
    return count;
  }

  List<Rejected> rejected() {
    return rejected;
  }

  /** Whether there is anything to make a batch of. */
  boolean isEmpty() {
    return results.isEmpty() && callbacks.isEmpty();
  }

  /** Deals with one task: it is rejected, or ends in a receipt. */
  void run(OpenedTask task) {
    try {
      requireEligible(task);
    } catch (EnigmaException e) {
      rejected.add(new Rejected(task.taskId(), e.code(), String.valueOf(e.getMessage())));
      return;
    }
    TaskOrder order = task.order();
    Bytes32 saltKey = UsedSalt.key(order.sender(), order.salt());
    UsedSalt used = layer.usedSalt(saltKey);
    if (used != null) {
      // Only a posted task comes here: it is settled, and its fee refunded.
      if (used.taskId().equals(task.taskId())) {
        layer.use(saltKey, new UsedSalt(used.taskId(), used.expiry(), true));
      }
      settle(task, Outcome.DUPLICATE, 0, Optional.empty(), Bytes.empty(), List.of());
      return;
    }
    layer.use(saltKey, new UsedSalt(task.taskId(), order.expiry(), task.task().posted()));
    Optional<ErrorCode> refusal = refusal(task);
    if (refusal.isPresent()) {
      long gas = Gas.charged(0, order.gasLimit(), false, network.parameters().baseGas());
      settle(task, Outcome.REFUSED, gas, refusal, Bytes.empty(), List.of());
      return;
    }
    Execution.Done done =
        execution.run(task, callables, realm.keys().current(), layer, header, tip.stateHash());
    settle(
        task,
        Outcome.EXECUTED,
        done.gasCharged(),
        Optional.empty(),
        done.result(),
        done.callbacks());
  }

  private void requireEligible(OpenedTask task) {
    if (task.rejection().isPresent()) {
      throw task.rejection().get();
    }
    TaskOrder order = task.order();
    rules.requireEligible(task.task(), task.taskId(), header, facts, this::spentAtMost);
    UsedSalt used = layer.usedSalt(UsedSalt.key(order.sender(), order.salt()));
    if (used == null) {
      if (order.kind() == TaskKind.CALLABLE) {
        callables.requireDelivered(task);
      }
      return;
    }
    if (task.task().posted() && used.posted() && used.taskId().equals(task.taskId())) {
      // A proof from before its outcome was committed shows it open still.
      throw new EnigmaException(ErrorCode.TASK_CLOSED, "the task has its outcome already");
    }
    if (!task.task().posted()) {
      throw new EnigmaException(
          ErrorCode.USED_SALT, "the sender has used this salt in the realm already");
    }
  }

  /** As if every task that is not anchored had taken its whole gas limit. */
  private BigInteger spentAtMost(Address payer) {
    return OrderRules.unsigned(layer.spent(payer))
        .add(realm.margin(payer))
        .add(margins.getOrDefault(payer, BigInteger.ZERO));
  }

  /** Why the task is refused for a public reason, if it is. */
  private Optional<ErrorCode> refusal(OpenedTask task) {
    TaskOrder order = task.order();
    if (task.input().orElseThrow() instanceof OpenedTask.Unreadable(EnigmaException reason)) {
      return Optional.of(reason.code());
    }
    if (Long.compareUnsigned(order.gasLimit(), network.parameters().baseGas()) < 0) {
      return Optional.of(ErrorCode.GAS_LIMIT_TOO_LOW);
    }
    if (Long.compareUnsigned(order.gasLimit(), network.parameters().maxTaskGas()) > 0) {
      return Optional.of(ErrorCode.GAS_LIMIT_TOO_HIGH);
    }
    return switch (order.kind()) {
      case DEPLOY -> {
        if (!facts.owner(header.number()).owner().equals(order.sender())) {
          yield Optional.of(ErrorCode.DEPLOY_NOT_ALLOWED);
        }
        yield execution.supports(task.task().deploy().orElseThrow().dialect())
            ? Optional.empty()
            : Optional.of(ErrorCode.UNSUPPORTED_DIALECT);
      }
      case UPGRADE -> {
        ContractEntry entry = layer.contract(order.target());
        if (entry == null) {
          yield Optional.of(ErrorCode.UNKNOWN_CONTRACT);
        }
        // The contract on Ethereum has seen to it by the address, which has 20 bytes only.
        yield entry.terms().upgrader().filter(order.sender()::equals).isEmpty()
            ? Optional.of(ErrorCode.UPGRADE_NOT_ALLOWED)
            : Optional.empty();
      }
      case CALL -> Optional.empty();
      case CALLABLE ->
          callables.isRefused(order)
              ? Optional.of(ErrorCode.CALLABLE_CODE_MISMATCH)
              : Optional.empty();
      case QUERY -> Optional.of(ErrorCode.UNSUPPORTED_KIND);
    };
  }

  private void settle(
      OpenedTask task,
      Outcome outcome,
      long gasCharged,
      Optional<ErrorCode> code,
      Bytes result,
      List<CallbackCall> asked) {
    TaskOrder order = task.order();
    BigInteger fee = Gas.fee(gasCharged, order.gasPrice());
    Bytes32 resultHash =
        switch (outcome) {
          case EXECUTED -> Keccak.hash(result.toByteArray());
          case REFUSED -> Receipt.refusalHash(code.orElseThrow());
          case DUPLICATE -> Bytes32.zero();
        };
    long sequence = tip.sequence() + results.size() + 1;
    results.add(
        new TaskResult(
            order.sender(),
            new Receipt(
                task.taskId(),
                sequence,
                outcome,
                gasCharged,
                resultHash,
                CallbackCall.listHash(asked)),
            code,
            result));
    if (task.task().posted()) {
      outcomes.add(
          new TaskOutcome(
              task.taskId(), outcome, code.map(ErrorCode::number).orElse(0), fee.longValue()));
    } else {
      charges.merge(order.sender(), fee.longValue(), Long::sum);
      layer.spend(order.sender(), layer.spent(order.sender()) + fee.longValue());
      BigInteger margin = order.maximumFee().subtract(fee);
      if (margin.signum() != 0) {
        margins.merge(order.sender(), margin, BigInteger::add);
      }
    }
    if (!asked.isEmpty()) {
      waiting.addAll(asked);
      admitWaiting();
    }
  }

  /** Moves callbacks from the waiting list into the batch, in order, while they fit. */
  private void admitWaiting() {
    while (!waiting.isEmpty()) {
      CallbackCall next = waiting.getFirst();
      int bytes = CALLBACK_OVERHEAD + (next.data().length() + 31) / 32 * 32;
      long gas = next.gas() + CallbackRequest.OVERHEAD_GAS;
      if (callbackGas + gas > Batch.MAXIMUM_CALLBACK_GAS
          || callbackBytes + bytes > MOST_CALLBACK_BYTES) {
        return;
      }
      callbackGas += gas;
      callbackBytes += bytes;
      callbacks.add(waiting.removeFirst());
    }
  }

  /** Finishes a batch of tasks. */
  MadeBatch finish(Address payee) {
    keepCallbacksHidden();
    if (!waiting.equals(tip.state().waiting())) {
      layer.waiting(waiting);
    }
    List<Charge> charged = new ArrayList<>();
    charges.forEach((payer, amount) -> {
      if (amount != 0) {
        charged.add(new Charge(payer, amount));
      }
    });
    Batch content =
        content(BatchKind.TASKS, Math.max(1, results.size()), receiptsRoot(), charged, payee);
    return sealed(content, layer.changes());
  }

  /**
   * The receipts' root. It makes the state hash hide what the batch holds until it is anchored
   * (Rule S3): the result of an executed task has fresh random bytes in it, and so has the root of
   * a batch without receipts.
   */
  private Bytes32 receiptsRoot() {
    return results.isEmpty()
        ? network.nonce()
        : MerkleTree.ofReceipts(results.stream().map(TaskResult::receipt).toList()).root();
  }

  /**
   * Takes the callbacks out of a batch whose receipts are all public, refusals and duplicates: its
   * state hash would let a host try out what they say.
   */
  private void keepCallbacksHidden() {
    boolean allPublic =
        !results.isEmpty()
            && results.stream().noneMatch(each -> each.receipt().outcome() == Outcome.EXECUTED);
    if (allPublic) {
      waiting.addAll(0, callbacks);
      callbacks.clear();
    }
  }

  /** Finishes a snapshot: a batch without tasks whose delta is the whole state. */
  MadeBatch snapshot(StateChanges everything, Address payee) {
    Batch content = content(BatchKind.SNAPSHOT, 1, Bytes32.zero(), List.of(), payee);
    return sealed(content, everything);
  }

  private Batch content(
      BatchKind kind, long count, Bytes32 receiptsRoot, List<Charge> charged, Address payee) {
    boolean snapshot = kind == BatchKind.SNAPSHOT;
    return new Batch(
        realm.lease().realm(),
        kind,
        realm.lease().number(),
        realm.lease().tenure(),
        tip.sequence() + 1,
        count,
        header.number(),
        header.hash(),
        Bytes32.zero(),
        receiptsRoot,
        charged,
        outcomes,
        snapshot ? List.of() : callbacks,
        payee);
  }

  private MadeBatch sealed(Batch content, StateChanges changes) {
    RealmKeys keys = realm.keys().current();
    Delta.Sealed sealed =
        new Delta(content, tip.stateHash(), changes, results).seal(keys, network.nonce());
    Batch batch = sealed.delta().batch();
    Head head = new Head(batch.realm(), batch.lease(), batch.endSequence(), sealed.stateHash());
    return new MadeBatch(
        batch,
        sealed.stateHash(),
        network.identity().sign(head.digest(network.domain())),
        results,
        sealed.bytes(),
        layer,
        Collections.unmodifiableMap(margins),
        batch.kind() == BatchKind.TASKS ? !waiting.isEmpty() : !tip.state().waiting().isEmpty());
  }
}

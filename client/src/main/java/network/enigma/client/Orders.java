package network.enigma.client;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import network.enigma.client.abi.OutputTypes;
import network.enigma.client.store.ClientStore;
import network.enigma.client.store.TaskRecord;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.DeployData;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.crypto.Signature;

/**
 * Makes orders of what an account wants to have run, hands them to nodes or posts them on Ethereum,
 * and follows their tasks. What opens a result is stored before anybody is told of the task.
 */
final class Orders {
  static final long DEFAULT_CALL_GAS = 5_000_000;

  /** Between two attempts to hand over what is posted already. */
  private static final Duration HANDING_OVER = Duration.ofMillis(500);

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Connection connection;
  private final Ledger ledger;
  private final Nodes nodes;
  private final Enigma.Parameters parameters;
  private final ClientStore store;
  private final Account account;
  private final Purse purse;

  Orders(Connection connection, Account account, Purse purse) {
    this.connection = connection;
    this.ledger = connection.ledger();
    this.nodes = connection.nodes();
    this.parameters = connection.parameters();
    this.store = connection.store();
    this.account = account;
    this.purse = purse;
  }

  /** What is to be sent. */
  record Request(
      SecretContract contract,
      TaskKind kind,
      Bytes32 codeHash,
      Bytes payload,
      String signature,
      OutputTypes outputs,
      Optional<DeployData> deploy,
      Bytes32 salt) {}

  /**
   * Seals, pays for, signs and sends an order, and follows its task.
   *
   * @throws EnigmaException of what refused it; it has not cost anything then, unless it was posted
   */
  Task submit(Request request, CallOptions options) {
    try {
      return submitOnce(request, options);
    } catch (EnigmaException e) {
      if (e.code() != ErrorCode.EXPIRED_ORDER || options.lifeBlocks() != 0) {
        throw e;
      }
      // Many blocks came at once: the order's life was counted from one that is long past.
      ledger.forgetRecentBlock();
      return submitOnce(request, options);
    }
  }

  private Task submitOnce(Request request, CallOptions options) {
    Instant sentAt = Instant.now();
    requireGasLimit(options);
    Bytes32 realm = request.contract().realm();
    RealmKey realmKey = connection.realmKeys().current(realm);
    boolean posted = options.route() == CallOptions.Route.POSTED;
    TaskRecord record = seal(request, options, realmKey, posted);
    long fee = fee(record.order());
    if (posted) {
      purse.ensureBalance(Math.addExact(fee, parameters.postFee()));
    } else {
      purse.ensureAllocation(realm, fee);
    }
    Future<?> saved = connection.threads().submit(() -> store.save(record));
    if (posted) {
      // What is on Ethereum cannot be taken back.
      await(saved);
    }
    connection.tell(new ClientEvent.Sent(record.taskId(), request.contract().address(), posted));
    Task task = new Task(record.taskId(), realm, sentAt, connection.settings().patience());
    watch(task, record);
    if (posted) {
      post(record, request.deploy());
      task.move(TaskStage.ACCEPTED, Optional.empty());
    } else {
      try {
        sendDirect(request, record, options);
      } finally {
        // Nobody is told of the task before its result can be opened after a restart.
        await(saved);
      }
      task.move(TaskStage.ACCEPTED, Optional.empty());
    }
    follow(task, record);
    return task;
  }

  private static void await(Future<?> saved) {
    try {
      saved.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.TIMEOUT, "interrupted while the task was being stored");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EnigmaException failure) {
        throw new EnigmaException(failure.code(), String.valueOf(failure.getMessage()), failure);
      }
      throw new EnigmaException(
          ErrorCode.STATE_DIRECTORY_UNUSABLE, "the task cannot be stored: " + e.getCause(), e);
    }
  }

  /** Refused here, before any money moves. */
  void requireGasLimit(CallOptions options) {
    if (options.gasLimit().isEmpty()) {
      return;
    }
    long limit = options.gasLimit().getAsLong();
    if (Long.compareUnsigned(limit, parameters.maxTaskGas()) > 0) {
      throw new EnigmaException(
          ErrorCode.GAS_LIMIT_TOO_HIGH,
          "the gas limit %s is above the network's largest, %d"
              .formatted(Long.toUnsignedString(limit), parameters.maxTaskGas()));
    }
    if (Long.compareUnsigned(limit, parameters.baseGas()) < 0) {
      throw new EnigmaException(
          ErrorCode.GAS_LIMIT_TOO_LOW,
          "the gas limit %d is below what every task costs, %d"
              .formatted(limit, parameters.baseGas()));
    }
  }

  private static long fee(TaskOrder order) {
    BigInteger fee = order.maximumFee();
    if (fee.bitLength() > 63) {
      throw new EnigmaException(
          ErrorCode.ALLOCATION_TOO_SMALL,
          "gas limit %s at price %s costs up to %s ENG, more than there is"
              .formatted(
                  Long.toUnsignedString(order.gasLimit()),
                  Long.toUnsignedString(order.gasPrice()),
                  Eng.text(fee)));
    }
    return fee.longValueExact();
  }

  /** Tells the listener of a task's progress, and remembers what its execution used. */
  private void watch(Task task, TaskRecord record) {
    task.onProgress(progress -> {
      connection.tell(new ClientEvent.Moved(progress));
      progress
          .result()
          .filter(TaskResult::succeeded)
          .ifPresent(
              result -> store.saveGas(record.contract(), record.signature(), result.gasUsed()));
    });
  }

  /** The most gas that this user's past calls of a function used, with a quarter more. */
  OptionalLong gasOfPastCalls(Address contract, String signature) {
    OptionalLong most = store.mostGas(contract, signature);
    return most.isEmpty()
        ? most
        : OptionalLong.of(
            Math.min(most.getAsLong() + most.getAsLong() / 4 + 1, parameters.maxTaskGas()));
  }

  private TaskRecord seal(Request request, CallOptions options, RealmKey realmKey, boolean posted) {
    Bytes32 realm = request.contract().realm();
    Address target = request.contract().address();
    Envelope.Context context =
        new Envelope.Context(
            realm, target, request.kind(), account.owner(), request.salt(), request.codeHash());
    Envelope.Sealed sealed =
        realmKey.seal(connection.networkHash(), context, request.payload().toByteArray());
    Bytes envelope = sealed.envelope().toBytes();
    long gasLimit = options.gasLimit().orElse(Math.min(DEFAULT_CALL_GAS, parameters.maxTaskGas()));
    long gasPrice = options.gasPrice().orElse(parameters.minGasPrice());
    long expiry =
        options.lifeBlocks() == 0
            ? ledger.recentBlockNumber() + Math.max(1, parameters.maxOrderBlocks() * 4 / 5)
            : ledger.blockNumber() + options.lifeBlocks();
    TaskOrder order =
        new TaskOrder(
            account.owner(),
            realm,
            target,
            request.kind(),
            request.codeHash(),
            Keccak.hash(envelope),
            gasLimit,
            gasPrice,
            expiry,
            request.salt());
    return new TaskRecord(
        order.taskId(connection.domain()),
        order,
        envelope,
        sealed.responseKey(),
        target,
        request.signature(),
        request.outputs().tuple(),
        request.contract().abi().json(),
        posted);
  }

  /** Posts an order; code that travels beside it, and then its envelope too, goes to the nodes. */
  private void post(TaskRecord record, Optional<DeployData> deploy) {
    account.requireOwner();
    if (deploy.isEmpty()) {
      ledger.post(record.order(), record.envelope());
      return;
    }
    ledger.post(record.order());
    long end = System.nanoTime() + connection.settings().patience().toNanos();
    while (true) {
      try {
        nodes.submit(
            record.order(),
            record.envelope(),
            deploy,
            Optional.empty(),
            Optional.empty(),
            (url, failure) -> {});
        return;
      } catch (EnigmaException e) {
        // What is on Ethereum is paid for: nobody gives up at the first silence. And a node may see
        // the block later than this client.
        boolean later = Nodes.anotherMayHelp(e.code()) || e.code() == ErrorCode.TASK_CLOSED;
        if (!later || System.nanoTime() > end) {
          throw e;
        }
        Pause.of(HANDING_OVER);
      }
    }
  }

  private void sendDirect(Request request, TaskRecord record, CallOptions options) {
    Signature signature = account.key().sign(record.taskId());
    try {
      Optional<Nodes.Accepted> accepted =
          nodes.submit(
              record.order(),
              record.envelope(),
              request.deploy(),
              Optional.of(signature),
              account.session(),
              (url, failure) ->
                  connection.tell(
                      new ClientEvent.NotAccepted(
                          record.taskId(), String.valueOf(failure.getMessage()), "next node")));
      Nodes.Accepted word = accepted.orElseThrow(() -> TaskVerifier.bad("there is no acceptance"));
      connection
          .verifier()
          .verifyAcceptance(
              record.order().realm(), record.taskId(), word.headerNumber(), word.signature());
    } catch (EnigmaException e) {
      if (e.code() == ErrorCode.WRONG_TENURE) {
        connection.realmKeys().forget(record.order().realm());
      }
      if (options.route() != CallOptions.Route.DIRECT_ELSE_POSTED
          || !Nodes.anotherMayHelp(e.code())
          || request.kind() == TaskKind.DEPLOY) {
        throw e;
      }
      connection.tell(
          new ClientEvent.NotAccepted(
              record.taskId(), String.valueOf(e.getMessage()), "posted on Ethereum"));
      purse.ensureBalance(Math.addExact(fee(record.order()), parameters.postFee()));
      post(record, Optional.empty());
    }
  }

  /**
   * Goes on with a task of the store, after a restart.
   *
   * @throws EnigmaException UNKNOWN_TASK when the store does not have it
   */
  Task resume(Bytes32 taskId) {
    TaskRecord record =
        store
            .task(taskId)
            .orElseThrow(() ->
                new EnigmaException(
                    ErrorCode.UNKNOWN_TASK, "the store has no task " + taskId.hex()));
    Task task =
        new Task(taskId, record.order().realm(), Instant.now(), connection.settings().patience());
    watch(task, record);
    follow(task, record);
    return task;
  }

  private void follow(Task task, TaskRecord record) {
    TaskFollower follower =
        new TaskFollower(
            ledger,
            connection.commits(),
            nodes,
            connection.verifier(),
            parameters,
            connection.isSimulated(),
            store,
            record,
            task);
    connection.threads().execute(follower);
  }

  /** A fresh salt. */
  static Bytes32 newSalt() {
    byte[] bytes = new byte[Bytes32.LENGTH];
    RANDOM.nextBytes(bytes);
    return Bytes32.of(bytes);
  }
}

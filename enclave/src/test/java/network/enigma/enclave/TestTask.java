package network.enigma.enclave;

import java.util.Optional;
import java.util.function.UnaryOperator;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallResult;
import network.enigma.protocol.DeployData;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.PublicResult;
import network.enigma.protocol.ResponseKey;
import network.enigma.protocol.SealedResult;
import network.enigma.protocol.SessionKey;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.channel.TaskInput;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.crypto.SigningKey;

/** A task as a client makes it, with what opens its result. */
record TestTask(TaskInput input, Bytes32 taskId, Optional<ResponseKey> responseKey) {

  TaskOrder order() {
    return input.order();
  }

  /** What the call gave, as its sender sees it. */
  CallResult open(TaskResult result) {
    return CallResult.decode(
        responseKey
            .map(key -> SealedResult.open(key, taskId, result.result()))
            .map(secret -> secret.toByteArray(SecretAccess.granted()))
            .orElseGet(() -> PublicResult.decode(result.result()).toByteArray()));
  }

  /** The same task, handed over as posted. */
  TestTask posted() {
    return withInput(
        new TaskInput(order(), new TaskInput.Posted(), input.envelope(), input.deploy()));
  }

  TestTask withEnvelope(Bytes envelope) {
    return withInput(new TaskInput(order(), input.authorization(), envelope, input.deploy()));
  }

  TestTask withInput(TaskInput other) {
    return new TestTask(other, taskId, responseKey);
  }

  /** Builds tasks. Every field has a value that works. */
  static final class Builder {
    private static int salts;

    private final TestRealm realm;
    private final SigningKey sender;
    private TaskKind kind = TaskKind.CALL;
    private Address target = Address.zero();
    private Bytes payload = Bytes.empty();
    private Optional<DeployData> deploy = Optional.empty();
    private Bytes32 codeHash = Bytes32.zero();
    private Bytes32 salt = Keccak.hashText("salt " + salts++);
    private long gasLimit = 200_000;
    private long gasPrice = 1_000;
    private long expiry;
    private long generation = Testbed.GENERATION;
    private long tenure;
    private boolean open;
    private UnaryOperator<TaskOrder> afterSealing = UnaryOperator.identity();
    private UnaryOperator<Envelope.Context> context = UnaryOperator.identity();
    private SigningKey signer;
    private Optional<SessionKey> session = Optional.empty();

    Builder(TestRealm realm, SigningKey sender) {
      this.realm = realm;
      this.sender = sender;
      this.signer = sender;
      this.expiry = realm.testbed.chain.tip().number() + 20;
      this.tenure = realm.hot.tenure();
    }

    Builder deploy(String code, Bytes arguments) {
      return deploy(DeployData.immutable(Bytes.ofText(code), 0), arguments);
    }

    Builder deploy(DeployData data, Bytes arguments) {
      kind = TaskKind.DEPLOY;
      deploy = Optional.of(data);
      codeHash = data.codeHash();
      payload = arguments;
      target = data.target(realm.id, sender.address(), salt);
      return this;
    }

    Builder upgrade(Address contract, String code) {
      return upgrade(contract, code, Bytes.empty());
    }

    Builder upgrade(Address contract, String code, Bytes arguments) {
      payload = arguments;
      kind = TaskKind.UPGRADE;
      DeployData data = DeployData.immutable(Bytes.ofText(code), 0);
      deploy = Optional.of(data);
      codeHash = data.codeHash();
      target = contract;
      return this;
    }

    Builder call(Address contract, Bytes input) {
      target = contract;
      payload = input;
      return this;
    }

    /** A task that runs the code of an Ethereum contract. */
    Builder callable(Address contract, Bytes32 code, Bytes input) {
      kind = TaskKind.CALLABLE;
      target = contract;
      codeHash = code;
      payload = input;
      return this;
    }

    Builder kind(TaskKind other) {
      kind = other;
      return this;
    }

    Builder salt(Bytes32 other) {
      salt = other;
      return this;
    }

    Builder gasLimit(long limit) {
      gasLimit = limit;
      return this;
    }

    Builder gasPrice(long price) {
      gasPrice = price;
      return this;
    }

    Builder expiry(long block) {
      expiry = block;
      return this;
    }

    Builder tenure(long other) {
      tenure = other;
      return this;
    }

    Builder generation(long other) {
      generation = other;
      return this;
    }

    /** Sends the input in the clear (format 1). */
    Builder open() {
      open = true;
      return this;
    }

    /** Seals for another context than the order's. */
    Builder sealedFor(UnaryOperator<Envelope.Context> other) {
      context = other;
      return this;
    }

    /** Changes the order after its envelope was sealed, before it is signed. */
    Builder ordered(UnaryOperator<TaskOrder> change) {
      afterSealing = change;
      return this;
    }

    Builder signedBy(SigningKey other) {
      signer = other;
      return this;
    }

    Builder bySession(SessionKey allowed, SigningKey key) {
      session = Optional.of(allowed);
      signer = key;
      return this;
    }

    TestTask build() {
      Envelope envelope;
      Optional<ResponseKey> responseKey = Optional.empty();
      if (open) {
        envelope = new Envelope.PublicInput(payload);
      } else {
        Envelope.Sealed sealed =
            Envelope.seal(
                Leases.SUITE,
                realm.inputKey,
                realm.testbed.config.hash(),
                generation,
                tenure,
                context.apply(
                    new Envelope.Context(realm.id, target, kind, sender.address(), salt, codeHash)),
                payload.toByteArray());
        envelope = sealed.envelope();
        responseKey = Optional.of(sealed.responseKey());
      }
      TaskOrder order =
          afterSealing.apply(
              new TaskOrder(
                  sender.address(),
                  realm.id,
                  target,
                  kind,
                  codeHash,
                  envelope.inputHash(),
                  gasLimit,
                  gasPrice,
                  expiry,
                  salt));
      Bytes32 taskId = order.taskId(realm.testbed.domain());
      TaskInput.Authorization authorization =
          session.isPresent()
              ? new TaskInput.BySession(
                  session.get(),
                  sender.sign(session.get().digest(realm.testbed.domain())),
                  signer.sign(taskId))
              : new TaskInput.Signed(signer.sign(taskId));
      return new TestTask(
          new TaskInput(order, authorization, envelope.toBytes(), deploy), taskId, responseKey);
    }
  }

  static SigningKey key(String name) {
    return SigningKey.of(SecretBytes.of(Keccak.hashText(name).toByteArray()));
  }
}

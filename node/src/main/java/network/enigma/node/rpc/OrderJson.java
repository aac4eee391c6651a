package network.enigma.node.rpc;

import java.util.Optional;
import network.enigma.protocol.DeployData;
import network.enigma.protocol.Query;
import network.enigma.protocol.SessionKey;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.channel.TaskInput;
import network.enigma.protocol.crypto.Signature;

/** Orders and queries as the JSON-RPC has them. */
final class OrderJson {
  private static final int LAST_KIND = 4;

  private OrderJson() {}

  /** Reads the parameters of {@code enigma_submit}. */
  static TaskInput task(Parameters given) {
    Parameters order = given.object("order");
    TaskOrder read =
        new TaskOrder(
            order.address("sender"),
            order.bytes32("realm"),
            order.address("target"),
            TaskKind.fromNumber(order.smallQuantity("kind", LAST_KIND)),
            order.bytes32("codeHash"),
            order.bytes32("inputHash"),
            order.quantity("gasLimit"),
            order.quantity("gasPrice"),
            order.quantity("expiry"),
            order.bytes32("salt"));
    order.end();
    Optional<DeployData> deploy = given.optionalObject("deploy").map(OrderJson::deploy);
    TaskInput task = new TaskInput(read, authorization(given), given.bytes("envelope"), deploy);
    given.end();
    return task;
  }

  private static DeployData deploy(Parameters given) {
    DeployData deploy =
        new DeployData(
            given.bytes("code"),
            given.smallQuantity("dialect", 0xff),
            given.address("authority"),
            given.quantity("delay"));
    given.end();
    return deploy;
  }

  private static TaskInput.Authorization authorization(Parameters given) {
    if (!given.has("signature")) {
      if (given.has("session")) {
        throw RpcFault.invalidParameters("a session goes with a signature");
      }
      return new TaskInput.Posted();
    }
    Signature signature = Signature.of(given.exactly("signature", Signature.LENGTH));
    Optional<Parameters> session = given.optionalObject("session");
    if (session.isEmpty()) {
      return new TaskInput.Signed(signature);
    }
    Parameters key = session.get();
    TaskInput.BySession bySession =
        new TaskInput.BySession(
            new SessionKey(
                key.address("owner"),
                key.address("key"),
                key.bytes32("realm"),
                key.quantity("notAfter"),
                key.quantity("maxFee"),
                key.quantity("epoch")),
            Signature.of(key.exactly("signature", Signature.LENGTH)),
            signature);
    key.end();
    return bySession;
  }

  /** Reads the parameters of {@code enigma_query}. */
  static Query query(Parameters given) {
    Query query =
        new Query(
            given.bytes32("realm"),
            given.address("target"),
            given.address("sender"),
            given.bytes32("salt"),
            given.bytes("envelope"));
    given.end();
    return query;
  }
}

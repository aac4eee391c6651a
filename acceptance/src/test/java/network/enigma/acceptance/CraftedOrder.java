package network.enigma.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.UnaryOperator;
import network.enigma.client.EnigmaClient;
import network.enigma.client.RealmKey;
import network.enigma.client.SecretContract;
import network.enigma.client.abi.EncodedCall;
import network.enigma.client.store.ClientStore;
import network.enigma.client.store.TaskRecord;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Eip712Domain;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.crypto.SigningKey;

/**
 * An order that is made and signed field by field, as a faulty or hostile client might; every field
 * is right unless a test changes it.
 */
final class CraftedOrder {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final EnigmaClient client;
  private final SigningKey key;
  private final Eip712Domain domain;
  private final SecretContract contract;
  private final EncodedCall call;
  private Bytes payload;
  private Bytes32 networkHash;
  private Envelope.Context context;
  private Address target;
  private long gasLimit = 1_000_000;
  private long gasPrice;
  private long expiry;
  private UnaryOperator<Bytes> damage = envelope -> envelope;
  private UnaryOperator<Bytes> damageOnTheWay = envelope -> envelope;

  CraftedOrder(
      Network network,
      EnigmaClient client,
      SigningKey key,
      SecretContract contract,
      String function,
      Object... arguments) {
    this.client = client;
    this.key = key;
    this.domain = network.domain();
    this.contract = contract;
    this.call = contract.abi().encodeCall(function, List.of(arguments));
    this.payload = call.input();
    this.networkHash = client.networkHash();
    this.target = contract.address();
    this.context =
        new Envelope.Context(
            contract.realm(),
            contract.address(),
            TaskKind.CALL,
            key.address(),
            randomBytes32(),
            Bytes32.zero());
    this.gasPrice = client.parameters().minGasPrice();
    this.expiry = client.blockNumber() + client.parameters().maxOrderBlocks() / 2;
  }

  static Bytes32 randomBytes32() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Bytes32.of(bytes);
  }

  CraftedOrder withPayload(Bytes other) {
    this.payload = other;
    return this;
  }

  /** Seals for another network than the order goes to. */
  CraftedOrder sealedForNetwork(Bytes32 hash) {
    this.networkHash = hash;
    return this;
  }

  /** Seals for something else than what is ordered. */
  CraftedOrder sealedFor(UnaryOperator<Envelope.Context> change) {
    this.context = change.apply(context);
    return this;
  }

  CraftedOrder withTarget(Address other) {
    this.target = other;
    return this;
  }

  CraftedOrder withGasLimit(long limit) {
    this.gasLimit = limit;
    return this;
  }

  CraftedOrder withGasPrice(long price) {
    this.gasPrice = price;
    return this;
  }

  CraftedOrder withExpiry(long block) {
    this.expiry = block;
    return this;
  }

  /** Flips a bit of the envelope, counted from the end if negative; the order names the result. */
  CraftedOrder withFlippedBit(int position) {
    this.damage = envelope -> flip(envelope, position);
    return this;
  }

  /** Flips a bit of the envelope after the order was signed. */
  CraftedOrder withBitFlippedOnTheWay(int position) {
    this.damageOnTheWay = envelope -> flip(envelope, position);
    return this;
  }

  private static Bytes flip(Bytes envelope, int position) {
    byte[] bytes = envelope.toByteArray();
    bytes[position < 0 ? bytes.length + position : position] ^= 1;
    return Bytes.of(bytes);
  }

  /** The order with its envelope, kept in a store so that its task can be followed. */
  TaskRecord make(Bytes32 salt, ClientStore store) {
    RealmKey realmKey = client.realmKey(contract.realm());
    Envelope.Sealed sealed =
        Envelope.seal(
            realmKey.suite(),
            realmKey.inputKey(),
            networkHash,
            realmKey.generation(),
            realmKey.tenure(),
            context,
            payload.toByteArray());
    Bytes envelope = damage.apply(sealed.envelope().toBytes());
    TaskOrder order =
        new TaskOrder(
            key.address(),
            contract.realm(),
            target,
            TaskKind.CALL,
            Bytes32.zero(),
            Keccak.hash(envelope),
            gasLimit,
            gasPrice,
            expiry,
            salt);
    TaskRecord record =
        new TaskRecord(
            order.taskId(domain),
            order,
            envelope,
            sealed.responseKey(),
            target,
            call.signature(),
            call.outputs().tuple(),
            contract.abi().json(),
            false);
    store.save(record);
    return record;
  }

  /** The salt that the envelope is sealed for. */
  Bytes32 salt() {
    return context.salt();
  }

  /** What {@code enigma_submit} takes. */
  ObjectNode request(TaskRecord record) {
    TaskOrder order = record.order();
    ObjectNode request = JSON.createObjectNode();
    request
        .putObject("order")
        .put("sender", order.sender().hex())
        .put("realm", order.realm().hex())
        .put("target", order.target().hex())
        .put("kind", quantity(order.kind().number()))
        .put("codeHash", order.codeHash().hex())
        .put("inputHash", order.inputHash().hex())
        .put("gasLimit", quantity(order.gasLimit()))
        .put("gasPrice", quantity(order.gasPrice()))
        .put("expiry", quantity(order.expiry()))
        .put("salt", order.salt().hex());
    request.put("envelope", damageOnTheWay.apply(record.envelope()).hex());
    request.put("signature", key.sign(record.taskId()).hex());
    return request;
  }

  private static String quantity(long number) {
    return "0x" + Long.toHexString(number);
  }

  /** Hands the order to a node as it is. */
  static JsonNode submit(Network network, ObjectNode request) {
    return network.node(0).call("enigma_submit", request);
  }
}

package network.enigma.protocol;

import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * A query as it is sent to a node (rule E4): in the open what the envelope's associated data need,
 * and the envelope.
 *
 * @param sender the permit's owner, or zero
 * @param salt fresh for each query
 */
public record Query(Bytes32 realm, Address target, Address sender, Bytes32 salt, Bytes envelope) {
  public Query {
    if (envelope.length() > Envelope.MAXIMUM_DIRECT) {
      throw new EnigmaException(ErrorCode.INPUT_TOO_LARGE, "an envelope has at most 1 MiB");
    }
  }

  /** The query as an order of kind QUERY without gas, price and expiry. */
  public TaskOrder order() {
    return new TaskOrder(
        sender,
        realm,
        target,
        TaskKind.QUERY,
        Bytes32.zero(),
        Keccak.hash(envelope),
        0,
        0,
        0,
        salt);
  }

  /** The id to which the answer is bound: the task id of {@link #order()}. */
  public Bytes32 id(Eip712Domain domain) {
    return order().taskId(domain);
  }

  public byte[] encode() {
    return new WireWriter()
        .bytes32(realm)
        .address(target)
        .address(sender)
        .bytes32(salt)
        .bytes(envelope)
        .toByteArray();
  }

  public static Query decode(byte[] message) {
    WireReader reader = new WireReader(message);
    Query query =
        new Query(
            reader.bytes32(),
            reader.address(),
            reader.address(),
            reader.bytes32(),
            reader.bytes(Envelope.MAXIMUM_DIRECT));
    reader.end();
    return query;
  }
}

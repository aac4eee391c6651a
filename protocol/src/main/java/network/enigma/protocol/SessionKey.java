package network.enigma.protocol;

import java.math.BigInteger;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What an owner allows a key that its application holds (rule C7). The owner signs it once; it
 * travels with each order or permit and costs no transaction.
 *
 * @param owner the account that pays and that the contract sees
 * @param key the account of the session key
 * @param notAfter in seconds since 1970, compared with the header's timestamp, unsigned
 * @param maxFee the most that one order may cost, in units of 10⁻⁸ ENG, unsigned
 * @param epoch the owner's session epoch in the realm, a uint32; raising it on chain revokes every
 *     earlier session
 */
public record SessionKey(
    Address owner, Address key, Bytes32 realm, long notAfter, long maxFee, long epoch)
    implements Eip712Message {
  public static final String TYPE =
      "SessionKey(address owner,address key,bytes32 realm,uint64 notAfter,uint64 maxFee,uint32"
          + " epoch)";

  private static final Bytes32 TYPE_HASH = Keccak.hashText(TYPE);

  public SessionKey {
    Unsigned.check(epoch, 32, "epoch");
  }

  @Override
  public Bytes32 structHash() {
    return new Words(7)
        .bytes32(TYPE_HASH)
        .address(owner)
        .address(key)
        .bytes32(realm)
        .uint(notAfter)
        .uint(maxFee)
        .uint(epoch)
        .hash();
  }

  /**
   * Checks that this session is the owner's, for this realm, in time and not revoked.
   *
   * @param ownerSignature the owner's, over this session's digest
   * @param timestamp of the header at which it is used, in seconds
   * @param currentEpoch the owner's session epoch in the realm
   * @throws EnigmaException {@link ErrorCode#WRONG_REALM}, {@link ErrorCode#SESSION_EXPIRED},
   *     {@link ErrorCode#SESSION_REVOKED} or {@link ErrorCode#BAD_SIGNATURE}
   */
  public void requireValid(
      Eip712Domain domain,
      Signature ownerSignature,
      Bytes32 usedIn,
      long timestamp,
      long currentEpoch) {
    if (!realm.equals(usedIn)) {
      throw new EnigmaException(ErrorCode.WRONG_REALM, "the session key is for realm " + realm);
    }
    if (Long.compareUnsigned(timestamp, notAfter) > 0) {
      throw new EnigmaException(
          ErrorCode.SESSION_EXPIRED, "the session key ended at " + Long.toUnsignedString(notAfter));
    }
    if (epoch != currentEpoch) {
      throw new EnigmaException(
          ErrorCode.SESSION_REVOKED,
          "the session key is of epoch " + epoch + ", the owner's is " + currentEpoch);
    }
    if (!signer(domain, ownerSignature).equals(owner)) {
      throw new EnigmaException(
          ErrorCode.BAD_SIGNATURE, "the session key was not signed by its owner " + owner);
    }
  }

  /**
   * Checks that this session allows the order and that its key signed it.
   *
   * @throws EnigmaException as {@link #requireValid}, and {@link ErrorCode#SESSION_FEE_EXCEEDED}
   */
  public void requireAllows(
      Eip712Domain domain,
      Signature ownerSignature,
      TaskOrder order,
      Signature orderSignature,
      long timestamp,
      long currentEpoch) {
    requireValid(domain, ownerSignature, order.realm(), timestamp, currentEpoch);
    if (!order.sender().equals(owner)) {
      throw new EnigmaException(
          ErrorCode.BAD_SIGNATURE,
          "the session key is of " + owner + ", not of the order's sender");
    }
    BigInteger limit = Bytes32.ofUnsigned(maxFee).toBigInteger();
    if (order.maximumFee().compareTo(limit) > 0) {
      throw new EnigmaException(
          ErrorCode.SESSION_FEE_EXCEEDED,
          "the order may cost " + order.maximumFee() + ", the session key allows " + limit);
    }
    if (!order.signer(domain, orderSignature).equals(key)) {
      throw new EnigmaException(
          ErrorCode.BAD_SIGNATURE, "the order was not signed by the session key " + key);
    }
  }

  public void write(WireWriter writer) {
    writer.address(owner).address(key).bytes32(realm).uint64(notAfter).uint64(maxFee).uint32(epoch);
  }

  public static SessionKey read(WireReader reader) {
    return new SessionKey(
        reader.address(),
        reader.address(),
        reader.bytes32(),
        reader.uint64(),
        reader.uint64(),
        reader.uint32());
  }
}

package network.enigma.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * An owner's word that whoever presents it may query a contract in the owner's name (rule E4).
 *
 * @param notAfter in seconds since 1970, at most 30 days after the header at which it is used,
 *     unsigned
 * @param label what the owner's wallet shows, at most 256 bytes in UTF-8
 * @param epoch the owner's session epoch in the realm, a uint32
 */
public record Permit(
    Address owner, Bytes32 realm, Address target, long notAfter, String label, long epoch)
    implements Eip712Message {
  public static final String TYPE =
      "Permit(address owner,bytes32 realm,address target,uint64 notAfter,string label,uint32"
          + " epoch)";

  /** The longest validity, in seconds. */
  public static final long MAXIMUM_VALIDITY = 30L * 24 * 60 * 60;

  public static final int MAXIMUM_LABEL = 256;

  private static final Bytes32 TYPE_HASH = Keccak.hashText(TYPE);

  public Permit {
    Unsigned.check(epoch, 32, "epoch");
    if (label.getBytes(StandardCharsets.UTF_8).length > MAXIMUM_LABEL) {
      throw new EnigmaException(
          ErrorCode.INPUT_TOO_LARGE, "a permit's label has at most 256 bytes");
    }
  }

  @Override
  public Bytes32 structHash() {
    return new Words(7)
        .bytes32(TYPE_HASH)
        .address(owner)
        .bytes32(realm)
        .address(target)
        .uint(notAfter)
        .bytes32(Keccak.hashText(label))
        .uint(epoch)
        .hash();
  }

  /**
   * A permit as it travels inside a query's envelope.
   *
   * @param signature over the permit's digest, by the owner or by the session key
   * @param session where a session key signed, what the owner allowed it
   */
  public record Signed(Permit permit, Signature signature, Optional<SignedSession> session) {

    public void write(WireWriter writer) {
      permit.write(writer);
      writer
          .raw(signature.toByteArray())
          .optional(
              session,
              (to, signed) -> {
                signed.session().write(to);
                to.raw(signed.ownerSignature().toByteArray());
              });
    }

    public static Signed read(WireReader reader) {
      return new Signed(
          Permit.read(reader),
          Signature.of(reader.raw(Signature.LENGTH)),
          reader.optional(from ->
              new SignedSession(SessionKey.read(from), Signature.of(from.raw(Signature.LENGTH)))));
    }

    /**
     * Checks that the permit opens this contract to its owner.
     *
     * @param timestamp of the header at which the query runs, in seconds
     * @param currentEpoch the owner's session epoch in the realm
     * @return the owner, whom the contract sees as the caller
     * @throws EnigmaException {@link ErrorCode#WRONG_PERMIT}, {@link ErrorCode#PERMIT_EXPIRED},
     *     {@link ErrorCode#PERMIT_REVOKED}, {@link ErrorCode#BAD_SIGNATURE}, or as {@link
     *     SessionKey#requireValid}
     */
    public Address requireValid(
        Eip712Domain domain, Bytes32 realm, Address target, long timestamp, long currentEpoch) {
      if (!permit.realm.equals(realm) || !permit.target.equals(target)) {
        throw new EnigmaException(
            ErrorCode.WRONG_PERMIT,
            "the permit is for contract " + permit.target + " in realm " + permit.realm);
      }
      long left = permit.notAfter - timestamp;
      if (Long.compareUnsigned(permit.notAfter, timestamp) < 0
          || Long.compareUnsigned(left, MAXIMUM_VALIDITY) > 0) {
        throw new EnigmaException(
            ErrorCode.PERMIT_EXPIRED,
            "the permit ends at "
                + Long.toUnsignedString(permit.notAfter)
                + ", now is "
                + Long.toUnsignedString(timestamp));
      }
      if (permit.epoch != currentEpoch) {
        throw new EnigmaException(
            ErrorCode.PERMIT_REVOKED,
            "the permit is of epoch " + permit.epoch + ", the owner's is " + currentEpoch);
      }
      Address expected = permit.owner;
      if (session.isPresent()) {
        SessionKey key = session.get().session();
        if (!key.owner().equals(permit.owner)) {
          throw new EnigmaException(
              ErrorCode.WRONG_PERMIT, "permit and session key have different owners");
        }
        key.requireValid(domain, session.get().ownerSignature(), realm, timestamp, currentEpoch);
        expected = key.key();
      }
      if (!permit.signer(domain, signature).equals(expected)) {
        throw new EnigmaException(
            ErrorCode.BAD_SIGNATURE, "the permit was not signed by " + expected);
      }
      return permit.owner;
    }
  }

  /** A session key and its owner's signature. */
  public record SignedSession(SessionKey session, Signature ownerSignature) {}

  public void write(WireWriter writer) {
    writer.address(owner).bytes32(realm).address(target).uint64(notAfter).text(label).uint32(epoch);
  }

  public static Permit read(WireReader reader) {
    return new Permit(
        reader.address(),
        reader.bytes32(),
        reader.address(),
        reader.uint64(),
        reader.text(),
        reader.uint32());
  }
}

package network.enigma.tee.message;

import java.util.Optional;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.EnclaveIdentity;

/**
 * A key manager's answer to a lease request (rules S2, K5): signed by it, sealed to the worker
 * enclave, bound to the one request.
 *
 * @param request digest of the request it answers
 * @param realm the realm
 * @param tenure the tenure
 * @param lease the number granted
 * @param current partial secrets of the tenure
 * @param previous partial secrets of the tenure before, where the holder needs them
 * @param head the highest head this key manager acknowledged or saw committed; absent if it knows
 *     none
 * @param headerNumber the highest block this key manager holds
 * @param headerHash its hash
 * @param incarnations of this key manager and those it knows of
 */
public record LeaseGrant(
    Bytes32 request,
    Bytes32 realm,
    long tenure,
    long lease,
    TenureSecret current,
    Optional<TenureSecret> previous,
    Optional<KnownHead> head,
    long headerNumber,
    Bytes32 headerHash,
    Incarnations incarnations) {

  /** The grant, signed and sealed to the enclave that signed the request. */
  public Bytes seal(
      EnclaveIdentity keyManager, Bytes32 networkHash, Verified<LeaseRequest> answered) {
    WireWriter body = new WireWriter().bytes32(request).bytes32(realm).uint64(tenure).uint64(lease);
    current.write(body);
    body.optional(previous, (writer, secret) -> secret.write(writer))
        .optional(head, (writer, known) -> known.write(writer))
        .uint64(headerNumber)
        .bytes32(headerHash);
    incarnations.write(body);
    Bytes signed =
        SignedMessage.sign(keyManager, networkHash, SignedMessage.Kind.LEASE_GRANT, body);
    return Sealing.seal(
        answered.body().sealingKey(), networkHash, answered.digest(), signed.toByteArray());
  }

  /**
   * Opens a grant.
   *
   * @param request digest of the request this enclave made
   * @throws EnigmaException {@link ErrorCode#DECRYPTION_FAILED} if it is not sealed to this enclave
   *     or answers another request; {@link ErrorCode#BAD_SIGNATURE}, {@link
   *     ErrorCode#WRONG_NETWORK} or {@link ErrorCode#MALFORMED_MESSAGE}
   */
  public static Verified<LeaseGrant> open(
      EnclaveIdentity worker, Bytes32 networkHash, Bytes32 request, Bytes sealed) {
    Bytes signed =
        Bytes.of(
            Sealing.open(worker, networkHash, request, sealed).toByteArray(SecretAccess.granted()));
    Verified<LeaseGrant> grant =
        SignedMessage.open(signed, networkHash, SignedMessage.Kind.LEASE_GRANT, LeaseGrant::read);
    if (!grant.body().request().equals(request)) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "the grant answers another request");
    }
    return grant;
  }

  private static LeaseGrant read(WireReader reader) {
    return new LeaseGrant(
        reader.bytes32(),
        reader.bytes32(),
        reader.uint64(),
        reader.uint64(),
        TenureSecret.read(reader),
        reader.optional(TenureSecret::read),
        reader.optional(KnownHead::read),
        reader.uint64(),
        reader.bytes32(),
        Incarnations.read(reader));
  }
}

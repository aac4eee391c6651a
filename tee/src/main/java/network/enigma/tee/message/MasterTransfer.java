package network.enigma.tee.message;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.ReportData;
import network.enigma.protocol.Role;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.EnclaveIdentity;
import network.enigma.tee.MasterSecret;

/**
 * The master secret on its way to another listed key manager (rule K5): sealed to it, signed by the
 * sender, with the sender's evidence.
 *
 * @param request digest of the request it answers
 * @param generation uint32
 * @param evidence of the sender, bound to {@link #reportData}
 * @param sealed the secret, for the requester only
 */
public record MasterTransfer(Bytes32 request, long generation, Bytes evidence, Bytes sealed) {
  private static final int MAXIMUM_SEALED = 4_096;

  /** What the sender's evidence must be bound to: the sender and the request. */
  public static Bytes32 reportData(Bytes32 networkHash, Address sender, Bytes32 request) {
    return ReportData.hash(networkHash, Role.KEY_MANAGER, sender, Address.zero(), request);
  }

  /** A transfer of the master secret to the enclave that signed the request. */
  public static Bytes seal(
      EnclaveIdentity sender,
      Bytes32 networkHash,
      Verified<MasterRequest> answered,
      MasterSecret master,
      Bytes evidence) {
    Bytes sealed =
        Sealing.seal(
            answered.body().sealingKey(),
            networkHash,
            answered.digest(),
            master.secret(SecretAccess.granted()).toByteArray(SecretAccess.granted()));
    return SignedMessage.sign(
        sender,
        networkHash,
        SignedMessage.Kind.MASTER_TRANSFER,
        new WireWriter()
            .bytes32(answered.digest())
            .uint32(master.generation())
            .bytes(evidence)
            .bytes(sealed));
  }

  public static Verified<MasterTransfer> open(Bytes message, Bytes32 networkHash) {
    return SignedMessage.open(
        message,
        networkHash,
        SignedMessage.Kind.MASTER_TRANSFER,
        reader ->
            new MasterTransfer(
                reader.bytes32(),
                reader.uint32(),
                reader.bytes(MasterRequest.MAXIMUM_EVIDENCE),
                reader.bytes(MAXIMUM_SEALED)));
  }

  /**
   * The secret inside.
   *
   * @throws EnigmaException {@link ErrorCode#DECRYPTION_FAILED} if it is not sealed to this enclave
   */
  public MasterSecret master(EnclaveIdentity receiver, Bytes32 networkHash) {
    network.enigma.protocol.crypto.SecretBytes secret =
        Sealing.open(receiver, networkHash, request, sealed);
    if (secret.length() != MasterSecret.LENGTH) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE, "a master secret has " + MasterSecret.LENGTH + " bytes");
    }
    return new MasterSecret(generation, secret);
  }
}

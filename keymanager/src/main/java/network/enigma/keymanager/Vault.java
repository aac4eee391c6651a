package network.enigma.keymanager;

import java.util.Collection;
import java.util.List;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Role;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.EnclaveIdentity;
import network.enigma.tee.Machine;
import network.enigma.tee.MasterSecret;
import network.enigma.tee.SealedState;

/**
 * What a key manager keeps over a restart, sealed to its machine (rule K5): identity and master
 * secrets. Leases and heads are not in it, since a host could give back an older copy (rule S2).
 *
 * @param identity who it is
 * @param masters the master secrets it holds
 */
record Vault(EnclaveIdentity identity, List<MasterSecret> masters) {
  private static final int VERSION = 1;

  /** Most generations whose secrets are held at a time. */
  static final int MAXIMUM_MASTERS = 4_096;

  Vault {
    masters = List.copyOf(masters);
  }

  static Vault create(EnclaveIdentity identity) {
    return new Vault(identity, List.of());
  }

  Vault with(Collection<MasterSecret> all) {
    return new Vault(identity, List.copyOf(all));
  }

  Bytes seal(Machine machine, Bytes32 networkHash) {
    WireWriter writer = new WireWriter().uint8(VERSION);
    identity.write(writer);
    writer.list(
        masters,
        (each, master) ->
            each.uint32(master.generation())
                .raw(master.secret(SecretAccess.granted()).toByteArray(SecretAccess.granted())));
    return SealedState.seal(
        machine, Role.KEY_MANAGER, networkHash, SecretBytes.of(writer.toByteArray()));
  }

  static Vault open(Machine machine, Bytes32 networkHash, Bytes sealed) {
    WireReader reader =
        new WireReader(
            SealedState.open(machine, Role.KEY_MANAGER, networkHash, sealed)
                .toByteArray(SecretAccess.granted()));
    if (reader.uint8() != VERSION) {
      throw new EnigmaException(
          ErrorCode.SEALED_STATE_UNREADABLE, "the sealed state is of another version");
    }
    Vault vault =
        new Vault(
            EnclaveIdentity.read(reader),
            reader.list(
                MAXIMUM_MASTERS,
                item ->
                    new MasterSecret(
                        item.uint32(), SecretBytes.of(item.raw(MasterSecret.LENGTH)))));
    reader.end();
    return vault;
  }
}

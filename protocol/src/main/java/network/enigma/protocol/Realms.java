package network.enigma.protocol;

import network.enigma.protocol.crypto.Suite;

/** Identifiers of realms and contracts, and the hashes a realm starts from (rules K1 and K2). */
public final class Realms {
  private Realms() {}

  /** The id of the realm that the owner opens with the salt on this network. */
  public static Bytes32 realmId(Eip712Domain domain, Address owner, Bytes32 salt) {
    return Preimage.words("REALM", 4)
        .uint(domain.chainId())
        .address(domain.enigma())
        .address(owner)
        .bytes32(salt)
        .hash();
  }

  /**
   * The address of a contract, known before its deployment and committing to its code and settings.
   *
   * @param deployer the order's sender
   * @param salt the order's salt
   * @param dialect the number of the contract's language, a uint8
   * @param authority who may upgrade it, zero for nobody
   * @param delay of an upgrade, in blocks, unsigned
   */
  public static Address contractAddress(
      Bytes32 realm,
      Address deployer,
      Bytes32 salt,
      Bytes32 codeHash,
      int dialect,
      Address authority,
      long delay) {
    Unsigned.check(dialect, 8, "dialect");
    return Address.lastBytesOf(
        Preimage.words("CONTRACT", 7)
            .bytes32(realm)
            .address(deployer)
            .bytes32(salt)
            .bytes32(codeHash)
            .uint(dialect)
            .address(authority)
            .uint(delay)
            .hash());
  }

  /** The state hash of a realm in which nothing has happened yet. */
  public static Bytes32 genesisStateHash(Bytes32 realm) {
    return Preimage.words("GENESIS", 1).bytes32(realm).hash();
  }

  /** keccak256(uint16 suite ‖ key): what the contract stores of a realm's input key. */
  public static Bytes32 inputKeyHash(Suite suite, Bytes inputKey) {
    return Keccak.hash(
        new byte[] {(byte) (suite.id() >>> 8), (byte) suite.id()}, inputKey.toByteArray());
  }

  /** The hash of a generation's members, which must be given in ascending order (rule K5). */
  public static Bytes32 rosterHash(java.util.List<Address> members) {
    return Preimage.hash("ROSTER", "address[]", members);
  }
}

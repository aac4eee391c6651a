package network.enigma.protocol;

import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What travels beside a DEPLOY or UPGRADE order (rule C7); it must hash to the order's target. Code
 * is public.
 *
 * @param code the contract's code in its dialect's form
 * @param dialect the number of the contract's language, a uint8; 0 is EVM
 * @param authority who may upgrade the contract, zero for nobody
 * @param delay how many blocks an upgrade waits, unsigned
 */
public record DeployData(Bytes code, int dialect, Address authority, long delay) {
  /** The longest code, in bytes: what fits an envelope of 1 MiB. */
  public static final int MAXIMUM_CODE = 1 << 20;

  public DeployData {
    Unsigned.check(dialect, 8, "dialect");
    if (code.length() > MAXIMUM_CODE) {
      throw new EnigmaException(
          ErrorCode.INPUT_TOO_LARGE,
          "code of " + code.length() + " bytes; at most " + MAXIMUM_CODE + " are allowed");
    }
  }

  /** Code that nobody can upgrade. */
  public static DeployData immutable(Bytes code, int dialect) {
    return new DeployData(code, dialect, Address.zero(), 0);
  }

  public Bytes32 codeHash() {
    return Keccak.hash(code);
  }

  /** The contract's address when the deployer deploys it with the salt. */
  public Address target(Bytes32 realm, Address deployer, Bytes32 salt) {
    return Realms.contractAddress(realm, deployer, salt, codeHash(), dialect, authority, delay);
  }

  /**
   * Checks that this is the data a DEPLOY order was made for.
   *
   * @throws EnigmaException {@link ErrorCode#CODE_MISMATCH} or {@link
   *     ErrorCode#DEPLOY_DATA_MISMATCH}
   */
  public void requireMatches(TaskOrder order) {
    if (!codeHash().equals(order.codeHash())) {
      throw new EnigmaException(ErrorCode.CODE_MISMATCH, "the code hashes to " + codeHash());
    }
    Address target = target(order.realm(), order.sender(), order.salt());
    if (!target.equals(order.target())) {
      throw new EnigmaException(
          ErrorCode.DEPLOY_DATA_MISMATCH, "the deploy data lead to " + target);
    }
  }

  public void write(WireWriter writer) {
    writer.bytes(code).uint8(dialect).address(authority).uint64(delay);
  }

  public static DeployData read(WireReader reader) {
    return new DeployData(
        reader.bytes(MAXIMUM_CODE), reader.uint8(), reader.address(), reader.uint64());
  }
}

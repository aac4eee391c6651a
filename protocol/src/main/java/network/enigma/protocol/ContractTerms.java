package network.enigma.protocol;

import java.util.Optional;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What a contract's address commits to, beside its realm (rule K1): whoever tells them, they are
 * right if they lead to the address.
 *
 * @param deployer who deployed it
 * @param salt of the deployment's order
 * @param codeHash of the code it was deployed with
 * @param dialect the number of the contract's language, a uint8; 0 is EVM
 * @param authority who may upgrade it, zero for nobody
 * @param delay how many blocks an upgrade waits, unsigned
 */
public record ContractTerms(
    Address deployer, Bytes32 salt, Bytes32 codeHash, int dialect, Address authority, long delay) {

  public ContractTerms {
    Unsigned.check(dialect, 8, "dialect");
  }

  /** The terms of a deployment. */
  public static ContractTerms of(TaskOrder deployment, DeployData data) {
    return new ContractTerms(
        deployment.sender(),
        deployment.salt(),
        deployment.codeHash(),
        data.dialect(),
        data.authority(),
        data.delay());
  }

  /** The address they lead to in a realm. */
  public Address address(Bytes32 realm) {
    return Realms.contractAddress(realm, deployer, salt, codeHash, dialect, authority, delay);
  }

  /** Who may upgrade the contract; empty if nobody ever may. */
  public Optional<Address> upgrader() {
    return authority.isZero() ? Optional.empty() : Optional.of(authority);
  }

  public void write(WireWriter writer) {
    writer
        .address(deployer)
        .bytes32(salt)
        .bytes32(codeHash)
        .uint8(dialect)
        .address(authority)
        .uint64(delay);
  }

  public static ContractTerms read(WireReader reader) {
    return new ContractTerms(
        reader.address(),
        reader.bytes32(),
        reader.bytes32(),
        reader.uint8(),
        reader.address(),
        reader.uint64());
  }
}

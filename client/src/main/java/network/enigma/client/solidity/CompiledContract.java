package network.enigma.client.solidity;

import network.enigma.client.abi.ContractAbi;
import network.enigma.protocol.Bytes;

/**
 * One contract out of a compilation or an artifact file.
 *
 * @param name as in the source
 * @param abi its interface
 * @param bytecode creation code, constructor arguments not yet appended
 * @param layout how it lays out its storage, in the compiler's JSON; empty if unknown
 */
public record CompiledContract(String name, ContractAbi abi, Bytes bytecode, String layout) {
  @Override
  public String toString() {
    return "CompiledContract[" + name + "]";
  }
}

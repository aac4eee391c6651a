package network.enigma.client.solidity;

import network.enigma.client.abi.ContractAbi;
import network.enigma.protocol.Bytes;

/**
 * One contract out of a compilation or an artifact file.
 *
 * @param name as in the source
 * @param abi its interface
 * @param bytecode creation code, constructor arguments not yet appended
 */
public record CompiledContract(String name, ContractAbi abi, Bytes bytecode) {
  @Override
  public String toString() {
    return "CompiledContract[" + name + "]";
  }
}

package network.enigma.runtime;

import java.util.Arrays;
import java.util.Optional;

/** The contract languages of the network (Rules E1 and E2), with the number deploy data carries. */
public enum Dialect {
  /** Ethereum bytecode, as Solidity compiles to. */
  EVM(0),
  /** WebAssembly in the style of the 2019 release. */
  ENIGMA_2019(1),
  /** WebAssembly in the style of Secret Network's first contracts. */
  SECRET_V0_10(2),
  /** WebAssembly in the style of Secret Network's present contracts. */
  SECRET_V1(3),
  /** WebAssembly in the style of CosmWasm 1. */
  COSMWASM_V1(4);

  private final int number;

  Dialect(int number) {
    this.number = number;
  }

  /** The number of this dialect in deploy data, 0 to 255. */
  public int number() {
    return number;
  }

  /** The dialect with a number, or nothing if no dialect has it. */
  public static Optional<Dialect> ofNumber(int number) {
    return Arrays.stream(values()).filter(dialect -> dialect.number == number).findFirst();
  }
}

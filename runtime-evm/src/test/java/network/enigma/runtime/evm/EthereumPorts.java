package network.enigma.runtime.evm;

import org.jspecify.annotations.Nullable;

/** The built-in contracts of plain Ethereum at a fork. */
record EthereumPorts(Fork fork) implements Ports {
  private static final @Nullable Precompile[] CONTRACTS = {
    null,
    Precompiles.RECOVER,
    Precompiles.SHA256,
    Precompiles.RIPEMD160,
    Precompiles.IDENTITY,
    Precompiles.MODULAR_POWER,
    Precompiles.BN254_ADD,
    Precompiles.BN254_MULTIPLY,
    Precompiles.BN254_PAIRING,
    Precompiles.BLAKE2F
  };

  @Override
  public @Nullable Precompile precompile(long address2, long address1, long address0) {
    return (address2 | address1) == 0 && address0 > 0 && address0 < CONTRACTS.length
        ? CONTRACTS[(int) address0]
        : null;
  }

  @Override
  public @Nullable Port port(long address2, long address1, long address0) {
    return null;
  }

  @Override
  public boolean isBuiltIn(long address2, long address1, long address0) {
    return (address2 | address1) == 0 && address0 > 0 && address0 <= fork.precompiles;
  }
}

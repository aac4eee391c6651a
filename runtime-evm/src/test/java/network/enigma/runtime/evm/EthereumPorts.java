package network.enigma.runtime.evm;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The built-in contracts of plain Ethereum at a fork. */
record EthereumPorts(Fork fork) implements Ports {

  @Override
  public @Nullable Precompile precompile(long address2, long address1, long address0) {
    if (!isBuiltIn(address2, address1, address0)) {
      return null;
    }
    List<Precompile> contracts =
        fork == Fork.PRAGUE_WITH_DRAFT_CURVE
            ? DraftCurveContracts.WITH_OTHERS
            : Precompiles.FROM_ONE;
    return contracts.get((int) address0 - 1);
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

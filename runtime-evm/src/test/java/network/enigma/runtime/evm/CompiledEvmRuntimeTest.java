package network.enigma.runtime.evm;

/** The same contracts with everything compiled before it first runs. */
class CompiledEvmRuntimeTest extends EvmRuntimeTest {
  @Override
  Compilation compilation() {
    return Compilation.ofAllCode();
  }
}

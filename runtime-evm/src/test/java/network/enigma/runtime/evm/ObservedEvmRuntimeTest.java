package network.enigma.runtime.evm;

import java.util.function.Supplier;
import network.enigma.runtime.Observation;

/** The same contracts while a trace of each call is taken: nothing may come out differently. */
class ObservedEvmRuntimeTest extends EvmRuntimeTest {
  @Override
  Supplier<Observation> observation() {
    return () -> Observation.ofEverything(Simulation.NETWORK);
  }
}

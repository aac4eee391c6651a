package network.enigma.runtime.evm;

import org.jspecify.annotations.Nullable;

/** A contract that is part of the machine. */
interface Precompile {

  /** The gas a call with this input costs; anything beyond the call's gas makes it fail. */
  long gas(byte[] input);

  /** The output, or null if the call fails and its gas is lost. */
  byte @Nullable [] run(byte[] input);
}

package network.enigma.enclave;

import java.util.List;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallbackCall;
import network.enigma.runtime.StateView;
import org.jspecify.annotations.Nullable;

/**
 * A realm's state for reading: the contract part as runtimes see it, and the system part (Rule S1).
 */
interface StateReader extends StateView {
  /** The highest header a batch ran at; never decreases. */
  long headerNumber();

  /** What the payer has spent in direct tasks of this realm, in units of 10⁻⁸ ENG. */
  long spent(Address payer);

  /** Which order used the salt. */
  @Nullable UsedSalt usedSalt(Bytes32 key);

  /** The contract that an order deployed at the address. */
  @Nullable ContractEntry contract(Address address);

  /** Callbacks that wait for a batch with room for them. */
  List<CallbackCall> waiting();
}

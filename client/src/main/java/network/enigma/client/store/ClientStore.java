package network.enigma.client.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * A durable place for records. An implementation must have stored a record when {@code save}
 * returns, and must keep it from other users: the records hold secrets. All methods may be called
 * from many threads.
 */
public interface ClientStore {
  void save(TaskRecord task);

  Optional<TaskRecord> task(Bytes32 taskId);

  /** Forgets a task whose result nobody needs any more. */
  void remove(Bytes32 taskId);

  /** Ids of all remembered tasks. */
  List<Bytes32> tasks();

  void save(ContractRecord contract);

  Optional<ContractRecord> contract(Address address);

  /** Remembers what a call used, if it is the most so far; only the sender knows this figure. */
  void saveGas(Address contract, String signature, long gasUsed);

  /** The most that remembered calls of a function used. */
  OptionalLong mostGas(Address contract, String signature);

  /** All known contracts, the latest last. */
  List<ContractRecord> contracts();
}

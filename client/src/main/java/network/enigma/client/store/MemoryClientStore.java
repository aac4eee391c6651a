package network.enigma.client.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/** Forgets everything with the process: for tests and programs that wait for every result. */
public final class MemoryClientStore implements ClientStore {
  private final Map<Bytes32, TaskRecord> tasks = new ConcurrentHashMap<>();
  private final Map<Address, ContractRecord> contracts = new LinkedHashMap<>();

  @Override
  public void save(TaskRecord task) {
    tasks.put(task.taskId(), task);
  }

  @Override
  public Optional<TaskRecord> task(Bytes32 taskId) {
    return Optional.ofNullable(tasks.get(taskId));
  }

  @Override
  public void remove(Bytes32 taskId) {
    tasks.remove(taskId);
  }

  @Override
  public List<Bytes32> tasks() {
    return List.copyOf(tasks.keySet());
  }

  @Override
  public void save(ContractRecord contract) {
    synchronized (contracts) {
      contracts.remove(contract.address());
      contracts.put(contract.address(), contract);
    }
  }

  @Override
  public Optional<ContractRecord> contract(Address address) {
    synchronized (contracts) {
      return Optional.ofNullable(contracts.get(address));
    }
  }

  @Override
  public List<ContractRecord> contracts() {
    synchronized (contracts) {
      return new ArrayList<>(contracts.values());
    }
  }
}

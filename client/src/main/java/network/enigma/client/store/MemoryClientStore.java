package network.enigma.client.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/** Forgets everything with the process: for tests and programs that wait for every result. */
public final class MemoryClientStore implements ClientStore {
  private final Map<Bytes32, TaskRecord> tasks = new ConcurrentHashMap<>();
  private final Map<Address, ContractRecord> contracts = new LinkedHashMap<>();
  private final Map<Address, Map<String, Long>> gas = new ConcurrentHashMap<>();

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
  public void saveGas(Address contract, String signature, long gasUsed) {
    gas.computeIfAbsent(contract, address -> new ConcurrentHashMap<>())
        .merge(signature, gasUsed, Math::max);
  }

  @Override
  public OptionalLong mostGas(Address contract, String signature) {
    Long most = gas.getOrDefault(contract, Map.of()).get(signature);
    return most == null ? OptionalLong.empty() : OptionalLong.of(most);
  }

  @Override
  public List<ContractRecord> contracts() {
    synchronized (contracts) {
      return new ArrayList<>(contracts.values());
    }
  }
}

package network.enigma.enclave;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallbackCall;
import org.jspecify.annotations.Nullable;

/**
 * A realm's whole state in enclave memory, as of its anchored head (Rule S1). Batches are applied
 * to it in order and never taken back.
 */
final class RealmState implements StateReader {
  private final Map<Address, Long> spent = new HashMap<>();
  private final Map<Bytes32, UsedSalt> salts = new HashMap<>();
  private final TreeMap<Long, List<Bytes32>> saltsByExpiry = new TreeMap<>(Long::compareUnsigned);
  private final Map<Address, ContractEntry> contracts = new HashMap<>();
  private final Map<Bytes, byte[]> values = new HashMap<>();
  private List<CallbackCall> waiting = List.of();
  private long headerNumber;
  private long sizeInBytes;

  @Override
  public long headerNumber() {
    return headerNumber;
  }

  @Override
  public long spent(Address payer) {
    return spent.getOrDefault(payer, 0L);
  }

  @Override
  public @Nullable UsedSalt usedSalt(Bytes32 key) {
    return salts.get(key);
  }

  @Override
  public @Nullable ContractEntry contract(Address address) {
    return contracts.get(address);
  }

  @Override
  public List<CallbackCall> waiting() {
    return waiting;
  }

  @Override
  public byte @Nullable [] get(Bytes key) {
    return values.get(key);
  }

  @Override
  public long sizeInBytes() {
    return sizeInBytes;
  }

  /** Applies a batch. Salts whose orders have expired at its header are forgotten. */
  void apply(StateChanges changes) {
    headerNumber = changes.headerNumber();
    spent.putAll(changes.spent());
    changes
        .salts()
        .forEach((key, salt) -> {
          salts.put(key, salt);
          saltsByExpiry.computeIfAbsent(salt.expiry(), unused -> new ArrayList<>()).add(key);
        });
    Map<Long, List<Bytes32>> expired = saltsByExpiry.headMap(headerNumber, false);
    expired.values().forEach(keys -> keys.forEach(salts::remove));
    expired.clear();
    contracts.putAll(changes.contracts());
    changes.waiting().ifPresent(calls -> waiting = calls);
    changes
        .values()
        .forEach((key, value) -> {
          byte[] before =
              value.isPresent() ? values.put(key, value.get().toByteArray()) : values.remove(key);
          if (before != null) {
            sizeInBytes -= key.length() + before.length;
          }
          if (value.isPresent()) {
            sizeInBytes += key.length() + value.get().length();
          }
        });
  }

  /** The whole state as a change from nothing, for a snapshot at the header. */
  StateChanges everything(long header) {
    TreeMap<Bytes, Optional<Bytes>> all = new TreeMap<>();
    values.forEach((key, value) -> all.put(key, Optional.of(Bytes.of(value))));
    return new StateChanges(header, spent, salts, contracts, Optional.of(waiting), all);
  }
}

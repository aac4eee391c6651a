package network.enigma.enclave;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallbackCall;
import org.jspecify.annotations.Nullable;

/**
 * A realm's state after a batch, as what the batch changes on top of the state before it. The batch
 * that is being made writes into the topmost layer; a dropped layer takes its changes along.
 */
final class StateLayer implements StateReader {
  private StateReader below;
  private final long headerNumber;
  private final Map<Address, Long> spent = new HashMap<>();
  private final Map<Bytes32, UsedSalt> salts = new LinkedHashMap<>();
  private final Map<Address, ContractEntry> contracts = new LinkedHashMap<>();
  private final Map<Bytes, Optional<Bytes>> values = new HashMap<>();
  private @Nullable List<CallbackCall> waiting;
  private long sizeInBytes;

  StateLayer(StateReader below, long headerNumber) {
    this.below = below;
    this.headerNumber = headerNumber;
    this.sizeInBytes = below.sizeInBytes();
  }

  @Override
  public long headerNumber() {
    return headerNumber;
  }

  @Override
  public long spent(Address payer) {
    Long here = spent.get(payer);
    return here != null ? here : below.spent(payer);
  }

  @Override
  public @Nullable UsedSalt usedSalt(Bytes32 key) {
    UsedSalt here = salts.get(key);
    return here != null ? here : below.usedSalt(key);
  }

  @Override
  public @Nullable ContractEntry contract(Address address) {
    ContractEntry here = contracts.get(address);
    return here != null ? here : below.contract(address);
  }

  @Override
  public List<CallbackCall> waiting() {
    return waiting != null ? waiting : below.waiting();
  }

  @Override
  public byte @Nullable [] get(Bytes key) {
    Optional<Bytes> here = values.get(key);
    return here != null ? here.map(Bytes::toByteArray).orElse(null) : below.get(key);
  }

  @Override
  public long sizeInBytes() {
    return sizeInBytes;
  }

  void spend(Address payer, long total) {
    spent.put(payer, total);
  }

  void use(Bytes32 key, UsedSalt salt) {
    salts.put(key, salt);
  }

  void contract(Address address, ContractEntry entry) {
    contracts.put(address, entry);
  }

  void waiting(List<CallbackCall> calls) {
    waiting = List.copyOf(calls);
  }

  /** Applies what a successful call changes in the contract part. */
  void apply(Map<Bytes, Optional<Bytes>> changes) {
    changes.forEach((key, value) -> {
      byte[] before = get(key);
      if (before != null) {
        sizeInBytes -= key.length() + before.length;
      }
      if (value.isPresent()) {
        sizeInBytes += key.length() + value.get().length();
      }
      values.put(key, value);
    });
  }

  StateChanges changes() {
    return new StateChanges(
        headerNumber, spent, salts, contracts, Optional.ofNullable(waiting), values);
  }

  /** Puts this layer onto the state that the layer below has been applied to. */
  void rebase(RealmState state) {
    below = state;
  }
}

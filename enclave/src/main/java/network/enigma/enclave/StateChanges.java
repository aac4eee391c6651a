package network.enigma.enclave;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallbackCall;
import network.enigma.protocol.ContractTerms;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What one batch changes in a realm's state (Rule S1); a snapshot is the change from nothing to
 * everything. The first five components are the system part, the last is the contract part.
 *
 * @param headerNumber of the batch
 * @param spent new spent totals, in units of 10⁻⁸ ENG, unsigned
 * @param salts salts used, by {@link UsedSalt#key}
 * @param contracts contracts deployed or upgraded
 * @param waiting the callbacks that did not fit a batch and wait for the next, if their list
 *     changed
 * @param values new values of the contract part, empty for a key that is gone
 */
record StateChanges(
    long headerNumber,
    Map<Address, Long> spent,
    Map<Bytes32, UsedSalt> salts,
    Map<Address, ContractEntry> contracts,
    Optional<List<CallbackCall>> waiting,
    Map<Bytes, Optional<Bytes>> values) {

  StateChanges {
    spent = Collections.unmodifiableMap(new TreeMap<>(spent));
    salts = Collections.unmodifiableMap(new TreeMap<>(salts));
    contracts = Collections.unmodifiableMap(new TreeMap<>(contracts));
    waiting = waiting.map(List::copyOf);
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /** A batch at the header that changes nothing. */
  static StateChanges none(long headerNumber) {
    return new StateChanges(headerNumber, Map.of(), Map.of(), Map.of(), Optional.empty(), Map.of());
  }

  void write(WireWriter writer) {
    writer.uint64(headerNumber);
    writeMap(writer, spent, WireWriter::address, WireWriter::uint64);
    writeMap(
        writer,
        salts,
        WireWriter::bytes32,
        (to, salt) -> to.bytes32(salt.taskId()).uint64(salt.expiry()).bool(salt.posted()));
    writeMap(
        writer,
        contracts,
        WireWriter::address,
        (to, entry) -> {
          entry.terms().write(to);
          to.optional(entry.codeHash(), WireWriter::bytes32);
        });
    writer.optional(waiting, (to, calls) -> to.list(calls, (item, call) -> call.write(item)));
    writeMap(
        writer, values, WireWriter::bytes, (to, value) -> to.optional(value, WireWriter::bytes));
  }

  static StateChanges read(WireReader reader) {
    return new StateChanges(
        reader.uint64(),
        readMap(reader, WireReader::address, WireReader::uint64),
        readMap(
            reader,
            WireReader::bytes32,
            from -> new UsedSalt(from.bytes32(), from.uint64(), from.bool())),
        readMap(
            reader,
            WireReader::address,
            from ->
                new ContractEntry(ContractTerms.read(from), from.optional(WireReader::bytes32))),
        reader.optional(from -> from.list(Integer.MAX_VALUE, CallbackCall::read)),
        readMap(reader, WireReader::bytes, from -> from.optional(WireReader::bytes)));
  }

  private static <K, V> void writeMap(
      WireWriter writer,
      Map<K, V> map,
      BiConsumer<WireWriter, K> key,
      BiConsumer<WireWriter, V> value) {
    writer.uint32(map.size());
    map.forEach((k, v) -> {
      key.accept(writer, k);
      value.accept(writer, v);
    });
  }

  private static <K extends Comparable<K>, V> Map<K, V> readMap(
      WireReader reader, Function<WireReader, K> key, Function<WireReader, V> value) {
    TreeMap<K, V> map = new TreeMap<>();
    long size = reader.uint32();
    for (long i = 0; i < size; i++) {
      map.put(key.apply(reader), value.apply(reader));
    }
    return map;
  }
}

package network.enigma.node.storage;

import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Batch;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * One step of a realm's sealed history, on the holder and on its backups (Rule S5).
 *
 * @param endSequence its key
 * @param snapshot whether {@code sealed} is a snapshot
 * @param lease under which it is signed
 * @param enclave who signed
 * @param stateHash it leads to
 * @param sealed the sealed delta or snapshot
 * @param headSignature over Head
 * @param batch its content, once anchored
 * @param committed where it is on Ethereum, once it is
 */
public record LogEntry(
    Bytes32 realm,
    long endSequence,
    boolean snapshot,
    long lease,
    Address enclave,
    Bytes32 stateHash,
    Bytes sealed,
    Signature headSignature,
    Optional<Batch> batch,
    Optional<Place> committed) {

  /** A transaction and its block. */
  public record Place(Bytes32 transaction, long blockNumber, Bytes32 blockHash) {}

  /** The same step with the content of the batch, signed anew if the lease changed. */
  public LogEntry released(Batch content, Signature signature, Address signer) {
    return new LogEntry(
        realm,
        endSequence,
        snapshot,
        content.lease(),
        signer,
        stateHash,
        sealed,
        signature,
        Optional.of(content),
        committed);
  }

  /** The same step as it was made: neither anchored nor committed. */
  public LogEntry asMade() {
    return new LogEntry(
        realm,
        endSequence,
        snapshot,
        lease,
        enclave,
        stateHash,
        sealed,
        headSignature,
        Optional.empty(),
        Optional.empty());
  }

  /** The same step without its sealed bytes, which a later snapshot makes superfluous. */
  public LogEntry withoutSealed() {
    return new LogEntry(
        realm,
        endSequence,
        snapshot,
        lease,
        enclave,
        stateHash,
        Bytes.empty(),
        headSignature,
        batch,
        committed);
  }

  /** The same step, committed there. */
  public LogEntry committedAt(Optional<Place> place) {
    return new LogEntry(
        realm,
        endSequence,
        snapshot,
        lease,
        enclave,
        stateHash,
        sealed,
        headSignature,
        batch,
        place);
  }

  /** The bytes of the record, for disk and for other hosts. */
  public byte[] encode() {
    WireWriter writer =
        new WireWriter()
            .bytes32(realm)
            .uint64(endSequence)
            .bool(snapshot)
            .uint64(lease)
            .address(enclave)
            .bytes32(stateHash)
            .bytes(sealed)
            .raw(headSignature.toByteArray());
    writer.optional(batch, (to, value) -> value.write(to));
    writer.optional(
        committed,
        (to, place) ->
            to.bytes32(place.transaction).uint64(place.blockNumber).bytes32(place.blockHash));
    return writer.toByteArray();
  }

  /** Reads what {@link #encode} wrote. */
  public static LogEntry decode(byte[] record) {
    WireReader reader = new WireReader(record);
    LogEntry entry =
        new LogEntry(
            reader.bytes32(),
            reader.uint64(),
            reader.bool(),
            reader.uint64(),
            reader.address(),
            reader.bytes32(),
            reader.bytes(),
            Signature.of(reader.raw(Signature.LENGTH)),
            reader.optional(Batch::read),
            reader.optional(from -> new Place(from.bytes32(), from.uint64(), from.bytes32())));
    reader.end();
    return entry;
  }
}

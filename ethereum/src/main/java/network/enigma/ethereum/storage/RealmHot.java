package network.enigma.ethereum.storage;

import network.enigma.protocol.Bytes32;

/**
 * The first slot of a realm: everything a commit needs of it but the state hash.
 *
 * @param sequence sequence number of the last committed task
 * @param lease lease of the last commit, 0 before the first
 * @param headerNumber header of the last batch
 * @param worker holder of the tenure, 0 before the first key
 * @param tenure number of the tenure, 0 before the first key
 * @param tenureEnd block from which anyone may renew; while tenure is 0 the first epoch that can
 *     draw the realm
 * @param generation generation of the key managers whose secret the tenure uses
 * @param since block of the draw while one is pending, else the block since which the worker holds
 *     the realm
 * @param flags bit 0: a draw awaits its announcement; bit 1: challenged; bit 2: a snapshot made in
 *     the tenure is committed
 */
public record RealmHot(
    long sequence,
    long lease,
    long headerNumber,
    int worker,
    int tenure,
    long tenureEnd,
    int generation,
    long since,
    int flags) {
  /** Whether a draw awaits its announcement. */
  public boolean pending() {
    return (flags & 1) != 0;
  }

  /** Whether a challenge of the realm is open. */
  public boolean challenged() {
    return (flags & 2) != 0;
  }

  /** Whether nothing that must be loaded lies under the key of the tenure before (Rule K3). */
  public boolean rekeyed() {
    return (flags & 4) != 0;
  }

  static RealmHot decode(Bytes32 value) {
    Word word = Word.of(value);
    return new RealmHot(
        word.uint(0, 40),
        word.uint(40, 48),
        word.uint(88, 32),
        word.small(120, 24),
        word.small(144, 24),
        word.uint(168, 32),
        word.small(200, 16),
        word.uint(216, 32),
        word.small(248, 8));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    return Word.empty()
        .with(0, 40, sequence)
        .with(40, 48, lease)
        .with(88, 32, headerNumber)
        .with(120, 24, worker)
        .with(144, 24, tenure)
        .with(168, 32, tenureEnd)
        .with(200, 16, generation)
        .with(216, 32, since)
        .with(248, 8, flags)
        .toBytes32();
  }
}

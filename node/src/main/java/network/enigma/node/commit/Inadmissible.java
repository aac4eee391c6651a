package network.enigma.node.commit;

/** Why the contract skips a batch (rule C9), numbered as in {@code EnigmaTypes.sol}. */
public enum Inadmissible {
  NONE,
  SIGNATURE,
  ACKNOWLEDGEMENT,
  ASSIGNMENT,
  LEASE,
  SEQUENCE,
  HEADER;

  static Inadmissible of(int number) {
    return number < values().length ? values()[number] : NONE;
  }
}

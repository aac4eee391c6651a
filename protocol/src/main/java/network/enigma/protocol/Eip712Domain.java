package network.enigma.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The EIP-712 domain of one network: name "Enigma", version "1", chain id and address of the Enigma
 * contract. What is signed for one network is worthless on any other.
 */
public final class Eip712Domain {
  private static final Bytes32 TYPE_HASH =
      Keccak.hashText(
          "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
  private static final Bytes32 NAME_HASH = Keccak.hashText("Enigma");
  private static final Bytes32 VERSION_HASH = Keccak.hashText("1");

  private final long chainId;
  private final Address enigma;
  private final Bytes32 separator;

  public Eip712Domain(long chainId, Address enigma) {
    this.chainId = chainId;
    this.enigma = enigma;
    this.separator =
        new Words(5)
            .bytes32(TYPE_HASH)
            .bytes32(NAME_HASH)
            .bytes32(VERSION_HASH)
            .uint(chainId)
            .address(enigma)
            .hash();
  }

  public long chainId() {
    return chainId;
  }

  public Address enigma() {
    return enigma;
  }

  public Bytes32 separator() {
    return separator;
  }

  /** The digest to sign for a struct hash. */
  Bytes32 digest(Bytes32 structHash) {
    byte[] preimage = new byte[66];
    preimage[0] = 0x19;
    preimage[1] = 0x01;
    separator.copyTo(preimage, 2);
    structHash.copyTo(preimage, 34);
    return Keccak.hash(preimage);
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof Eip712Domain other
        && chainId == other.chainId
        && enigma.equals(other.enigma);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(chainId) + enigma.hashCode();
  }

  @Override
  public String toString() {
    return "Eip712Domain[chain " + Long.toUnsignedString(chainId) + ", Enigma " + enigma + "]";
  }
}

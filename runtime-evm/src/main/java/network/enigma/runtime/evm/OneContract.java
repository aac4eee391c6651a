package network.enigma.runtime.evm;

import java.util.Arrays;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Keccak;
import org.jspecify.annotations.Nullable;

/** A world of one contract without storage: what a stateless call starts from. */
final class OneContract implements Ledger {
  private final byte[] address;
  private final byte[] code;
  private final byte[] codeHash;

  OneContract(Address address, Bytes code) {
    this.address = address.toByteArray();
    this.code = code.toByteArray();
    this.codeHash = Keccak.hash(code).toByteArray();
  }

  @Override
  public @Nullable Entry account(byte[] wanted) {
    // An account that was created has nonce 1 at least.
    return Arrays.equals(wanted, address) ? new Entry(1, new byte[32], codeHash) : null;
  }

  @Override
  public byte @Nullable [] slot(byte[] contract, byte[] key) {
    return null;
  }

  @Override
  public boolean hasCode(byte[] hash) {
    return Arrays.equals(hash, codeHash);
  }

  @Override
  public byte[] code(byte[] hash) {
    if (!hasCode(hash)) {
      throw new IllegalStateException("a stateless call has the code of its target only");
    }
    return code;
  }

  @Override
  public boolean hasStorage(byte[] contract) {
    return false;
  }
}

package network.enigma.runtime.evm;

import java.util.Arrays;

/** The addresses of contracts that contracts create. */
final class ContractAddress {
  private ContractAddress() {}

  /** CREATE: the hash of the RLP list of creator and nonce. */
  static byte[] ofNonce(Keccak256 keccak, byte[] creator, long nonce) {
    int bytes = nonce == 0 ? 0 : 8 - Long.numberOfLeadingZeros(nonce) / 8;
    boolean single = nonce > 0 && nonce < 0x80;
    byte[] rlp = new byte[23 + (single ? 0 : bytes)];
    rlp[0] = (byte) (0xc0 + rlp.length - 1);
    rlp[1] = (byte) (0x80 + 20);
    System.arraycopy(creator, 0, rlp, 2, 20);
    if (single) {
      rlp[22] = (byte) nonce;
    } else {
      rlp[22] = (byte) (0x80 + bytes);
      for (int i = 0; i < bytes; i++) {
        rlp[23 + i] = (byte) (nonce >>> 8 * (bytes - 1 - i));
      }
    }
    return Arrays.copyOfRange(keccak.hash(rlp), 12, 32);
  }

  /** CREATE2: the hash of 0xff, creator, salt and the hash of the creation code (EIP-1014). */
  static byte[] ofSalt(Keccak256 keccak, byte[] creator, long[] s, int salt, byte[] code) {
    byte[] preimage = new byte[85];
    preimage[0] = (byte) 0xff;
    System.arraycopy(creator, 0, preimage, 1, 20);
    Words.write(s, salt, preimage, 21);
    System.arraycopy(keccak.hash(code), 0, preimage, 53, 32);
    return Arrays.copyOfRange(keccak.hash(preimage), 12, 32);
  }
}

package network.enigma.enclave;

import java.util.Arrays;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Preimage;
import network.enigma.protocol.crypto.Aead;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.RealmKeys;
import network.enigma.tee.RealmKeys.StateKind;

/**
 * Seals deltas and snapshots with the state key of a tenure (Rule K9). The form is a header and
 * AES-256-GCM ciphertext:
 *
 * <pre>
 * version(1) ‖ kind(1) ‖ generation(4) ‖ tenure(8) ‖ lease(8) ‖ endSequence(8) ‖ salt(32) ‖ ciphertext
 * </pre>
 *
 * Version 1 names the suite. The salt is fresh and enters the key derivation: no two sealings share
 * key and nonce, also when the same batch is made again. The additional data is the realm and the
 * header. The plaintext is padded to 4 KiB at least and to lengths of few significant bits above
 * (Rule S3).
 */
final class StateSealer {
  /** Least length of a padded plaintext. */
  static final int LEAST_LENGTH = 4_096;

  private static final int VERSION = 1;
  private static final int HEADER_LENGTH = 1 + 1 + 4 + 8 + 8 + 8 + Bytes32.LENGTH;

  private StateSealer() {}

  /** What the header of a sealed delta or snapshot says. */
  record Header(
      StateKind kind, long generation, long tenure, long lease, long endSequence, Bytes32 salt) {
    byte[] encode() {
      return new WireWriter()
          .uint8(VERSION)
          .uint8(kind.number())
          .uint32(generation)
          .uint64(tenure)
          .uint64(lease)
          .uint64(endSequence)
          .bytes32(salt)
          .toByteArray();
    }
  }

  static Bytes seal(
      RealmKeys keys,
      StateKind kind,
      long lease,
      long endSequence,
      Bytes32 freshSalt,
      byte[] plaintext) {
    byte[] header =
        new Header(kind, keys.generation(), keys.tenure(), lease, endSequence, freshSalt).encode();
    byte[] ciphertext =
        keys.stateKey(kind, freshSalt, lease, endSequence)
            .seal(pad(plaintext), associatedData(keys.realm(), header));
    byte[] sealed = Arrays.copyOf(header, header.length + ciphertext.length);
    System.arraycopy(ciphertext, 0, sealed, header.length, ciphertext.length);
    return Bytes.of(sealed);
  }

  /**
   * Reads the header.
   *
   * @throws EnigmaException {@link ErrorCode#DELTA_REFUSED} if the bytes have none
   */
  static Header header(Bytes sealed) {
    if (sealed.length() < HEADER_LENGTH + Aead.TAG_LENGTH) {
      throw refused("a sealed delta of " + sealed.length() + " bytes");
    }
    WireReader reader = new WireReader(sealed.slice(0, HEADER_LENGTH));
    int version = reader.uint8();
    int kind = reader.uint8();
    if (version != VERSION || kind >= StateKind.values().length) {
      throw refused("a sealed delta of version " + version + " and kind " + kind);
    }
    return new Header(
        StateKind.values()[kind],
        reader.uint32(),
        reader.uint64(),
        reader.uint64(),
        reader.uint64(),
        reader.bytes32());
  }

  /**
   * Opens a sealed delta or snapshot with the keys of the tenure its header names.
   *
   * @throws EnigmaException {@link ErrorCode#DELTA_REFUSED} if it does not open
   */
  static byte[] open(RealmKeys keys, Bytes sealed) {
    Header header = header(sealed);
    byte[] bytes = sealed.toByteArray();
    byte[] padded;
    try {
      padded =
          keys.stateKey(header.kind(), header.salt(), header.lease(), header.endSequence())
              .open(
                  Arrays.copyOfRange(bytes, HEADER_LENGTH, bytes.length),
                  associatedData(keys.realm(), header.encode()));
    } catch (EnigmaException e) {
      throw refused("a sealed delta does not open");
    }
    WireReader reader = new WireReader(padded);
    return reader.byteArray();
  }

  private static byte[] associatedData(Bytes32 realm, byte[] header) {
    return new WireWriter()
        .bytes32(Preimage.tag("STATE_CIPHERTEXT"))
        .bytes32(realm)
        .raw(header)
        .toByteArray();
  }

  /** A 4-byte length, the bytes, and zeros up to the next Padmé length, 4 KiB at least. */
  private static byte[] pad(byte[] plaintext) {
    byte[] framed = new WireWriter().bytes(plaintext).toByteArray();
    return Arrays.copyOf(framed, paddedLength(framed.length));
  }

  /**
   * Padmé: a length with at most as many significant bits as the bit length of its own bit length.
   */
  static int paddedLength(int length) {
    if (length <= LEAST_LENGTH) {
      return LEAST_LENGTH;
    }
    int exponent = 31 - Integer.numberOfLeadingZeros(length);
    int significant = 32 - Integer.numberOfLeadingZeros(exponent);
    int mask = (1 << (exponent - significant)) - 1;
    return Math.addExact(length, mask) & ~mask;
  }

  private static EnigmaException refused(String message) {
    return new EnigmaException(ErrorCode.DELTA_REFUSED, message);
  }
}

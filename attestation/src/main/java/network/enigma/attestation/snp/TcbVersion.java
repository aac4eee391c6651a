package network.enigma.attestation.snp;

import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * Security versions of the firmware under a guest, each from 0 to 255. Compared component by
 * component, never as one number: a platform is new enough only if every part is.
 *
 * @param fmc first mutable code; 0 on lines before Turin, which have none
 * @param bootloader of the security processor
 * @param tee its operating system
 * @param snp its SNP firmware
 * @param microcode of the processor's cores
 */
public record TcbVersion(int fmc, int bootloader, int tee, int snp, int microcode) {
  /** Bytes of the form in reports. */
  public static final int LENGTH = 8;

  public TcbVersion {
    for (int component : new int[] {fmc, bootloader, tee, snp, microcode}) {
      if (component < 0 || component > 255) {
        throw new IllegalArgumentException("a component of a TCB version is one byte");
      }
    }
  }

  /**
   * Reads the 8 bytes in a report, whose layout depends on the product: Milan and Genoa have
   * bootloader, TEE, four reserved bytes, SNP, microcode; Turin has FMC, bootloader, TEE, SNP,
   * three reserved bytes, microcode.
   *
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} if there are not 8 bytes or a
   *     reserved one is not zero
   */
  public static TcbVersion parse(Bytes bytes, SnpProduct product) {
    if (bytes.length() != LENGTH) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE, "a TCB version has 8 bytes, not " + bytes.length());
    }
    return switch (product) {
      case MILAN, GENOA -> {
        requireZero(bytes, 2, 6);
        yield new TcbVersion(0, at(bytes, 0), at(bytes, 1), at(bytes, 6), at(bytes, 7));
      }
      case TURIN -> {
        requireZero(bytes, 4, 7);
        yield new TcbVersion(at(bytes, 0), at(bytes, 1), at(bytes, 2), at(bytes, 3), at(bytes, 7));
      }
    };
  }

  private static int at(Bytes bytes, int index) {
    return Byte.toUnsignedInt(bytes.get(index));
  }

  private static void requireZero(Bytes bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes.get(i) != 0) {
        throw new EnigmaException(
            ErrorCode.MALFORMED_MESSAGE, "reserved byte " + i + " of a TCB version is not zero");
      }
    }
  }

  /** Whether every component is at least the other's. */
  public boolean isAtLeast(TcbVersion minimum) {
    return fmc >= minimum.fmc
        && bootloader >= minimum.bootloader
        && tee >= minimum.tee
        && snp >= minimum.snp
        && microcode >= minimum.microcode;
  }

  /** The smaller of each component. */
  TcbVersion lowest(TcbVersion other) {
    return new TcbVersion(
        Math.min(fmc, other.fmc),
        Math.min(bootloader, other.bootloader),
        Math.min(tee, other.tee),
        Math.min(snp, other.snp),
        Math.min(microcode, other.microcode));
  }

  /** SNP, microcode, bootloader and TEE as the bytes of a uint32, the first the highest. */
  long number() {
    return (long) snp << 24 | microcode << 16 | bootloader << 8 | tee;
  }

  @Override
  public String toString() {
    return (fmc == 0 ? "" : "FMC " + fmc + ", ")
        + "bootloader "
        + bootloader
        + ", TEE "
        + tee
        + ", SNP "
        + snp
        + ", microcode "
        + microcode;
  }
}

package network.enigma.attestation;

import network.enigma.protocol.Bytes;

/**
 * The header of an Intel quote, 48 bytes.
 *
 * @param bytes all of it, as signed
 */
public record QuoteHeader(Bytes bytes) {
  public static final int LENGTH = 48;

  public QuoteHeader {
    if (bytes.length() != LENGTH) {
      throw new IllegalArgumentException("a quote header has " + LENGTH + " bytes");
    }
  }

  public int version() {
    return uint16(0);
  }

  public int attestationKeyType() {
    return uint16(2);
  }

  /** 0 SGX, 0x81 TDX; reserved in version 3. */
  public long teeType() {
    return uint16(4) | (long) uint16(6) << 16;
  }

  /** Security version of the quoting enclave; version 3 only. */
  public int qeSvn() {
    return uint16(8);
  }

  /** Security version of the provisioning certification enclave; version 3 only. */
  public int pceSvn() {
    return uint16(10);
  }

  /** 16 bytes: whose quoting enclave. */
  public Bytes vendorId() {
    return bytes.slice(12, 28);
  }

  /** 20 bytes: an identifier of the platform, never shown. */
  public Bytes userData() {
    return bytes.slice(28, 48);
  }

  private int uint16(int offset) {
    return (bytes.get(offset) & 0xff) | (bytes.get(offset + 1) & 0xff) << 8;
  }
}

package network.enigma.attestation;

import network.enigma.protocol.Bytes;

/**
 * An SGX report body (Intel SDM, REPORT; 384 bytes). Numbers are little-endian.
 *
 * @param bytes all of it, as signed
 */
public record EnclaveReport(Bytes bytes) {
  public static final int LENGTH = 384;

  private static final int DEBUG = 1;
  private static final int PROVISIONING_KEY = 4;
  private static final int LAUNCH_KEY = 5;

  public EnclaveReport {
    if (bytes.length() != LENGTH) {
      throw new IllegalArgumentException("an SGX report has " + LENGTH + " bytes");
    }
  }

  /** 16 bytes. */
  public Bytes cpuSvn() {
    return bytes.slice(0, 16);
  }

  /** 4 bytes. */
  public Bytes miscSelect() {
    return bytes.slice(16, 20);
  }

  /** 16 bytes: flags, then XFRM. */
  public Bytes attributes() {
    return bytes.slice(48, 64);
  }

  public boolean debug() {
    return flag(DEBUG);
  }

  public boolean provisioningKey() {
    return flag(PROVISIONING_KEY);
  }

  public boolean launchKey() {
    return flag(LAUNCH_KEY);
  }

  private boolean flag(int bit) {
    return (bytes.get(48 + bit / 8) >> bit % 8 & 1) == 1;
  }

  /** 32 bytes: what was loaded. */
  public Bytes mrEnclave() {
    return bytes.slice(64, 96);
  }

  /** 32 bytes: who signed it. */
  public Bytes mrSigner() {
    return bytes.slice(128, 160);
  }

  /** 64 bytes. */
  public Bytes configId() {
    return bytes.slice(192, 256);
  }

  public int productId() {
    return uint16(256);
  }

  /** The program's own security version (ISVSVN). */
  public int securityVersion() {
    return uint16(258);
  }

  public int configSecurityVersion() {
    return uint16(260);
  }

  /** 64 bytes that the enclave chose. */
  public Bytes reportData() {
    return bytes.slice(320, 384);
  }

  private int uint16(int offset) {
    return (bytes.get(offset) & 0xff) | (bytes.get(offset + 1) & 0xff) << 8;
  }
}

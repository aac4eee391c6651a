package network.enigma.attestation;

import java.util.Optional;
import network.enigma.protocol.Bytes;

/**
 * A TDX report body: version 1.0 has 584 bytes, 1.5 has 64 more (Intel TDX DCAP quoting library,
 * quote format).
 *
 * @param bytes all of it, as signed
 */
public record TrustDomainReport(Bytes bytes) {
  public static final int LENGTH_1_0 = 584;
  public static final int LENGTH_1_5 = 648;

  private static final int ATTRIBUTES = 120;
  private static final int DEBUG = 0;
  private static final int SEPT_VE_DISABLE = 28;
  private static final int MIGRATABLE = 29;
  private static final int PERFMON = 63;

  public TrustDomainReport {
    if (bytes.length() != LENGTH_1_0 && bytes.length() != LENGTH_1_5) {
      throw new IllegalArgumentException(
          "a TDX report has " + LENGTH_1_0 + " or " + LENGTH_1_5 + " bytes");
    }
  }

  /** 16 bytes: security version of the module, its major version, of loader and microcode. */
  public Bytes teeTcbSvn() {
    return bytes.slice(0, 16);
  }

  /** 48 bytes: the TDX module. */
  public Bytes mrSeam() {
    return bytes.slice(16, 64);
  }

  /** 48 bytes: who signed the TDX module, zero for Intel. */
  public Bytes mrSignerSeam() {
    return bytes.slice(64, 112);
  }

  /** 8 bytes, zero. */
  public Bytes seamAttributes() {
    return bytes.slice(112, 120);
  }

  /** 8 bytes. */
  public Bytes attributes() {
    return bytes.slice(ATTRIBUTES, 128);
  }

  public boolean debug() {
    return flag(DEBUG);
  }

  /** Bits 1 to 7, which make a domain as untrusted as one that is debugged. */
  public boolean reservedDebugAttributes() {
    return (bytes.get(ATTRIBUTES) & 0xfe) != 0;
  }

  /** SEPT_VE_DISABLE is clear: the host can have exceptions raised in the guest. */
  public boolean pageExceptions() {
    return !flag(SEPT_VE_DISABLE);
  }

  public boolean migratable() {
    return flag(MIGRATABLE);
  }

  public boolean performanceCounters() {
    return flag(PERFMON);
  }

  private boolean flag(int bit) {
    return (bytes.get(ATTRIBUTES + bit / 8) >> bit % 8 & 1) == 1;
  }

  /** 8 bytes. */
  public Bytes xfam() {
    return bytes.slice(128, 136);
  }

  /** 48 bytes: the firmware as loaded. */
  public Bytes mrTd() {
    return bytes.slice(136, 184);
  }

  /** 48 bytes. */
  public Bytes mrConfigId() {
    return bytes.slice(184, 232);
  }

  /** 48 bytes. */
  public Bytes mrOwner() {
    return bytes.slice(232, 280);
  }

  /** 48 bytes. */
  public Bytes mrOwnerConfig() {
    return bytes.slice(280, 328);
  }

  /**
   * 48 bytes: what was extended at run time.
   *
   * @param index 0 to 3
   */
  public Bytes rtmr(int index) {
    if (index < 0 || index > 3) {
      throw new IllegalArgumentException("there are 4 run-time registers");
    }
    int offset = 328 + 48 * index;
    return bytes.slice(offset, offset + 48);
  }

  /** 64 bytes that the domain chose. */
  public Bytes reportData() {
    return bytes.slice(520, 584);
  }

  /** 16 bytes: security versions now, of which {@link #teeTcbSvn()} are those at launch; 1.5. */
  public Optional<Bytes> teeTcbSvn2() {
    return bytes.length() == LENGTH_1_5 ? Optional.of(bytes.slice(584, 600)) : Optional.empty();
  }

  /** 48 bytes: the service domains bound to this one, zero for none; 1.5. */
  public Optional<Bytes> mrServiceTd() {
    return bytes.length() == LENGTH_1_5 ? Optional.of(bytes.slice(600, 648)) : Optional.empty();
  }
}

package network.enigma.attestation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Preimage;

/**
 * An attestation report of 1,184 bytes, as AMD publication 56860, ATTESTATION_REPORT, lays it out;
 * integers are little-endian. TCB versions stay bytes, because their layout depends on the product,
 * which a report of version 2 does not name.
 *
 * @param version 2, 3 or 5
 * @param guestSvn security version the guest's owner gave
 * @param policy what the guest's owner allows
 * @param familyId 16 bytes the guest's owner gave
 * @param imageId 16 bytes the guest's owner gave
 * @param vmpl privilege level that asked for the report, 0 the highest, as the report has it
 * @param currentTcb 8 bytes: what runs; not what the signing key stands for
 * @param platformInfo how the platform is set up
 * @param signerBits 32 bits: author key, masked chip key, signing key
 * @param reportData 64 bytes the guest gave
 * @param launchMeasurement 48 bytes: the guest's memory at launch
 * @param hostData 32 bytes the host gave at launch
 * @param idKeyDigest 48 bytes: the key that signed the guest's identity block, or zeros
 * @param authorKeyDigest 48 bytes: the key that certified that one, or zeros
 * @param reportId 32 bytes: the guest's instance
 * @param reportIdMigrationAgent 32 bytes: its migration agent's, all ones if there is none
 * @param reportedTcb 8 bytes: what the signing key is derived from and endorsed for
 * @param processor family, model and stepping, from version 3 on
 * @param chipId 64 bytes, zeros if masked
 * @param committedTcb 8 bytes: below this the platform cannot be taken back
 * @param currentFirmware version of the SNP firmware that runs
 * @param committedFirmware version below which it cannot be taken back
 * @param launchTcb 8 bytes: the current TCB when the guest was launched
 * @param launchMitigations mitigations verified at launch, from version 5 on
 * @param currentMitigations mitigations verified now, from version 5 on
 * @param signatureR 48 bytes, big-endian
 * @param signatureS 48 bytes, big-endian
 * @param core the whole report
 */
public record SevSnpReport(
    int version,
    long guestSvn,
    GuestPolicy policy,
    Bytes familyId,
    Bytes imageId,
    long vmpl,
    Bytes currentTcb,
    PlatformInfo platformInfo,
    int signerBits,
    Bytes reportData,
    Bytes launchMeasurement,
    Bytes hostData,
    Bytes idKeyDigest,
    Bytes authorKeyDigest,
    Bytes reportId,
    Bytes reportIdMigrationAgent,
    Bytes reportedTcb,
    Optional<Processor> processor,
    Bytes chipId,
    Bytes committedTcb,
    FirmwareVersion currentFirmware,
    FirmwareVersion committedFirmware,
    Bytes launchTcb,
    Optional<Long> launchMitigations,
    Optional<Long> currentMitigations,
    Bytes signatureR,
    Bytes signatureS,
    Bytes core)
    implements Evidence {
  /** Bytes of a report. */
  public static final int LENGTH = 0x4a0;

  /** Bytes of a report that its signature covers: the first ones. */
  public static final int SIGNED_LENGTH = 0x2a0;

  /** Bytes of a chip identifier. */
  public static final int CHIP_ID_LENGTH = 64;

  /** Bytes of a TCB version. */
  public static final int TCB_LENGTH = 8;

  private static final int SIGNATURE_ALGORITHM_ECDSA_P384_SHA384 = 1;
  private static final int COORDINATE_LENGTH = 48;
  private static final int COORDINATE_SLOT = 72;

  /**
   * What a guest's owner allowed the host to do, fixed at launch and measured by the firmware.
   *
   * @param bits the 64 bits of the report's POLICY
   */
  public record GuestPolicy(long bits) {
    /** Lowest minor version of the firmware's ABI. */
    public int abiMinor() {
      return (int) (bits & 0xff);
    }

    /** Lowest major version of the firmware's ABI. */
    public int abiMajor() {
      return (int) ((bits >>> 8) & 0xff);
    }

    /** Whether two guests' threads may share a core. */
    public boolean smtAllowed() {
      return bit(16);
    }

    /** Whether the bit that must be one is one. */
    boolean mandatoryBit() {
      return bit(17);
    }

    /** Whether a migration agent may hold the guest's keys. */
    public boolean migrationAgentAllowed() {
      return bit(18);
    }

    /** Whether the host may read and write the guest's memory: no protection at all. */
    public boolean debugAllowed() {
      return bit(19);
    }

    public boolean singleSocketRequired() {
      return bit(20);
    }

    public boolean cxlAllowed() {
      return bit(21);
    }

    /** Whether memory must be encrypted by AES-256-XTS. */
    public boolean aes256XtsRequired() {
      return bit(22);
    }

    /** Whether power readings, a side channel, must be off. */
    public boolean raplMustBeOff() {
      return bit(23);
    }

    /** Whether the host must not see the guest's ciphertext. */
    public boolean ciphertextHidingRequired() {
      return bit(24);
    }

    private boolean bit(int number) {
      return (bits >>> number & 1) != 0;
    }
  }

  /**
   * How the platform was set up when it signed the report.
   *
   * @param bits the 64 bits of the report's PLATFORM_INFO
   */
  public record PlatformInfo(long bits) {
    /** Whether cores run two threads. */
    public boolean smtEnabled() {
      return bit(0);
    }

    /** Whether all memory is encrypted, the host's too. */
    public boolean tsmeEnabled() {
      return bit(1);
    }

    /** Whether memory has error correction. */
    public boolean eccEnabled() {
      return bit(2);
    }

    /** Whether power readings are off. */
    public boolean raplDisabled() {
      return bit(3);
    }

    /** Whether the host cannot see guests' ciphertext. */
    public boolean ciphertextHidingEnabled() {
      return bit(4);
    }

    /** Whether memory was checked for aliases since the reset (CVE-2024-21944, BadRAM). */
    public boolean aliasCheckComplete() {
      return bit(5);
    }

    private boolean bit(int number) {
      return (bits >>> number & 1) != 0;
    }
  }

  /**
   * A processor, as CPUID leaf 1 names it.
   *
   * @param family combined with the extended family
   * @param model combined with the extended model
   */
  public record Processor(int family, int model, int stepping) {}

  /** A version of the SNP firmware. */
  public record FirmwareVersion(int major, int minor, int build) {
    @Override
    public String toString() {
      return major + "." + minor + "." + build;
    }
  }

  /**
   * Reads a report. Checks its form, not who signed it.
   *
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} unless there are exactly 1,184
   *     bytes of a known version, with the known signature algorithm and zeros where the layout
   *     reserves bytes
   */
  public static SevSnpReport parse(Bytes bytes) {
    if (bytes.length() != LENGTH) {
      throw malformed("an SNP report has " + LENGTH + " bytes, not " + bytes.length());
    }
    Fields fields = new Fields(bytes);
    int version = fields.int32(0x00);
    if (version != 2 && version != 3 && version != 5) {
      throw malformed(
          "SNP reports of version " + Integer.toUnsignedString(version) + " are unknown");
    }
    if (fields.int32(0x34) != SIGNATURE_ALGORITHM_ECDSA_P384_SHA384) {
      throw malformed(
          "the report's signature algorithm "
              + Integer.toUnsignedString(fields.int32(0x34))
              + " is unknown");
    }
    if (fields.int32(0x48) >>> 5 != 0) {
      throw malformed("reserved bits of the report's signer information are not zero");
    }
    fields.requireZero(0x4c, 0x50);
    fields.requireZero(version >= 3 ? 0x18b : 0x188, 0x1a0);
    fields.requireZero(0x1eb, 0x1ec);
    fields.requireZero(0x1ef, 0x1f0);
    fields.requireZero(version >= 5 ? 0x208 : 0x1f8, SIGNED_LENGTH);
    fields.requireZero(SIGNED_LENGTH + 2 * COORDINATE_SLOT, LENGTH);
    GuestPolicy policy = new GuestPolicy(fields.int64(0x08));
    if (!policy.mandatoryBit()) {
      throw malformed("bit 17 of the guest's policy is not one");
    }
    return new SevSnpReport(
        version,
        Integer.toUnsignedLong(fields.int32(0x04)),
        policy,
        fields.bytes(0x10, 16),
        fields.bytes(0x20, 16),
        Integer.toUnsignedLong(fields.int32(0x30)),
        fields.bytes(0x38, TCB_LENGTH),
        new PlatformInfo(fields.int64(0x40)),
        fields.int32(0x48),
        fields.bytes(0x50, 64),
        fields.bytes(0x90, 48),
        fields.bytes(0xc0, 32),
        fields.bytes(0xe0, 48),
        fields.bytes(0x110, 48),
        fields.bytes(0x140, 32),
        fields.bytes(0x160, 32),
        fields.bytes(0x180, TCB_LENGTH),
        version >= 3
            ? Optional.of(
                new Processor(fields.uint8(0x188), fields.uint8(0x189), fields.uint8(0x18a)))
            : Optional.empty(),
        fields.bytes(0x1a0, CHIP_ID_LENGTH),
        fields.bytes(0x1e0, TCB_LENGTH),
        fields.firmware(0x1e8),
        fields.firmware(0x1ec),
        fields.bytes(0x1f0, TCB_LENGTH),
        version >= 5 ? Optional.of(fields.int64(0x1f8)) : Optional.empty(),
        version >= 5 ? Optional.of(fields.int64(0x200)) : Optional.empty(),
        fields.coordinate(SIGNED_LENGTH),
        fields.coordinate(SIGNED_LENGTH + COORDINATE_SLOT),
        bytes);
  }

  @Override
  public TeeKind kind() {
    return TeeKind.SEV_SNP;
  }

  /** A hash of the measurement at launch and the data that the host gave with it. */
  @Override
  public Bytes32 measurement() {
    return Preimage.hash("SNP_MEASUREMENT", "bytes,bytes", launchMeasurement, hostData);
  }

  @Override
  public SortedMap<String, Bytes> registers() {
    return Collections.unmodifiableSortedMap(
        new TreeMap<>(
            Map.of(
                "measurement", launchMeasurement,
                "host_data", hostData,
                "family_id", familyId,
                "image_id", imageId,
                "id_key_digest", idKeyDigest,
                "author_key_digest", authorKeyDigest)));
  }

  /** The bytes that the signature covers. */
  public Bytes signedBytes() {
    return core.slice(0, SIGNED_LENGTH);
  }

  /** Whether AUTHOR_KEY_DIGEST holds a digest. */
  public boolean hasAuthorKey() {
    return (signerBits & 1) != 0;
  }

  /** Whether the platform hides its key and so signs nothing. */
  public boolean chipKeyMasked() {
    return (signerBits & 2) != 0;
  }

  /** Number of the key that signed: 0 the chip's own, 1 one lent to a provider, 7 none. */
  public int signingKey() {
    return signerBits >>> 2 & 7;
  }

  /** Whether the chip's identifier is hidden. */
  public boolean chipIdMasked() {
    for (int i = 0; i < chipId.length(); i++) {
      if (chipId.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static EnigmaException malformed(String message) {
    return new EnigmaException(ErrorCode.MALFORMED_MESSAGE, message);
  }

  /** Fields at their offsets. */
  private record Fields(Bytes all, ByteBuffer buffer) {
    Fields(Bytes all) {
      this(all, all.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
    }

    int uint8(int offset) {
      return Byte.toUnsignedInt(buffer.get(offset));
    }

    int int32(int offset) {
      return buffer.getInt(offset);
    }

    long int64(int offset) {
      return buffer.getLong(offset);
    }

    Bytes bytes(int offset, int length) {
      return all.slice(offset, offset + length);
    }

    FirmwareVersion firmware(int offset) {
      return new FirmwareVersion(uint8(offset + 2), uint8(offset + 1), uint8(offset));
    }

    /** A number of the signature: 48 bytes little-endian in a slot of 72, the rest zero. */
    Bytes coordinate(int offset) {
      requireZero(offset + COORDINATE_LENGTH, offset + COORDINATE_SLOT);
      byte[] reversed = new byte[COORDINATE_LENGTH];
      for (int i = 0; i < COORDINATE_LENGTH; i++) {
        reversed[i] = all.get(offset + COORDINATE_LENGTH - 1 - i);
      }
      return Bytes.of(reversed);
    }

    void requireZero(int from, int to) {
      for (int i = from; i < to; i++) {
        if (buffer.get(i) != 0) {
          throw malformed("reserved byte " + i + " of the report is not zero");
        }
      }
    }
  }
}

package network.enigma.platform.hardware;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.TeeKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.crypto.SecretBytes;

/**
 * SGX quotes and sealing keys under Gramine (its documentation, "Attestation and Secret
 * Provisioning"): 64 bytes written to {@code user_report_data}, then {@code quote} read to its end.
 * The two files are one state of the process, so one thread at a time.
 */
final class GramineQuoter implements Quoter {
  /** Where Gramine shows the files. */
  static final Path DIRECTORY = Path.of("dev/attestation");

  private static final int LONGEST_QUOTE = 64 << 10;
  private static final int REPORT_DATA_IN_QUOTE = 48 + 320;
  private static final int SEALING_KEY_LENGTH = 16;
  private static final String DCAP = "dcap";

  private final DeviceFiles files;
  private final Path directory;
  private final ReentrantLock lock = new ReentrantLock();

  private GramineQuoter(DeviceFiles files, Path directory) {
    this.files = files;
    this.directory = directory;
  }

  /**
   * The quoter, if this process runs under Gramine with DCAP attestation. Gramine without SGX has
   * no such files, or says {@code none}.
   *
   * @param root of the file system
   */
  static Optional<GramineQuoter> find(DeviceFiles files, Path root) {
    Path directory = root.resolve(DIRECTORY);
    Path type = directory.resolve("attestation_type");
    try {
      if (files.exists(type)
          && new String(files.read(type, 64).toByteArray(), StandardCharsets.US_ASCII)
              .strip()
              .equals(DCAP)) {
        return Optional.of(new GramineQuoter(files, directory));
      }
    } catch (IOException e) {
      throw unavailable("attestation_type", e);
    }
    return Optional.empty();
  }

  @Override
  public TeeKind kind() {
    return TeeKind.SGX;
  }

  @Override
  public EvidenceBundle quote(Bytes reportData) {
    requireLength(reportData);
    Path input = directory.resolve("user_report_data");
    lock.lock();
    try {
      files.write(input, reportData);
      if (!files.read(input, REPORT_DATA_LENGTH).equals(reportData)) {
        throw new EnigmaException(
            ErrorCode.EVIDENCE_UNAVAILABLE, "Gramine did not keep the report data");
      }
      Bytes quote = files.read(directory.resolve("quote"), LONGEST_QUOTE);
      if (quote.length() < REPORT_DATA_IN_QUOTE + REPORT_DATA_LENGTH
          || !quote
              .slice(REPORT_DATA_IN_QUOTE, REPORT_DATA_IN_QUOTE + REPORT_DATA_LENGTH)
              .equals(reportData)) {
        throw new EnigmaException(
            ErrorCode.EVIDENCE_UNAVAILABLE, "Gramine's quote is not about the report data");
      }
      return new EvidenceBundle(quote, new Collateral.None());
    } catch (IOException e) {
      throw unavailable("quote", e);
    } finally {
      lock.unlock();
    }
  }

  /** The key that only the same program gets on the same machine, 16 bytes. */
  SecretBytes sealingKey() {
    try {
      Bytes key = files.read(directory.resolve("keys/_sgx_mrenclave"), SEALING_KEY_LENGTH);
      if (key.length() != SEALING_KEY_LENGTH) {
        throw new EnigmaException(
            ErrorCode.EVIDENCE_UNAVAILABLE, "Gramine's sealing key does not have 16 bytes");
      }
      return SecretBytes.of(key.toByteArray());
    } catch (IOException e) {
      throw unavailable("keys/_sgx_mrenclave", e);
    }
  }

  static void requireLength(Bytes reportData) {
    if (reportData.length() != REPORT_DATA_LENGTH) {
      throw new IllegalArgumentException("report data has 64 bytes, not " + reportData.length());
    }
  }

  private static EnigmaException unavailable(String file, IOException e) {
    return new EnigmaException(
        ErrorCode.EVIDENCE_UNAVAILABLE,
        "Gramine's file " + file + " cannot be used: " + e.getMessage(),
        e);
  }
}

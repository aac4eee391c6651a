package network.enigma.platform.hardware;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.TeeKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * TDX quotes and SEV-SNP reports through Linux's configfs-tsm (kernel 6.7 and newer, {@code
 * Documentation/ABI/testing/configfs-tsm-report}): an own directory for each request, 64 bytes in
 * one write, the answer read to its end, and a generation that shows whether anybody else wrote.
 */
final class TsmQuoter implements Quoter {
  /** Where the kernel shows the directory. */
  static final Path DIRECTORY = Path.of("sys/kernel/config/tsm/report");

  /** Tries before giving up when others write into the directory of a request. */
  static final int ATTEMPTS = 3;

  private static final int LONGEST_ANSWER = 64 << 10;
  private static final int TDX_HEADER = 48;
  private static final int TDX_TEE_TYPE = 0x81;

  private final DeviceFiles files;
  private final Path directory;
  private final TeeKind kind;

  private TsmQuoter(DeviceFiles files, Path directory, TeeKind kind) {
    this.files = files;
    this.directory = directory;
    this.kind = kind;
  }

  /**
   * The quoter, if this machine is a confidential VM whose kernel has configfs-tsm.
   *
   * @param root of the file system
   * @throws EnigmaException {@link ErrorCode#EVIDENCE_UNAVAILABLE} if it is one and cannot be used
   */
  static Optional<TsmQuoter> find(DeviceFiles files, Path root) {
    Path directory = root.resolve(DIRECTORY);
    if (!files.exists(directory)) {
      return Optional.empty();
    }
    Path request = request(directory);
    try {
      files.createDirectory(request);
      try {
        String provider = text(files, request.resolve("provider"));
        return switch (provider) {
          case "tdx_guest" -> Optional.of(new TsmQuoter(files, directory, TeeKind.TDX));
          case "sev_guest" -> Optional.of(new TsmQuoter(files, directory, TeeKind.SEV_SNP));
          default ->
              throw new EnigmaException(
                  ErrorCode.EVIDENCE_UNAVAILABLE,
                  "the kernel's provider of evidence is unknown: " + provider);
        };
      } finally {
        files.removeDirectory(request);
      }
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  @Override
  public TeeKind kind() {
    return kind;
  }

  @Override
  public EvidenceBundle quote(Bytes reportData) {
    GramineQuoter.requireLength(reportData);
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        Optional<EvidenceBundle> answer = ask(reportData);
        if (answer.isPresent()) {
          return answer.get();
        }
      }
    } catch (IOException e) {
      throw unavailable(e);
    }
    throw new EnigmaException(
        ErrorCode.EVIDENCE_UNAVAILABLE,
        "others write into this program's requests to the kernel; evidence is not to be had");
  }

  /** One request; empty if somebody else wrote into it meanwhile. */
  private Optional<EvidenceBundle> ask(Bytes reportData) throws IOException {
    Path request = request(directory);
    files.createDirectory(request);
    try {
      long before = generation(request);
      int writes = 1;
      files.write(request.resolve("inblob"), reportData);
      Bytes evidence = files.read(request.resolve("outblob"), LONGEST_ANSWER);
      Bytes certificates =
          kind == TeeKind.SEV_SNP && files.exists(request.resolve("auxblob"))
              ? files.read(request.resolve("auxblob"), LONGEST_ANSWER)
              : Bytes.empty();
      if (generation(request) != before + writes) {
        return Optional.empty();
      }
      return Optional.of(
          switch (kind) {
            case TDX -> new EvidenceBundle(unpadded(evidence), new Collateral.None());
            case SEV_SNP ->
                new EvidenceBundle(evidence, AmdCertificateTable.read(certificates).collateral());
            case SGX -> throw new IllegalStateException("SGX quotes do not come from here");
          });
    } finally {
      files.removeDirectory(request);
    }
  }

  /**
   * The quote without the zeros that the kernel may put behind it. Without a quoting service the
   * kernel hands out a TDREPORT, which nobody elsewhere can check.
   */
  private static Bytes unpadded(Bytes answer) {
    if (answer.length() < TDX_HEADER
        || (answer.get(0) != 4 && answer.get(0) != 5)
        || answer.get(1) != 0
        || (answer.get(4) & 0xff) != TDX_TEE_TYPE) {
      throw new EnigmaException(
          ErrorCode.EVIDENCE_UNAVAILABLE,
          "the kernel's answer is no TDX quote: is the host's quote generation service running?");
    }
    int body =
        answer.get(0) == 4
            ? 584
            : answer.length() < TDX_HEADER + 6 ? answer.length() : 6 + (int) uint32(answer, 50);
    long length =
        body < 0 || body > answer.length() - TDX_HEADER - 4
            ? Long.MAX_VALUE
            : TDX_HEADER + body + 4 + uint32(answer, TDX_HEADER + body);
    if (length > answer.length()) {
      throw new EnigmaException(
          ErrorCode.EVIDENCE_UNAVAILABLE, "the kernel's TDX quote is cut off");
    }
    Bytes rest = answer.slice((int) length, answer.length());
    if (!rest.equals(Bytes.of(new byte[rest.length()]))) {
      throw new EnigmaException(
          ErrorCode.EVIDENCE_UNAVAILABLE, "the kernel's TDX quote has something behind it");
    }
    return answer.slice(0, (int) length);
  }

  private static long uint32(Bytes bytes, int offset) {
    return (bytes.get(offset) & 0xffL)
        | (bytes.get(offset + 1) & 0xffL) << 8
        | (bytes.get(offset + 2) & 0xffL) << 16
        | (bytes.get(offset + 3) & 0xffL) << 24;
  }

  private long generation(Path request) throws IOException {
    String text = text(files, request.resolve("generation"));
    if (!text.matches("[0-9]{1,18}")) {
      throw new IOException("the generation is no number");
    }
    return Long.parseLong(text);
  }

  private static String text(DeviceFiles files, Path file) throws IOException {
    return new String(files.read(file, 256).toByteArray(), StandardCharsets.US_ASCII).strip();
  }

  private static Path request(Path directory) {
    return directory.resolve("enigma-" + UUID.randomUUID());
  }

  private static EnigmaException unavailable(IOException e) {
    return new EnigmaException(
        ErrorCode.EVIDENCE_UNAVAILABLE, "the kernel gives no evidence: " + e.getMessage(), e);
  }
}

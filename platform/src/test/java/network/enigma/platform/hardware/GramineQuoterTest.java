package network.enigma.platform.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.TeeKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.crypto.SecretAccess;
import org.junit.jupiter.api.Test;

/** SGX quotes under Gramine, against files that behave as its own. */
class GramineQuoterTest {
  private static final Path ROOT = Path.of("/");
  private static final Path ATTESTATION = ROOT.resolve("dev/attestation");

  /** Gramine's files: the quote is about the report data written last. */
  private static final class Gramine implements DeviceFiles {
    private final Map<String, Bytes> files = new HashMap<>();
    private Bytes reportData = Bytes.of(new byte[64]);
    boolean forgets;
    boolean quotesOther;

    Gramine(String type) {
      files.put("attestation_type", Bytes.ofText(type));
    }

    @Override
    public boolean exists(Path file) {
      return file.startsWith(ATTESTATION)
          && files.containsKey(ATTESTATION.relativize(file).toString());
    }

    @Override
    public synchronized Bytes read(Path file, int limit) throws IOException {
      String name = ATTESTATION.relativize(file).toString();
      Bytes bytes =
          switch (name) {
            case "user_report_data" -> reportData;
            case "quote" ->
                Bytes.concat(
                    Bytes.of(new byte[48 + 320]),
                    quotesOther ? Bytes.of(new byte[64]) : reportData,
                    Bytes.of(new byte[4_000]));
            default -> {
              Bytes known = files.get(name);
              if (known == null) {
                throw new NoSuchFileException(name);
              }
              yield known;
            }
          };
      if (bytes.length() > limit) {
        throw new IOException("more than " + limit + " bytes");
      }
      return bytes;
    }

    @Override
    public synchronized void write(Path file, Bytes bytes) throws IOException {
      if (!file.endsWith("user_report_data") || bytes.length() != 64) {
        throw new IOException("Invalid argument");
      }
      reportData = forgets ? Bytes.of(new byte[64]) : bytes;
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
      throw new IOException("Operation not permitted");
    }

    @Override
    public void removeDirectory(Path directory) throws IOException {
      throw new IOException("Operation not permitted");
    }
  }

  private static Bytes data(int value) {
    byte[] bytes = new byte[64];
    bytes[0] = (byte) value;
    bytes[63] = (byte) ~value;
    return Bytes.of(bytes);
  }

  private static Bytes inQuote(EvidenceBundle bundle) {
    return bundle.evidence().slice(368, 432);
  }

  private static void assertUnavailable(Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.EVIDENCE_UNAVAILABLE));
  }

  @Test
  void onlyDcapCounts() {
    assertThat(GramineQuoter.find(new Gramine("dcap\n"), ROOT)).isPresent();
    assertThat(GramineQuoter.find(new Gramine("none"), ROOT)).isEmpty();
    assertThat(GramineQuoter.find(DeviceFiles.system(), Path.of("/nowhere"))).isEmpty();
    assertUnavailable(() -> GramineQuoter.find(new Gramine("d".repeat(100)), ROOT));
  }

  @Test
  void aQuoteIsAboutTheReportData() {
    GramineQuoter quoter = GramineQuoter.find(new Gramine("dcap"), ROOT).orElseThrow();

    EvidenceBundle bundle = quoter.quote(data(3));

    assertThat(quoter.kind()).isEqualTo(TeeKind.SGX);
    assertThat(inQuote(bundle)).isEqualTo(data(3));
    assertThat(bundle.collateral()).isEqualTo(new Collateral.None());
    assertThatThrownBy(() -> quoter.quote(Bytes.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void threadsDoNotGetEachOthersQuotes() throws Exception {
    GramineQuoter quoter = GramineQuoter.find(new Gramine("dcap"), ROOT).orElseThrow();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<EvidenceBundle>> quotes =
          IntStream.range(0, 100)
              .mapToObj(i -> threads.submit(() -> quoter.quote(data(i))))
              .toList();
      for (int i = 0; i < quotes.size(); i++) {
        assertThat(inQuote(quotes.get(i).get())).isEqualTo(data(i));
      }
    }
  }

  @Test
  void filesThatDoNotDoTheirPartAreAnError() {
    Gramine forgetful = new Gramine("dcap");
    forgetful.forgets = true;
    Gramine wrong = new Gramine("dcap");
    wrong.quotesOther = true;

    assertUnavailable(() -> GramineQuoter.find(forgetful, ROOT).orElseThrow().quote(data(1)));
    assertUnavailable(() -> GramineQuoter.find(wrong, ROOT).orElseThrow().quote(data(1)));
  }

  @Test
  void theSealingKeyHas16Bytes() {
    Gramine files = new Gramine("dcap");
    GramineQuoter quoter = GramineQuoter.find(files, ROOT).orElseThrow();
    assertUnavailable(quoter::sealingKey);
    files.files.put("keys/_sgx_mrenclave", Bytes.of(new byte[15]));
    assertUnavailable(quoter::sealingKey);
    files.files.put("keys/_sgx_mrenclave", data(7).slice(0, 16));
    assertThat(quoter.sealingKey().toByteArray(SecretAccess.granted()))
        .isEqualTo(data(7).slice(0, 16).toByteArray());
  }
}

package network.enigma.platform.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.TeeKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.Test;

/** Evidence through configfs-tsm, against files that behave as the kernel's. */
class TsmQuoterTest {
  private static final Bytes DATA = filled(64, 5);

  private static Bytes filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return Bytes.of(bytes);
  }

  /** A TDX quote of 1,104 bytes around the report data, then padding. */
  private static Bytes tdx(Bytes data, int version, int padding) {
    int body = version == 4 ? 584 : 6 + 648;
    byte[] quote = new byte[48 + body + 4 + 100 + padding];
    quote[0] = (byte) version;
    quote[4] = (byte) 0x81;
    if (version == 5) {
      quote[48] = 3;
      quote[50] = (byte) (648 & 0xff);
      quote[51] = (byte) (648 >> 8);
    }
    data.copyTo(quote, 48 + (version == 5 ? 6 : 0) + 520);
    quote[48 + body] = 100;
    Arrays.fill(quote, 48 + body + 4, 48 + body + 104, (byte) 1);
    return Bytes.of(quote);
  }

  private static TsmQuoter quoter(KernelFiles kernel) {
    return TsmQuoter.find(kernel, KernelFiles.ROOT).orElseThrow();
  }

  private static KernelFiles tdx(UnaryOperator<Bytes> hardware) {
    return new KernelFiles("tdx_guest", hardware, Bytes.empty());
  }

  private static KernelFiles snp(Bytes certificates) {
    return new KernelFiles("sev_guest", data -> Bytes.concat(filled(0x50, 2), data), certificates);
  }

  private static void assertUnavailable(Runnable action, String detail) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.EVIDENCE_UNAVAILABLE))
        .hasMessageContaining(detail);
  }

  @Test
  void aMachineWithoutTheDirectoryHasNoQuoter() {
    assertThat(TsmQuoter.find(DeviceFiles.system(), Path.of("/nowhere"))).isEmpty();
  }

  @Test
  void tdxQuotesComeWithoutTheirPadding() {
    for (int version : new int[] {4, 5}) {
      KernelFiles kernel = tdx(data -> tdx(data, version, 300));
      TsmQuoter quoter = quoter(kernel);

      EvidenceBundle bundle = quoter.quote(DATA);

      assertThat(quoter.kind()).isEqualTo(TeeKind.TDX);
      assertThat(bundle.evidence()).isEqualTo(tdx(DATA, version, 0));
      assertThat(bundle.collateral()).isEqualTo(new Collateral.None());
      assertThat(kernel.open()).isEmpty();
    }
  }

  @Test
  void eachRequestHasADirectoryOfItsOwn() {
    KernelFiles kernel = tdx(data -> tdx(data, 4, 0));
    TsmQuoter quoter = quoter(kernel);
    quoter.quote(DATA);
    quoter.quote(filled(64, 6));

    assertThat(kernel.made()).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void aTrustDomainsReportIsNoQuote() {
    for (Bytes answer :
        new Bytes[] {
          filled(1_024, 0x81),
          filled(10, 4),
          tdx(DATA, 4, 0).slice(0, 700),
          tdx(DATA, 4, 0).slice(0, 400),
          tdx(DATA, 5, 0).slice(0, 50),
          Bytes.concat(tdx(DATA, 4, 0), filled(1, 1))
        }) {
      KernelFiles kernel = tdx(data -> answer);
      assertUnavailable(() -> quoter(kernel).quote(DATA), "TDX quote");
      assertThat(kernel.open()).isEmpty();
    }
  }

  @Test
  void snpReportsComeWithTheHostsCertificates() {
    Bytes table =
        CertificateTables.of(
            AmdCertificateTable.VCEK, filled(5, 1), AmdCertificateTable.ASK, filled(6, 2));
    KernelFiles kernel = snp(table);

    EvidenceBundle bundle = quoter(kernel).quote(DATA);

    assertThat(bundle.evidence()).isEqualTo(Bytes.concat(filled(0x50, 2), DATA));
    assertThat(bundle.collateral())
        .isEqualTo(new Collateral.Amd(filled(5, 1), filled(6, 2), Bytes.empty(), Bytes.empty()));
  }

  @Test
  void snpReportsComeWithoutCertificatesWhereTheHostGivesNone() {
    assertThat(quoter(snp(Bytes.empty())).quote(DATA).collateral())
        .isEqualTo(new Collateral.None());
  }

  @Test
  void whatAnotherProgramWroteMeanwhileIsThrownAway() {
    KernelFiles kernel = tdx(data -> tdx(data, 4, 0));
    TsmQuoter quoter = quoter(kernel);
    AtomicInteger times = new AtomicInteger();
    kernel.meanwhile =
        () -> {
          if (times.getAndIncrement() == 0) {
            kernel.interfere(filled(64, 9));
          }
        };

    assertThat(quoter.quote(DATA).evidence()).isEqualTo(tdx(DATA, 4, 0));
    assertThat(times).hasValue(2);
  }

  @Test
  void anotherProgramThatNeverStopsIsAnError() {
    KernelFiles kernel = tdx(data -> tdx(data, 4, 0));
    TsmQuoter quoter = quoter(kernel);
    kernel.meanwhile = () -> kernel.interfere(filled(64, 9));

    assertUnavailable(() -> quoter.quote(DATA), "others write");
    assertThat(kernel.made()).hasSize(1 + TsmQuoter.ATTEMPTS);
    assertThat(kernel.open()).isEmpty();
  }

  @Test
  void theKernelsErrorIsToldAndTheRequestRemoved() {
    KernelFiles kernel =
        tdx(data -> {
          throw new UncheckedIOException(new IOException("Device or resource busy"));
        });
    TsmQuoter quoter = quoter(kernel);

    assertThatThrownBy(() -> quoter.quote(DATA)).hasMessageContaining("resource busy");
    assertThat(kernel.open()).isEmpty();
  }

  @Test
  void answersThatAreTooLongAreRefused() {
    assertUnavailable(
        () -> quoter(tdx(data -> filled(70_000, 4))).quote(DATA), "more than 65536 bytes");
  }

  @Test
  void anUnknownProviderIsAnErrorAndNotAbsence() {
    assertUnavailable(
        () -> quoter(new KernelFiles("arm_cca_guest", data -> data, Bytes.empty())),
        "arm_cca_guest");
  }

  @Test
  void reportDataHas64Bytes() {
    TsmQuoter quoter = quoter(tdx(data -> tdx(data, 4, 0)));

    assertThatThrownBy(() -> quoter.quote(filled(32, 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

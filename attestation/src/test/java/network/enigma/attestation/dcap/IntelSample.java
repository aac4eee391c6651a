package network.enigma.attestation.dcap;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.Evidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.Samples;
import network.enigma.attestation.Verdict;
import network.enigma.protocol.Bytes;

/** A genuine quote, its collateral, and what is known about it. */
record IntelSample(String name, EvidenceBundle bundle, Json.Members meta) {
  static List<IntelSample> all() {
    return Samples.each("intel").stream().map(IntelSample::read).toList();
  }

  private static IntelSample read(Path folder) {
    try {
      return new IntelSample(
          folder.getFileName().toString(),
          new EvidenceBundle(
              Samples.read(folder.resolve("quote.bin")),
              new Collateral.Intel(
                  Samples.read(folder.resolve("tcb_info.json")),
                  hex(folder.resolve("tcb_info.sig.hex")),
                  Samples.read(folder.resolve("tcb_signing_chain.pem")),
                  Samples.read(folder.resolve("qe_identity.json")),
                  hex(folder.resolve("qe_identity.sig.hex")),
                  Samples.read(folder.resolve("qe_identity_chain.pem")),
                  Samples.read(folder.resolve("root_ca_crl.der")),
                  Samples.read(folder.resolve("pck_crl.der")),
                  Samples.readIfThere(folder.resolve("pck_chain.pem")))),
          Json.parse(Samples.read(folder.resolve("meta.json"))));
    } catch (Refusal e) {
      throw new AssertionError(folder + ": " + e.getMessage(), e);
    }
  }

  private static Bytes hex(Path file) {
    return Bytes.fromHex(
        new String(Samples.read(file).toByteArray(), StandardCharsets.US_ASCII).trim());
  }

  Collateral.Intel collateral() {
    return (Collateral.Intel) bundle.collateral();
  }

  Evidence evidence() throws Refusal {
    return QuoteParser.parse(bundle.evidence());
  }

  /** The dated verdicts. */
  List<Json.Members> expected() throws Refusal {
    return meta.list("expected");
  }

  /** The times at which the collateral is valid, without those at which it is not. */
  List<Instant> accepted() throws Refusal {
    List<Instant> times = new ArrayList<>();
    for (Json.Members each : expected()) {
      if (!each.text("verdict").equals("REJECT")) {
        times.add(each.instant("at"));
      }
    }
    return times;
  }

  /** First and last moment of validity. */
  Instant window(int end) throws Refusal {
    Json bound = meta.items("window").get(end);
    return OffsetDateTime.parse(((Json.Text) bound).value()).toInstant();
  }

  /** The verdict of hardware on this bundle, with the binding the quote itself has. */
  static Verdict verify(EvidenceBundle bundle, Instant time) {
    Bytes reportData;
    try {
      reportData = QuoteParser.parse(bundle.evidence()).reportData();
    } catch (Refusal e) {
      reportData = Bytes.empty();
    }
    return new DcapVerifier(TrustAnchors.intel()).verify(bundle, reportData, time);
  }

  @Override
  public String toString() {
    return name;
  }
}

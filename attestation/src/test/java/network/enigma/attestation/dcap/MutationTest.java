package network.enigma.attestation.dcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.SgxQuote;
import network.enigma.attestation.TrustDomainReport;
import network.enigma.attestation.Verdict;
import network.enigma.attestation.Verifier;
import network.enigma.attestation.simulation.SimulatedMachine;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * One bit flipped in any region of quote or collateral makes a refusal with a reason; where it does
 * not, what the evidence says is the same.
 */
class MutationTest {
  private static final long SEED = 1;
  private static final int FLIPS = 6;

  private interface Judge {
    Verdict judge(EvidenceBundle bundle);
  }

  private record Region(int from, int to) {}

  @TestFactory
  Stream<DynamicTest> genuineQuotes() {
    return IntelSample.all().stream()
        .flatMap(sample ->
            times(sample)
                .limit(1)
                .flatMap(time ->
                    tests(
                        sample.name(),
                        sample.bundle(),
                        bundle -> IntelSample.verify(bundle, time))));
  }

  private static Stream<Instant> times(IntelSample sample) {
    try {
      return sample.accepted().stream();
    } catch (Refusal e) {
      throw new AssertionError(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> simulatedQuotes() {
    Instant time = Instant.parse("2026-06-01T12:00:00Z");
    Bytes bound = Verifier.reportData(Keccak.hashText("a binding"));
    return Stream.of(SimulatedMachine.Kind.values())
        .flatMap(kind ->
            tests(
                kind.name(),
                SimulatedMachine.builder(SimulatedMachine.around(time))
                    .kind(kind)
                    .build()
                    .bundle(Keccak.hashText("a program"), bound),
                bundle -> Verifier.of(Mode.SIMULATION).verify(bundle, bound, time)));
  }

  private static Stream<DynamicTest> tests(String name, EvidenceBundle bundle, Judge judge) {
    Verdict original = judge.judge(bundle);
    assertThat(original).isInstanceOf(Verdict.Proven.class);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    Stream<DynamicTest> quote =
        regions((Verdict.Proven) original, bundle.evidence().length()).entrySet().stream()
            .map(entry ->
                DynamicTest.dynamicTest(
                    name + ", quote: " + entry.getKey(),
                    () -> {
                      for (int i = 0; i < FLIPS; i++) {
                        Region region = entry.getValue();
                        int position = random.nextInt(region.from(), region.to());
                        Bytes flipped = flipped(bundle.evidence(), position, random.nextInt(8));
                        requireRefused(
                            judge.judge(new EvidenceBundle(flipped, bundle.collateral())),
                            position);
                      }
                    }));
    Stream<DynamicTest> collateral =
        parts((Collateral.Intel) bundle.collateral()).entrySet().stream()
            .map(entry ->
                DynamicTest.dynamicTest(
                    name + ", collateral: " + entry.getKey(),
                    () -> {
                      for (int i = 0; i < FLIPS; i++) {
                        int bit = random.nextInt(1 << 20);
                        requireRefused(
                            judge.judge(
                                new EvidenceBundle(bundle.evidence(), entry.getValue().apply(bit))),
                            bit);
                      }
                    }));
    return Stream.concat(quote, collateral);
  }

  private static void requireRefused(Verdict verdict, int where) {
    assertThat(verdict).as("a bit flipped at %s", where).isInstanceOf(Verdict.Refused.class);
    assertThat(((Verdict.Refused) verdict).reasons()).isNotEmpty();
  }

  /** The regions of a quote by name. */
  private static Map<String, Region> regions(Verdict.Proven verdict, int length) {
    boolean sgx = verdict.facts().evidence() instanceof SgxQuote;
    int core = verdict.facts().evidence().core().length() - 64;
    Map<String, Region> regions = new LinkedHashMap<>();
    regions.put("version", new Region(0, 2));
    regions.put("key type", new Region(2, 4));
    regions.put("rest of the header", new Region(4, 48));
    regions.put("body", new Region(48, 48 + (sgx ? 384 : TrustDomainReport.LENGTH_1_0)));
    regions.put("last bytes of the body", new Region(core - 64, core));
    regions.put("length of the signature", new Region(core, core + 4));
    int at = core + 4;
    regions.put("signature", new Region(at, at + 64));
    regions.put("attestation key", new Region(at + 64, at + 128));
    at += 128;
    if (!sgx) {
      regions.put("outer certification", new Region(at, at + 6));
      at += 6;
    }
    regions.put("report of the quoting enclave", new Region(at, at + 384));
    regions.put("its signature", new Region(at + 384, at + 448));
    regions.put("authentication data", new Region(at + 448, at + 482));
    regions.put("inner certification", new Region(at + 482, at + 488));
    // The end is a line feed or a zero, of which some values mean the same.
    regions.put("certificates", new Region(at + 488, length - 2));
    return regions;
  }

  private static Map<String, Function<Integer, Collateral>> parts(Collateral.Intel all) {
    Map<String, Function<Integer, Collateral>> parts = new LinkedHashMap<>();
    parts.put("TCB info", bit -> with(all, 0, bit));
    parts.put("signature of the TCB info", bit -> with(all, 1, bit));
    parts.put("chain of the TCB info", bit -> with(all, 2, bit));
    parts.put("identity", bit -> with(all, 3, bit));
    parts.put("signature of the identity", bit -> with(all, 4, bit));
    parts.put("chain of the identity", bit -> with(all, 5, bit));
    parts.put("root's list", bit -> with(all, 6, bit));
    parts.put("machine's list", bit -> with(all, 7, bit));
    return parts;
  }

  private static Collateral with(Collateral.Intel all, int part, int bit) {
    Bytes[] parts = {
      all.tcbInfo(),
      all.tcbInfoSignature(),
      all.tcbInfoChain(),
      all.qeIdentity(),
      all.qeIdentitySignature(),
      all.qeIdentityChain(),
      all.rootCrl(),
      all.pckCrl()
    };
    // Without the line feed at the end.
    int bits = 8 * (parts[part].length() - 1);
    parts[part] = flipped(parts[part], bit % bits / 8, bit % 8);
    return new Collateral.Intel(
        parts[0],
        parts[1],
        parts[2],
        parts[3],
        parts[4],
        parts[5],
        parts[6],
        parts[7],
        all.pckChain());
  }

  private static Bytes flipped(Bytes bytes, int position, int bit) {
    byte[] changed = bytes.toByteArray();
    changed[position] ^= (byte) (1 << bit);
    return Bytes.of(changed);
  }
}

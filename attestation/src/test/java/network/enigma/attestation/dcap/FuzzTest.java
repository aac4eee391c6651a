package network.enigma.attestation.dcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.Verdict;
import network.enigma.attestation.Verifier;
import network.enigma.attestation.simulation.SimulatedMachine;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every parser of this package under mutated input: bits flipped, bytes set, pieces cut out,
 * doubled, moved, lengths changed. Each answers with a value or a typed refusal, never with another
 * exception, and in time. The seed makes a run repeatable.
 */
class FuzzTest {
  private static final int SHORT_RUN = 20_000;
  private static final int LONG_RUN = 5_000_000;
  private static final Instant TIME = Instant.parse("2026-06-01T12:00:00Z");
  private static final Bytes BOUND = Verifier.reportData(Keccak.hashText("a binding"));

  private interface Target {
    void feed(Bytes input) throws Refusal;
  }

  private record Parser(String name, Target target, List<Bytes> corpus) {}

  private static List<Parser> parsers() {
    List<Bytes> quotes = new ArrayList<>();
    List<Bytes> json = new ArrayList<>();
    List<Bytes> pem = new ArrayList<>();
    List<Bytes> lists = new ArrayList<>();
    List<Bytes> bundles = new ArrayList<>();
    for (SimulatedMachine.Kind kind : SimulatedMachine.Kind.values()) {
      SimulatedMachine machine =
          SimulatedMachine.builder(SimulatedMachine.around(TIME)).kind(kind).build();
      EvidenceBundle bundle = machine.bundle(Keccak.hashText("a program"), BOUND);
      Collateral.Intel collateral = machine.collateral();
      quotes.add(bundle.evidence());
      bundles.add(bundle.encode());
      json.add(collateral.tcbInfo());
      json.add(collateral.qeIdentity());
      pem.add(machine.pckChain());
      lists.add(collateral.rootCrl());
    }
    Bytes extension = extension(pem.getFirst());
    return List.of(
        new Parser("quote", QuoteParser::parse, quotes),
        new Parser("bundle", EvidenceBundle::decode, bundles),
        new Parser("enclave evidence", EnclaveEvidence::decode, bundles),
        new Parser("TCB info", TcbInfo::read, json),
        new Parser("enclave identity", QeIdentity::read, json),
        new Parser("JSON", Json::parse, json),
        new Parser("PEM", input -> Pem.certificates(input, 3, Reason.Code.CHAIN_INVALID), pem),
        new Parser("SGX extension", input -> PckFacts.read(Der.single(input)), List.of(extension)),
        new Parser("chain", input -> Chain.read("a chain", input, 2), pem),
        new Parser("revocation list", input -> RevocationList.read("a list", input), lists));
  }

  private static Bytes extension(Bytes chain) {
    try {
      byte[] value = Chain.read("a chain", chain, 2).leaf().getExtensionValue(PckFacts.EXTENSION);
      return Der.single(Bytes.of(value)).expect(Der.OCTETS);
    } catch (Refusal e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyParserAnswersMutatedInputWithAValueOrARefusal() {
    run(SHORT_RUN, 1);
  }

  /** The long run: five million inputs, or as many as {@code enigma.fuzz.inputs} says. */
  @Test
  @Tag("long")
  void everyParserAnswersManyMutatedInputs() {
    run(Integer.getInteger("enigma.fuzz.inputs", LONG_RUN), Long.getLong("enigma.fuzz.seed", 2));
  }

  private static void run(int inputs, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<Parser> parsers = parsers();
    long refused = 0;
    for (int i = 0; i < inputs; i++) {
      Parser parser = parsers.get(i % parsers.size());
      Bytes input = mutated(parser.corpus(), random);
      long start = System.nanoTime();
      try {
        parser.target().feed(input);
      } catch (Refusal | EnigmaException e) {
        refused++;
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        throw new AssertionError(
            parser.name()
                + " failed with "
                + e
                + " at input "
                + i
                + " of seed "
                + seed
                + ": "
                + input.hex(),
            e);
      }
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertThat(took).as(parser.name()).isLessThan(Duration.ofSeconds(5));
    }
    // Mutations that all were refused, or none, would try one path only.
    assertThat(refused).isBetween(inputs / 3L, inputs - 1L);
  }

  @Test
  void theVerifierAnswersMutatedBundlesWithARefusal() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
    EvidenceBundle bundle =
        SimulatedMachine.builder(SimulatedMachine.around(TIME))
            .build()
            .bundle(Keccak.hashText("a program"), BOUND);
    List<Bytes> corpus = List.of(bundle.encode());
    Verifier verifier = Verifier.of(Mode.SIMULATION);
    int judged = 0;
    for (int i = 0; i < 1_000; i++) {
      EvidenceBundle mutated;
      try {
        mutated = EvidenceBundle.decode(mutated(corpus, random));
      } catch (EnigmaException e) {
        continue;
      }
      judged++;
      // A refusal, or the same evidence: what came with it may have changed unnoticed.
      if (verifier.verify(mutated, BOUND, TIME) instanceof Verdict.Proven proven) {
        assertThat(proven.facts().evidenceHash()).isEqualTo(Keccak.hash(bundle.core()));
      }
    }
    assertThat(judged).isGreaterThan(100);
  }

  private static Bytes mutated(List<Bytes> corpus, RandomGenerator random) {
    Bytes bytes = corpus.get(random.nextInt(corpus.size()));
    int times = 1 + random.nextInt(4);
    for (int i = 0; i < times; i++) {
      bytes = mutatedOnce(bytes, corpus, random);
    }
    return bytes;
  }

  private static final List<Bytes> WORDS =
      List.of(
          Bytes.fromHex("ffffffff"),
          Bytes.fromHex("00000080"),
          Bytes.fromHex("ffff"),
          Bytes.fromHex("0000"),
          Bytes.fromHex("30820000"),
          Bytes.fromHex("3080"),
          Bytes.of("9999999999999999999".getBytes(StandardCharsets.US_ASCII)),
          Bytes.of("[[[[[[[[[[[[[[[[[[[[".getBytes(StandardCharsets.US_ASCII)),
          Bytes.of("\\u00".getBytes(StandardCharsets.US_ASCII)),
          Bytes.of("null".getBytes(StandardCharsets.US_ASCII)),
          Bytes.of("-----BEGIN CERTIFICATE-----\n".getBytes(StandardCharsets.US_ASCII)));

  private static Bytes mutatedOnce(Bytes bytes, List<Bytes> corpus, RandomGenerator random) {
    if (bytes.isEmpty()) {
      return corpus.getFirst();
    }
    int at = random.nextInt(bytes.length());
    int end = at + random.nextInt(Math.min(64, bytes.length() - at) + 1);
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> {
        byte[] changed = bytes.toByteArray();
        changed[at] ^= (byte) (1 << random.nextInt(8));
        yield Bytes.of(changed);
      }
      case 3 -> {
        byte[] changed = bytes.toByteArray();
        changed[at] = (byte) random.nextInt(256);
        yield Bytes.of(changed);
      }
      case 4 -> Bytes.concat(bytes.slice(0, at), bytes.slice(end, bytes.length()));
      case 5 -> Bytes.concat(bytes.slice(0, end), bytes.slice(at, bytes.length()));
      case 6 -> {
        Bytes word = WORDS.get(random.nextInt(WORDS.size()));
        int rest = Math.min(bytes.length(), at + word.length());
        yield Bytes.concat(bytes.slice(0, at), word, bytes.slice(rest, bytes.length()));
      }
      default -> bytes.slice(0, at);
    };
  }
}

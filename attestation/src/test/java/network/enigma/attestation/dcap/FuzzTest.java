package network.enigma.attestation.dcap;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.Verifier;
import network.enigma.attestation.fuzz.Fuzzer;
import network.enigma.attestation.fuzz.Fuzzer.Parser;
import network.enigma.attestation.simulation.SimulatedMachine;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every parser of Intel's evidence and collateral under mutated input. */
class FuzzTest {
  private static final Instant TIME = Instant.parse("2026-06-01T12:00:00Z");
  private static final Bytes BOUND = Verifier.reportData(Keccak.hashText("a binding"));

  private static Parser parser(String name, Fuzzer.Target target, List<Bytes> corpus) {
    return new Parser(name, Refusal.class, target, corpus);
  }

  private static List<Parser> parsers() {
    List<Bytes> quotes = new ArrayList<>();
    List<Bytes> json = new ArrayList<>();
    List<Bytes> pem = new ArrayList<>();
    List<Bytes> lists = new ArrayList<>();
    List<Bytes> bundles = new ArrayList<>();
    List<Bytes> enclaves = new ArrayList<>();
    for (SimulatedMachine.Kind kind : SimulatedMachine.Kind.values()) {
      SimulatedMachine machine =
          SimulatedMachine.builder(SimulatedMachine.around(TIME)).kind(kind).build();
      EvidenceBundle bundle = machine.bundle(Keccak.hashText("a program"), BOUND);
      Collateral.Intel collateral = machine.collateral();
      quotes.add(bundle.evidence());
      bundles.add(bundle.encode());
      enclaves.add(
          new EnclaveEvidence(
                  Keccak.hashText("a network"),
                  Mode.SIMULATION,
                  Role.WORKER,
                  Address.zero(),
                  Address.zero(),
                  Keccak.hashText("a nonce"),
                  bundle)
              .encode());
      json.add(collateral.tcbInfo());
      json.add(collateral.qeIdentity());
      pem.add(machine.pckChain());
      lists.add(collateral.rootCrl());
    }
    Bytes extension = extension(pem.getFirst());
    return List.of(
        parser("quote", QuoteParser::parse, quotes),
        parser("bundle", EvidenceBundle::decode, bundles),
        parser("enclave evidence", EnclaveEvidence::decode, enclaves),
        parser("TCB info", TcbInfo::read, json),
        parser("enclave identity", QeIdentity::read, json),
        parser("JSON", Json::parse, json),
        parser("PEM", input -> Pem.certificates(input, 3, Reason.Code.CHAIN_INVALID), pem),
        parser("SGX extension", input -> PckFacts.read(Der.single(input)), List.of(extension)),
        parser("chain", input -> Chain.read("a chain", input, 2), pem),
        parser("revocation list", input -> RevocationList.read("a list", input), lists));
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
    Fuzzer.run(parsers(), Fuzzer.SHORT_RUN, 1);
  }

  @Test
  @Tag("long")
  void everyParserAnswersManyMutatedInputs() {
    Fuzzer.runLong(parsers());
  }

  @Test
  void theVerifierAnswersMutatedBundlesWithARefusal() {
    EvidenceBundle bundle =
        SimulatedMachine.builder(SimulatedMachine.around(TIME))
            .build()
            .bundle(Keccak.hashText("a program"), BOUND);
    Verifier verifier = Verifier.of(Mode.SIMULATION);
    Fuzzer.judge(bundle, mutated -> verifier.verify(mutated, BOUND, TIME), 1_000, 3);
  }
}

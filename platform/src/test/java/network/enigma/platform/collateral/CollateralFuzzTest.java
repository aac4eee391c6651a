package network.enigma.platform.collateral;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.fuzz.Fuzzer;
import network.enigma.attestation.fuzz.Fuzzer.Parser;
import network.enigma.attestation.simulation.SimulatedMachine;
import network.enigma.platform.collateral.Document.Form;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Keccak;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What services send, and archives from anybody, under mutated input. */
class CollateralFuzzTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private static Parser parser(String name, Fuzzer.Target target, Bytes genuine) {
    return new Parser(name, EnigmaException.class, target, List.of(genuine));
  }

  private static List<Parser> parsers() {
    SimulatedMachine machine = SimulatedMachine.builder(SimulatedMachine.around(NOW)).build();
    EvidenceBundle bundle = machine.bundle(Keccak.hashText("a program"), Bytes.of(new byte[64]));
    Collateral.Intel collateral = machine.collateral();
    Bytes none = Bytes.empty();
    return List.of(
        parser(
            "archive",
            EvidenceArchive::read,
            new EvidenceArchive(bundle, Optional.empty()).write()),
        parser(
            "TCB info",
            input -> Document.read(Form.TCB_INFO, input, none),
            LocalVendor.json("tcbInfo", NOW, NOW.plusSeconds(9))),
        parser(
            "revocation list",
            input -> Document.read(Form.REVOCATION_LIST, input, none),
            collateral.rootCrl()),
        parser(
            "certificates",
            input -> Document.read(Form.CERTIFICATES, input, none),
            machine.pckChain()),
        parser(
            "signed JSON",
            input -> SignedJson.read(input, "tcbInfo"),
            LocalVendor.json("tcbInfo", NOW, NOW.plusSeconds(9))));
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
}

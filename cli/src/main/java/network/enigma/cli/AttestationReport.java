package network.enigma.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import network.enigma.attestation.Decision;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.Facts;
import network.enigma.attestation.Reason;
import network.enigma.attestation.TcbStatus;
import network.enigma.attestation.Trait;
import network.enigma.client.Attestation;
import network.enigma.protocol.NetworkConfig.Mode;

/**
 * A judgement in plain words: what was proven, by whom, until when, and what was not.
 *
 * @param attestation the judgement
 * @param onChain whether it was compared with a registration on chain
 */
record AttestationReport(Attestation attestation, boolean onChain) {
  private static final String PHYSICAL =
      "Attacks on the memory bus published in 2025 (WireTap, Battering RAM, TEE.fail) extract"
          + " attestation keys from SGX, TDX and SEV-SNP machines. Evidence does not exclude an"
          + " operator with such equipment; stake, tenure and keys per realm limit what one gains.";

  void print(Terminal terminal) {
    EnclaveEvidence evidence = attestation.evidence();
    terminal.field("enclave", evidence.enclave().checksummed());
    terminal.field("operator", evidence.operator().checksummed());
    terminal.field("role", evidence.role().name());
    terminal.field("network", evidence.networkHash().hex());
    terminal.field("evidence", attestation.evidenceHash().hex());
    terminal.field("judged for", attestation.at());
    switch (attestation.decision()) {
      case Decision.Refused refused -> {
        terminal.line(terminal.red("REFUSED") + ": nothing is proven.");
        refused.reasons().forEach(reason -> terminal.line("  - " + reason));
      }
      case Decision.Accepted accepted -> {
        boolean hardware = accepted.verdict().mode() == Mode.HARDWARE;
        terminal.line(
            hardware
                ? terminal.green("PROVEN") + " by " + vendor(accepted.facts())
                : terminal.yellow("SIMULATED")
                    + ": vouched for by the simulated authority, whose key is public");
        section(terminal, "What was proven", proven(accepted));
        terminal.field("valid until", accepted.facts().until());
      }
    }
    section(terminal, "What was not", notProven());
  }

  private static void section(Terminal terminal, String title, List<String> lines) {
    terminal.line(terminal.bold(title));
    lines.forEach(line -> terminal.line("  - " + line));
  }

  private static String vendor(Facts facts) {
    return switch (facts.evidence().kind()) {
      case SGX, TDX -> "Intel's root certificate (" + facts.evidence().kind().label() + ")";
      case SEV_SNP -> "AMD's root certificate (" + facts.evidence().kind().label() + ")";
    };
  }

  private List<String> proven(Decision.Accepted accepted) {
    Facts facts = accepted.facts();
    List<String> lines = new ArrayList<>();
    if (accepted.verdict().mode() == Mode.SIMULATION) {
      lines.add("Somebody made evidence of the right form. No hardware is behind it.");
    } else {
      lines.add(
          "The key of the enclave belongs to program "
              + facts.measurement()
              + ", which runs on a machine of family "
              + facts.platformFamily()
              + ".");
      lines.add(
          facts.status() == TcbStatus.NOT_RATED
              ? "Its vendor rates no machines; TCB number "
                  + facts.tcbNumber()
                  + " says how new its firmware is."
              : "The vendor rates the machine "
                  + facts.status().label()
                  + ", with a TCB of "
                  + facts.tcbDate()
                  + (facts.advisories().isEmpty()
                      ? " and no security advisories."
                      : " and advisories " + String.join(", ", facts.advisories()) + "."));
    }
    lines.add("It is bound to this network, role, operator, enclave key and nonce.");
    if (onChain) {
      lines.add("It is what was published when key managers admitted the enclave.");
    }
    return lines;
  }

  private List<String> notProven() {
    List<String> lines = new ArrayList<>();
    if (attestation.evidence().mode() == Mode.SIMULATION) {
      lines.add(
          "That anything is secret: in SIMULATION whoever owns the machine can read everything.");
    } else {
      lines.add(
          "That the program does what you think: compare its hash with a build of the source.");
      lines.add(PHYSICAL);
    }
    if (!onChain) {
      lines.add("That the enclave is registered and admitted now: a file does not know the chain.");
    }
    return lines;
  }

  /** The judgement for programs. */
  Map<String, Object> fields() {
    EnclaveEvidence evidence = attestation.evidence();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("accepted", attestation.decision() instanceof Decision.Accepted);
    fields.put("mode", evidence.mode().name());
    fields.put("security", attestation.isHardware() ? "hardware" : "none");
    fields.put("enclave", evidence.enclave().checksummed());
    fields.put("operator", evidence.operator().checksummed());
    fields.put("role", evidence.role().name());
    fields.put("network", evidence.networkHash().hex());
    fields.put("nonce", evidence.nonce().hex());
    fields.put("evidenceHash", attestation.evidenceHash().hex());
    fields.put("comparedWithChain", onChain);
    fields.put("at", attestation.at().toString());
    switch (attestation.decision()) {
      case Decision.Refused refused ->
          fields.put("reasons", refused.reasons().stream().map(AttestationReport::reason).toList());
      case Decision.Accepted accepted -> {
        Facts facts = accepted.facts();
        fields.put("kind", facts.evidence().kind().name());
        fields.put("measurement", facts.measurement().hex());
        fields.put(
            "registers",
            facts.evidence().registers().entrySet().stream()
                .collect(
                    Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> entry.getValue().hex(),
                        (one, other) -> one,
                        LinkedHashMap::new)));
        fields.put("status", facts.status().label());
        fields.put("advisories", List.copyOf(facts.advisories()));
        fields.put("tcbNumber", facts.tcbNumber());
        fields.put("tcbDate", facts.tcbDate().toString());
        fields.put("platformFamily", facts.platformFamily());
        fields.put("traits", facts.traits().stream().map(Trait::name).toList());
        fields.put("from", facts.from().toString());
        fields.put("until", facts.until().toString());
      }
    }
    fields.put("notProven", notProven());
    return fields;
  }

  private static Map<String, String> reason(Reason reason) {
    return Map.of("code", reason.code().name(), "detail", reason.detail());
  }
}

package network.enigma.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import network.enigma.attestation.Decision;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.Evidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Facts;
import network.enigma.attestation.Policy;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.TcbStatus;
import network.enigma.attestation.Trait;
import network.enigma.attestation.Verifier;
import network.enigma.client.Attestation;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;

/**
 * A judgement in plain words: what was proven, by whom, until when, and what was not.
 *
 * @param evidenceHash identity of the evidence; empty where it cannot be read
 * @param reportData that the evidence has; empty where it cannot be read
 * @param bound what the evidence is bound to, where that is known
 * @param decision the judgement
 * @param at the time it was made for
 * @param onChain whether it was compared with what is on chain
 */
record AttestationReport(
    Optional<Bytes32> evidenceHash,
    Optional<Bytes> reportData,
    Optional<EnclaveEvidence> bound,
    Decision decision,
    Instant at,
    boolean onChain) {
  private static final String PHYSICAL =
      "Attacks on the memory bus published in 2025 (WireTap, Battering RAM, TEE.fail) extract"
          + " attestation keys from SGX, TDX and SEV-SNP machines. Evidence does not exclude an"
          + " operator with such equipment; stake, tenure and keys per realm limit what one gains.";

  /** Of an enclave. */
  static AttestationReport of(Attestation attestation, boolean onChain) {
    return of(
        attestation.evidence().bundle(),
        Optional.of(attestation.evidence()),
        attestation.decision(),
        attestation.at(),
        onChain);
  }

  /**
   * Of evidence that comes without a word about what it is bound to: judged as hardware's, bound to
   * whatever it says.
   */
  static AttestationReport of(EvidenceBundle bundle, Instant at) {
    Bytes bound = read(bundle).map(Evidence::reportData).orElse(Bytes.of(new byte[64]));
    return of(
        bundle,
        Optional.empty(),
        Policy.hardware().judge(Verifier.of(Mode.HARDWARE).verify(bundle, bound, at)),
        at,
        false);
  }

  private static AttestationReport of(
      EvidenceBundle bundle,
      Optional<EnclaveEvidence> bound,
      Decision decision,
      Instant at,
      boolean onChain) {
    Optional<Evidence> evidence = read(bundle);
    return new AttestationReport(
        evidence.map(Evidence::hash),
        evidence.map(Evidence::reportData),
        bound,
        decision,
        at,
        onChain);
  }

  private static Optional<Evidence> read(EvidenceBundle bundle) {
    try {
      return Optional.of(bundle.read());
    } catch (Refusal e) {
      return Optional.empty();
    }
  }

  boolean isAccepted() {
    return decision instanceof Decision.Accepted;
  }

  void print(Terminal terminal) {
    bound.ifPresent(evidence -> {
      terminal.field("enclave", evidence.enclave().checksummed());
      terminal.field("operator", evidence.operator().checksummed());
      terminal.field("role", evidence.role().name());
      terminal.field("network", evidence.networkHash().hex());
    });
    evidenceHash.ifPresent(hash -> terminal.field("evidence", hash.hex()));
    if (bound.isEmpty()) {
      reportData.ifPresent(data -> terminal.field("report data", data.hex()));
    }
    terminal.field("judged for", at);
    switch (decision) {
      case Decision.Refused refused -> {
        terminal.line(terminal.red("REFUSED") + ": nothing is proven.");
        refused
            .reasons()
            .forEach(reason -> terminal.line("  - " + Terminal.printable(reason.toString())));
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
    lines.add(
        bound.isPresent()
            ? "It is bound to this network, role, operator, enclave key and nonce."
            : "The program gave it the report data above.");
    if (onChain) {
      lines.add(
          bound.map(EnclaveEvidence::role).equals(Optional.of(Role.KEY_MANAGER))
              ? "It is what was published when the key manager was listed."
              : "It is what was published when key managers admitted the enclave.");
    }
    return lines;
  }

  private List<String> notProven() {
    List<String> lines = new ArrayList<>();
    if (bound.map(EnclaveEvidence::mode).equals(Optional.of(Mode.SIMULATION))) {
      lines.add(
          "That anything is secret: in SIMULATION whoever owns the machine can read everything.");
    } else {
      lines.add(
          "That the program does what you think: compare its hash with a build of the source.");
      lines.add(PHYSICAL);
    }
    if (bound.isEmpty()) {
      lines.add(
          "What the evidence is about: the archive does not say which network, operator and key the"
              + " report data stands for.");
    }
    if (!onChain) {
      lines.add("That the enclave is registered and admitted now: a file does not know the chain.");
    }
    return lines;
  }

  /** The judgement for programs. */
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("accepted", isAccepted());
    fields.put(
        "security",
        decision instanceof Decision.Accepted accepted && accepted.verdict().mode() == Mode.HARDWARE
            ? "hardware"
            : "none");
    bound.ifPresent(evidence -> {
      fields.put("mode", evidence.mode().name());
      fields.put("enclave", evidence.enclave().checksummed());
      fields.put("operator", evidence.operator().checksummed());
      fields.put("role", evidence.role().name());
      fields.put("network", evidence.networkHash().hex());
      fields.put("nonce", evidence.nonce().hex());
    });
    evidenceHash.ifPresent(hash -> fields.put("evidenceHash", hash.hex()));
    reportData.ifPresent(data -> fields.put("reportData", data.hex()));
    fields.put("comparedWithChain", onChain);
    fields.put("at", at.toString());
    switch (decision) {
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

package network.enigma.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.client.Attestation;
import network.enigma.client.EnigmaClient;
import network.enigma.client.KeyManagerAttestations;
import network.enigma.platform.collateral.CollateralSupply;
import network.enigma.platform.collateral.EvidenceArchive;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code enigma verify}: judges attestation evidence and says what it proves. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Judge the attestation evidence of a worker, of a realm (the worker that holds it, and the"
            + " key managers), or in a file, and say what it proves and what it does not.")
final class VerifyCommand implements Callable<Integer> {
  private static final String WORKER = "\\d{1,18}";
  private static final String REALM = "0x[0-9a-fA-F]{64}";
  private static final String CONTRACT = "0x[0-9a-fA-F]{40}|[A-Za-z_$][A-Za-z0-9_$]*";

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();

  @Parameters(
      paramLabel = "WORKER|REALM|CONTRACT|FILE",
      description =
          "A worker's number, a realm's id, a contract that this user deployed (its realm is"
              + " meant), or a file of 'enigma evidence export', its archive included.")
  String subject = "";

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description =
          "For a file: judge it as of this time, as in 2026-01-31T12:00:00Z. Default: now.")
  @Nullable String at;

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    return isFile() ? verifyFile(terminal) : verifyOnChain(terminal);
  }

  private boolean isFile() {
    return !subject.matches(WORKER)
        && !subject.matches(REALM)
        && (!subject.matches(CONTRACT) || Files.exists(Path.of(subject)));
  }

  private int verifyFile(Terminal terminal) {
    Instant time = time();
    Bytes content = read(Path.of(subject));
    AttestationReport report;
    if (EvidenceArchive.isZip(content)) {
      EvidenceArchive archive = EvidenceArchive.read(content);
      report =
          archive
              .enclaveEvidence()
              .map(evidence -> AttestationReport.of(Attestation.judge(evidence, time), false))
              .orElseGet(() -> AttestationReport.of(archive.bundle(), time));
    } else {
      report =
          AttestationReport.of(Attestation.judge(EnclaveEvidence.decode(content), time), false);
    }
    report.print(terminal);
    terminal.object(report.fields());
    return exitCode(report.isAccepted());
  }

  private int verifyOnChain(Terminal terminal) {
    if (at != null) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT,
          "--at is for files; a worker is judged as of the latest block");
    }
    try (EnigmaClient client = connection.connect()) {
      Subject judged = Subject.of(connection, client, subject);
      AttestationReport report = AttestationReport.of(client.attestation(judged.worker()), true);
      report.print(terminal);
      Map<String, Object> fields = report.fields();
      boolean accepted = report.isAccepted();
      if (judged.realm().isPresent()) {
        long generation = client.realm(judged.realm().get()).generation();
        accepted &= keyManagers(terminal, client.keyManagerAttestations(generation), fields);
      }
      terminal.object(fields);
      return exitCode(accepted);
    }
  }

  /** Those that can derive the realm's secrets too. */
  private static boolean keyManagers(
      Terminal terminal, KeyManagerAttestations attestations, Map<String, Object> fields) {
    List<Map<String, Object>> each = new ArrayList<>();
    for (Attestation attestation : attestations.attestations()) {
      terminal.line("");
      terminal.line(
          terminal.bold(
              "Key manager %d of %d, generation %d"
                  .formatted(each.size() + 1, attestations.members(), attestations.generation())));
      AttestationReport report = AttestationReport.of(attestation, true);
      report.print(terminal);
      each.add(report.fields());
    }
    if (attestations.silent() > 0) {
      terminal.line("");
      terminal.line(
          terminal.red(
                  "%d of %d key managers".formatted(attestations.silent(), attestations.members()))
              + " showed no evidence now: nothing is proven about them.");
    }
    fields.put("keyManagers", each);
    fields.put("keyManagersWithoutEvidence", attestations.silent());
    return attestations.isAccepted();
  }

  private static int exitCode(boolean accepted) {
    return accepted ? ExitCode.OK : ExitCode.of(ErrorCode.EVIDENCE_REJECTED);
  }

  /**
   * What a user wants judged on chain.
   *
   * @param worker its number
   * @param realm that it holds, where the user named that
   */
  record Subject(long worker, Optional<Bytes32> realm) {

    /** A worker's number, or the holder of a realm, named by its id or by a contract in it. */
    static Subject of(Connection connection, EnigmaClient client, String subject) {
      if (subject.matches(WORKER)) {
        return new Subject(Long.parseLong(subject), Optional.empty());
      }
      Bytes32 realm =
          subject.matches(REALM)
              ? Bytes32.fromHex(subject)
              : connection.contract(client, subject).realm();
      long holder = client.realm(realm).worker();
      if (holder == 0) {
        throw new EnigmaException(
            ErrorCode.KEY_PENDING, "no worker holds realm " + realm.hex() + " yet");
      }
      return new Subject(holder, Optional.of(realm));
    }
  }

  static Bytes read(Path file) {
    try {
      if (Files.size(file) > CollateralSupply.LONGEST_ARCHIVE) {
        throw new EnigmaException(ErrorCode.INVALID_ARGUMENT, file + " is too big for evidence");
      }
      return Bytes.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT,
          "'%s' is no worker's number, no realm's id, no contract's name and no file that can be read"
              .formatted(file));
    }
  }

  private Instant time() {
    try {
      return at == null ? Instant.now() : Instant.parse(at);
    } catch (DateTimeParseException e) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT, "'" + at + "' is no time such as 2026-01-31T12:00:00Z");
    }
  }
}

package network.enigma.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.concurrent.Callable;
import network.enigma.attestation.Decision;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.client.Attestation;
import network.enigma.client.EnigmaClient;
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
        "Judge the attestation evidence of a worker, of the worker that holds a realm, or in a"
            + " file, and say what it proves and what it does not.")
final class VerifyCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();

  @Parameters(
      paramLabel = "WORKER|REALM|FILE",
      description = "A worker's number, a realm's id, or a file of 'enigma evidence export'.")
  String subject = "";

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description =
          "For a file: judge it as of this time, as in 2026-01-31T12:00:00Z. Default: now.")
  @Nullable String at;

  @Override
  public Integer call() {
    Attestation attestation =
        isFile() ? Attestation.judge(read(Path.of(subject)), time()) : fromNetwork();
    Terminal terminal = EnigmaCommand.terminal(spec);
    AttestationReport report = new AttestationReport(attestation, !isFile());
    report.print(terminal);
    terminal.object(report.fields());
    return attestation.decision() instanceof Decision.Accepted
        ? ExitCode.OK
        : ExitCode.of(ErrorCode.EVIDENCE_REJECTED);
  }

  private boolean isFile() {
    return !subject.matches("\\d+") && !subject.matches("0x[0-9a-fA-F]{64}");
  }

  private Attestation fromNetwork() {
    if (at != null) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT,
          "--at is for files; a worker is judged as of the latest block");
    }
    try (EnigmaClient client = connection.connect()) {
      return client.attestation(worker(client, subject));
    }
  }

  /** The number of a worker, or of the worker that holds a realm. */
  static long worker(EnigmaClient client, String subject) {
    if (subject.matches("\\d{1,18}")) {
      return Long.parseLong(subject);
    }
    Bytes32 realm = Bytes32.fromHex(subject);
    long holder = client.realm(realm).worker();
    if (holder == 0) {
      throw new EnigmaException(
          ErrorCode.KEY_PENDING, "no worker holds realm " + realm.hex() + " yet");
    }
    return holder;
  }

  static EnclaveEvidence read(Path file) {
    try {
      if (Files.size(file) > 1 << 20) {
        throw new EnigmaException(ErrorCode.INVALID_ARGUMENT, file + " is too big for evidence");
      }
      return EnclaveEvidence.decode(Bytes.of(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT,
          "'%s' is no worker's number, no realm's id, and no file that can be read"
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

package network.enigma.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.client.EnigmaClient;
import network.enigma.platform.collateral.EvidenceArchive;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code enigma evidence}: keeps attestation evidence. */
@Command(
    name = "evidence",
    mixinStandardHelpOptions = true,
    subcommands = EvidenceCommand.Export.class,
    description = "Keep the attestation evidence of workers.")
final class EvidenceCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.OK;
  }

  /** {@code enigma evidence export}. */
  @Command(
      name = "export",
      mixinStandardHelpOptions = true,
      description =
          "Write the evidence of a worker, or of the worker that holds a realm, with all that is"
              + " needed to judge it, to a file that 'enigma verify' reads without any network.")
  static final class Export implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin Connection connection = new Connection();

    @Parameters(paramLabel = "WORKER|REALM", description = "A worker's number or a realm's id.")
    String subject = "";

    @Option(
        names = {"-o", "--output"},
        paramLabel = "FILE",
        description = "Where to. Default: worker-N.evidence in this directory.")
    @Nullable Path output;

    @Option(
        names = "--archive",
        paramLabel = "ZIP",
        description =
            "Also write evidence and collateral as a zip file in their vendor's own forms, for"
                + " other tools (docs/evidence-archive.md).")
    @Nullable Path archive;

    @Override
    public Integer call() {
      Terminal terminal = EnigmaCommand.terminal(spec);
      try (EnigmaClient client = connection.connect()) {
        long worker = VerifyCommand.worker(client, subject);
        EnclaveEvidence evidence = client.attestation(worker).evidence();
        Path file = output != null ? output : Path.of("worker-" + worker + ".evidence");
        try {
          Files.write(file, evidence.encode().toByteArray());
          if (archive != null) {
            Files.write(archive, EvidenceArchive.write(evidence.bundle()).toByteArray());
          }
        } catch (IOException e) {
          throw new EnigmaException(ErrorCode.INVALID_ARGUMENT, "cannot write " + e.getMessage());
        }
        terminal.line("wrote " + file + "; judge it with: enigma verify " + file);
        terminal.object(Map.of("worker", worker, "file", file.toString()));
        return ExitCode.OK;
      }
    }
  }
}

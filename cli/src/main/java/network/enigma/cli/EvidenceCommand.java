package network.enigma.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.client.EnigmaClient;
import network.enigma.platform.collateral.CollateralOptions;
import network.enigma.platform.collateral.CollateralSupply;
import network.enigma.platform.collateral.EvidenceArchive;
import network.enigma.protocol.Bytes;
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
    subcommands = {EvidenceCommand.Export.class, EvidenceCommand.Complete.class},
    description = "Keep the attestation evidence of workers and machines.")
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

    @Parameters(
        paramLabel = "WORKER|REALM|CONTRACT",
        description = "A worker's number, a realm's id, or a contract that this user deployed.")
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
                + " 'enigma verify' and other tools (docs/evidence-archive.md).")
    @Nullable Path archive;

    @Override
    public Integer call() {
      Terminal terminal = EnigmaCommand.terminal(spec);
      try (EnigmaClient client = connection.connect()) {
        long worker = VerifyCommand.Subject.of(connection, client, subject).worker();
        EnclaveEvidence evidence = client.attestation(worker).evidence();
        Path file = output != null ? output : Path.of("worker-" + worker + ".evidence");
        try {
          Files.write(file, evidence.encode().toByteArray());
          if (archive != null) {
            Files.write(archive, EvidenceArchive.of(evidence).write().toByteArray());
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

  /** {@code enigma evidence complete}. */
  @Command(
      name = "complete",
      mixinStandardHelpOptions = true,
      description =
          "Fetch what the vendor signs about the machine of some evidence and write both as an"
              + " archive: for hosts without a network, and to keep. This asks the vendor's"
              + " services, which thereby learn which kind of machine, and for AMD which chip.")
  static final class Complete implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Parameters(
        paramLabel = "EVIDENCE",
        description = "An archive, or a quote or report as the machine gives it.")
    Path evidence = Path.of("");

    @Option(
        names = {"-o", "--output"},
        paramLabel = "ZIP",
        required = true,
        description = "Where to.")
    Path output = Path.of("");

    @Option(
        names = "--collateral",
        paramLabel = "SOURCE",
        defaultValue = "vendors",
        description =
            "vendors; pccs=URL for a cache of Intel's service; kds=URL for one of AMD's; both, with"
                + " a comma; offline=ZIP for the collateral of another archive. Default:"
                + " ${DEFAULT-VALUE}.")
    String collateral = "vendors";

    @Override
    public Integer call() {
      Bytes content = VerifyCommand.read(evidence);
      EvidenceArchive given =
          EvidenceArchive.isZip(content)
              ? EvidenceArchive.read(content)
              : new EvidenceArchive(
                  new EvidenceBundle(content, new Collateral.None()), Optional.empty());
      try {
        Path kept = Files.createTempDirectory("enigma-collateral-");
        try (CollateralSupply supply =
            CollateralOptions.parse(collateral).supply(kept, Clock.systemUTC())) {
          Files.write(
              output,
              new EvidenceArchive(supply.complete(given.bundle()), given.binding())
                  .write()
                  .toByteArray());
        } finally {
          delete(kept);
        }
      } catch (IOException e) {
        throw new EnigmaException(ErrorCode.INVALID_ARGUMENT, "cannot write " + e.getMessage(), e);
      }
      Terminal terminal = EnigmaCommand.terminal(spec);
      terminal.line("wrote " + output + "; judge it with: enigma verify " + output);
      terminal.object(Map.of("file", output.toString()));
      return ExitCode.OK;
    }

    private static void delete(Path directory) throws IOException {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }
}

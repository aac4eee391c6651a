package network.enigma.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Hex;
import network.enigma.protocol.Preimage;
import network.enigma.protocol.Role;
import network.enigma.protocol.crypto.Hkdf;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;

/**
 * The sealing key of a machine that has none: a file in the state directory, which says in its name
 * and first line that it protects nothing. Whoever reads the directory can open what is sealed.
 */
public final class SimulatedSealingKey implements SealingKeyProvider {
  /** The file's name in the state directory. */
  public static final String FILE = "SIMULATED-sealing-key.txt";

  private static final String WARNING =
      "# Key of a simulated enclave. It lies here in the open: nothing sealed with it is secret"
          + " from who can read this directory.";

  private final Path file;

  public SimulatedSealingKey(Path directory) {
    this.file = directory.resolve(FILE);
  }

  @Override
  public SecretBytes sealingKey(Role role) {
    return Hkdf.derive(
        machineKey(),
        new byte[0],
        Preimage.hash("SIMULATED_SEALING_KEY", "uint8", role.number()).toByteArray(),
        32);
  }

  private SecretBytes machineKey() {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      if (Files.notExists(file)) {
        create();
      }
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      byte[] key = lines.size() == 2 ? Hex.decode(lines.get(1)) : new byte[0];
      if (key.length != 32) {
        throw new EnigmaException(
            ErrorCode.SEALED_STATE_UNREADABLE, file + " does not hold a sealing key");
      }
      return SecretBytes.of(key);
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.STATE_DIRECTORY_UNUSABLE, "cannot keep a sealing key in " + file, e);
    }
  }

  /**
   * Written aside and moved into place, so that a process killed meanwhile leaves a whole key or
   * none.
   */
  private void create() throws IOException {
    Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), FILE, ".new");
    try {
      if (Files.getFileStore(fresh).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      }
      String key = Hex.encode(SecretBytes.random(32).toByteArray(SecretAccess.granted()));
      Files.writeString(fresh, WARNING + "\n" + key + "\n", StandardOpenOption.TRUNCATE_EXISTING);
      Files.createLink(file, fresh);
    } catch (FileAlreadyExistsException e) {
      // Another enclave of this machine was faster; its key counts.
      return;
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}

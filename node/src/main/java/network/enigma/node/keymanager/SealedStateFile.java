package network.enigma.node.keymanager;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** The sealed state an enclave gave its host to keep: replaced as a whole, never half written. */
final class SealedStateFile {
  private final Path file;

  SealedStateFile(Path directory) {
    this.file = directory.resolve("enclave.sealed");
  }

  /** What was kept; empty when there is nothing yet. */
  Bytes read() {
    try {
      return Files.exists(file) ? Bytes.of(Files.readAllBytes(file)) : Bytes.empty();
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  void write(Bytes state) {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(fresh, state.toByteArray());
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private EnigmaException unusable(IOException e) {
    return new EnigmaException(ErrorCode.STATE_DIRECTORY_UNUSABLE, file + ": " + e, e);
  }
}

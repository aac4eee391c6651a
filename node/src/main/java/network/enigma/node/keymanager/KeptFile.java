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

/** Bytes that a host keeps: replaced as a whole, never half written. */
final class KeptFile {
  private final Path file;

  private KeptFile(Path file) {
    this.file = file;
  }

  /** The sealed state that an enclave gave its host to keep. */
  static KeptFile sealedState(Path directory) {
    return new KeptFile(directory.resolve("enclave.sealed"));
  }

  /** The evidence that the enclave was listed with. */
  static KeptFile evidence(Path directory) {
    return new KeptFile(directory.resolve("enclave.evidence"));
  }

  /** What was kept; empty when there is nothing yet. */
  Bytes read() {
    try {
      return Files.exists(file) ? Bytes.of(Files.readAllBytes(file)) : Bytes.empty();
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  void write(Bytes bytes) {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(fresh, bytes.toByteArray());
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

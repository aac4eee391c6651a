package network.enigma.platform.collateral;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * Documents in memory and, so that a restart needs no service, in a directory: {@code NAME.body}
 * and {@code NAME.chain}. A file that is damaged counts as absent.
 */
final class DocumentCache {
  private final Path directory;
  private final ConcurrentMap<String, Document> documents = new ConcurrentHashMap<>();

  /**
   * @throws EnigmaException {@link ErrorCode#STATE_DIRECTORY_UNUSABLE}
   */
  DocumentCache(Path directory) {
    this.directory = directory;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  Optional<Document> get(String name, Document.Form form) {
    Document known = documents.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    Path body = directory.resolve(name + ".body");
    if (Files.notExists(body)) {
      return Optional.empty();
    }
    try {
      if (Files.size(body) > DocumentService.MAXIMUM_BODY) {
        return Optional.empty();
      }
      Path chain = directory.resolve(name + ".chain");
      Document read =
          Document.read(
              form,
              Bytes.of(Files.readAllBytes(body)),
              Files.exists(chain) ? Bytes.of(Files.readAllBytes(chain)) : Bytes.empty());
      documents.put(name, read);
      return Optional.of(read);
    } catch (IOException | EnigmaException e) {
      return Optional.empty();
    }
  }

  void put(String name, Document document) {
    documents.put(name, document);
    try {
      replace(directory.resolve(name + ".chain"), document.chain());
      replace(directory.resolve(name + ".body"), document.body());
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /** Written aside and moved into place, so that nobody reads half a file. */
  private static void replace(Path file, Bytes bytes) throws IOException {
    Path aside = Files.createTempFile(file.getParent(), "new", ".part");
    try {
      Files.write(aside, bytes.toByteArray());
      try {
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  private EnigmaException unusable(IOException e) {
    return new EnigmaException(
        ErrorCode.STATE_DIRECTORY_UNUSABLE, "cannot keep collateral in " + directory, e);
  }
}

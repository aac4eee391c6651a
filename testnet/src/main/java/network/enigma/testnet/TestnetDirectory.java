package network.enigma.testnet;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;

/**
 * Where a testnet keeps everything; used by one process at a time. Deleted at the end unless the
 * user asked to keep it.
 */
final class TestnetDirectory implements AutoCloseable {
  private final Path root;
  private final boolean kept;
  private final FileChannel channel;
  private final FileLock lock;

  private TestnetDirectory(Path root, boolean kept, FileChannel channel, FileLock lock) {
    this.root = root;
    this.kept = kept;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Opens or creates the directory.
   *
   * @param kept the user's choice; empty for a temporary one
   * @param reset forget what is in it
   * @throws EnigmaException STATE_DIRECTORY_IN_USE, STATE_DIRECTORY_MISMATCH when it holds
   *     something that is no testnet, STATE_DIRECTORY_UNUSABLE
   */
  static TestnetDirectory open(Optional<Path> kept, boolean reset) {
    Path root = kept.orElse(Path.of(""));
    try {
      root =
          kept.isPresent()
              ? Files.createDirectories(kept.get().toAbsolutePath())
              : Files.createTempDirectory("enigma-testnet-");
      requireTestnet(root);
      FileChannel channel =
          FileChannel.open(
              root.resolve("LOCK"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = lock(root, channel);
      if (reset) {
        deleteContent(root);
      }
      Files.createDirectories(root.resolve("logs"));
      return new TestnetDirectory(root, kept.isPresent(), channel, lock);
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.STATE_DIRECTORY_UNUSABLE,
          "cannot use %s: %s".formatted(root, e.getMessage()),
          e);
    }
  }

  private static FileLock lock(Path root, FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw inUse(root);
    }
    channel.close();
    throw inUse(root);
  }

  private static EnigmaException inUse(Path root) {
    return new EnigmaException(ErrorCode.STATE_DIRECTORY_IN_USE, "another testnet uses " + root);
  }

  /** Never resets or fills a directory that is somebody else's. */
  private static void requireTestnet(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      List<String> names = files.map(file -> String.valueOf(file.getFileName())).toList();
      if (!names.isEmpty() && !names.contains("LOCK")) {
        throw new EnigmaException(
            ErrorCode.STATE_DIRECTORY_MISMATCH, root + " holds files that are not of a testnet");
      }
    }
  }

  private static void deleteContent(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(root) && !path.equals(root.resolve("LOCK"))) {
          Files.deleteIfExists(path);
        }
      }
    }
  }

  Path root() {
    return root;
  }

  Path chainState() {
    return root.resolve("chain.json");
  }

  Path log(String part) {
    return root.resolve("logs").resolve(part + ".log");
  }

  Path logs() {
    return root.resolve("logs");
  }

  /** A part's own directory. */
  Path create(String part) {
    try {
      return Files.createDirectories(root.resolve(part));
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.STATE_DIRECTORY_UNUSABLE, "cannot make " + root.resolve(part), e);
    }
  }

  /** The network that is kept here, if one was begun. */
  Optional<NetworkConfig> network() {
    Path file = root.resolve("network.bin");
    try {
      return Files.exists(file)
          ? Optional.of(NetworkConfig.decode(Bytes.of(Files.readAllBytes(file))))
          : Optional.empty();
    } catch (IOException e) {
      throw new EnigmaException(ErrorCode.STATE_DIRECTORY_UNUSABLE, "cannot read " + file, e);
    }
  }

  void save(NetworkConfig config) {
    Path file = root.resolve("network.bin");
    try {
      Files.write(file, config.encode());
    } catch (IOException e) {
      throw new EnigmaException(ErrorCode.STATE_DIRECTORY_UNUSABLE, "cannot write " + file, e);
    }
  }

  @Override
  public void close() {
    try {
      if (!kept) {
        deleteContent(root);
      }
      lock.release();
      channel.close();
      if (!kept) {
        Files.deleteIfExists(root.resolve("LOCK"));
        Files.deleteIfExists(root);
      }
    } catch (IOException e) {
      throw new EnigmaException(ErrorCode.STATE_DIRECTORY_UNUSABLE, "cannot clear " + root, e);
    }
  }
}

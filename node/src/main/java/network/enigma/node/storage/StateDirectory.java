package network.enigma.node.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A host's directory: locked against a second process, and marked with the network it belongs to,
 * so that data of another chain or contract is refused instead of mixed.
 */
public final class StateDirectory implements AutoCloseable {
  private static final String FORMAT = "1";

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;

  private StateDirectory(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Opens or creates the directory.
   *
   * @param identity names network and role in one line; another one than at creation is refused
   * @throws EnigmaException {@code STATE_DIRECTORY_IN_USE}, {@code STATE_DIRECTORY_MISMATCH} or
   *     {@code STATE_DIRECTORY_UNUSABLE}
   */
  public static StateDirectory open(Path path, String identity) {
    try {
      Files.createDirectories(path);
      FileChannel channel =
          FileChannel.open(
              path.resolve("LOCK-HOST"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new EnigmaException(
            ErrorCode.STATE_DIRECTORY_IN_USE, path + " is used by another process");
      }
      StateDirectory directory = new StateDirectory(path, channel, lock);
      try {
        directory.checkIdentity("format " + FORMAT + " " + identity);
      } catch (EnigmaException | IOException e) {
        directory.close();
        throw e;
      }
      return directory;
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.STATE_DIRECTORY_UNUSABLE, "cannot use " + path + ": " + e.getMessage());
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private void checkIdentity(String identity) throws IOException {
    Path file = path.resolve("NETWORK");
    if (!Files.exists(file)) {
      Path temporary = path.resolve("NETWORK.new");
      Files.writeString(temporary, identity);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    String found = Files.readString(file).strip();
    if (!found.equals(identity)) {
      throw new EnigmaException(
          ErrorCode.STATE_DIRECTORY_MISMATCH,
          path + " belongs to \"" + found + "\", not to \"" + identity + "\"");
    }
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.STORAGE_FAILED, "cannot release " + path + ": " + e.getMessage());
    }
  }
}

package network.enigma.platform.hardware;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import network.enigma.protocol.Bytes;

/**
 * Files behind which a kernel or library OS acts: one write is one command, and a file's length
 * says nothing about what reading it gives.
 */
public interface DeviceFiles {
  boolean exists(Path file);

  /**
   * Reads to the end.
   *
   * @param limit most bytes taken
   * @throws IOException if there are more, or as the kernel answers
   */
  Bytes read(Path file, int limit) throws IOException;

  /**
   * Writes all bytes in one call; neither makes the file nor cuts it.
   *
   * @throws IOException as the kernel answers, or if it took only a part
   */
  void write(Path file, Bytes bytes) throws IOException;

  void createDirectory(Path directory) throws IOException;

  void removeDirectory(Path directory) throws IOException;

  /** The file system of this process. */
  static DeviceFiles system() {
    return new DeviceFiles() {
      @Override
      public boolean exists(Path file) {
        return Files.exists(file);
      }

      @Override
      public Bytes read(Path file, int limit) throws IOException {
        // No buffer of the size that the file system states: it states 0, or a page.
        try (var in = Files.newInputStream(file)) {
          byte[] bytes = in.readNBytes(limit + 1);
          if (bytes.length > limit) {
            throw new IOException("more than " + limit + " bytes");
          }
          return Bytes.of(bytes);
        }
      }

      @Override
      public void write(Path file, Bytes bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          int written = channel.write(ByteBuffer.wrap(bytes.toByteArray()));
          if (written != bytes.length()) {
            throw new IOException("only " + written + " bytes were taken");
          }
        }
      }

      @Override
      public void createDirectory(Path directory) throws IOException {
        Files.createDirectory(directory);
      }

      @Override
      public void removeDirectory(Path directory) throws IOException {
        Files.delete(directory);
      }
    };
  }
}

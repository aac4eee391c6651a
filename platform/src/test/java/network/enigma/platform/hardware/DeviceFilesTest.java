package network.enigma.platform.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import network.enigma.protocol.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Device files of the real file system. */
class DeviceFilesTest {
  private final DeviceFiles files = DeviceFiles.system();
  @TempDir Path directory;

  @Test
  void aWriteNeitherMakesNorCutsAFile() throws IOException {
    Path file = directory.resolve("file");
    assertThatThrownBy(() -> files.write(file, Bytes.ofText("x")))
        .isInstanceOf(NoSuchFileException.class);
    Files.writeString(file, "abcdef");
    files.write(file, Bytes.ofText("AB"));
    assertThat(files.read(file, 6)).isEqualTo(Bytes.ofText("ABcdef"));
  }

  @Test
  void moreThanTheLimitIsAnErrorAndNotACut() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "abcdef");
    assertThatThrownBy(() -> files.read(file, 5)).isInstanceOf(IOException.class);
  }

  /** Files of the kernel say that they have no bytes, or a page, whatever reading gives. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void filesOfTheKernelAreReadToTheirEnd() throws IOException {
    Path file = Path.of("/proc/self/status");
    assertThat(Files.size(file)).isZero();
    assertThat(files.read(file, 1 << 16).length()).isGreaterThan(100);
  }

  @Test
  void directoriesComeAndGo() throws IOException {
    Path made = directory.resolve("request");
    files.createDirectory(made);
    assertThat(files.exists(made)).isTrue();
    files.removeDirectory(made);
    assertThat(files.exists(made)).isFalse();
  }
}

package network.enigma.platform.hardware;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import network.enigma.protocol.Bytes;

/**
 * Behaves as Linux's configfs-tsm: a directory made is a request, with its attributes at once; a
 * write of {@code inblob} of 1 to 64 bytes raises the generation; reading {@code outblob} asks the
 * hardware for evidence about what was written last; only an empty-handed {@code rmdir} removes it.
 */
final class KernelFiles implements DeviceFiles {
  static final Path ROOT = Path.of("/");
  static final Path REPORTS = ROOT.resolve(TsmQuoter.DIRECTORY);

  private static final class Request {
    long generation;
    Bytes input = Bytes.empty();
  }

  private final String provider;
  private final UnaryOperator<Bytes> hardware;
  private final Bytes certificates;
  private final Map<Path, Request> requests = new HashMap<>();
  private final List<Path> made = new ArrayList<>();

  /** Run when {@code outblob} has been read: another program's writes come in here. */
  Runnable meanwhile = () -> {};

  /**
   * @param hardware from 64 bytes to evidence
   * @param certificates what {@code auxblob} has
   */
  KernelFiles(String provider, UnaryOperator<Bytes> hardware, Bytes certificates) {
    this.provider = provider;
    this.hardware = hardware;
    this.certificates = certificates;
  }

  /** The requests that are not removed. */
  Set<Path> open() {
    return requests.keySet();
  }

  List<Path> made() {
    return made;
  }

  /** What another program with access does to each open request. */
  void interfere(Bytes input) {
    for (Request request : requests.values()) {
      request.input = input;
      request.generation++;
    }
  }

  @Override
  public boolean exists(Path file) {
    return file.equals(REPORTS)
        || requests.containsKey(file)
        || (requests.containsKey(file.getParent())
            && (!file.endsWith("auxblob") || provider.equals("sev_guest")));
  }

  @Override
  public Bytes read(Path file, int limit) throws IOException {
    Request request = requests.get(file.getParent());
    if (request == null) {
      throw new NoSuchFileException(file.toString());
    }
    Bytes bytes =
        switch (file.getFileName().toString()) {
          case "provider" -> Bytes.ofText(provider + "\n");
          case "generation" -> Bytes.ofText(request.generation + "\n");
          case "outblob" -> {
            if (request.input.isEmpty()) {
              throw new IOException("Invalid argument");
            }
            Bytes answer = hardware.apply(request.input);
            meanwhile.run();
            yield answer;
          }
          case "auxblob" -> certificates;
          default -> throw new IOException("Permission denied");
        };
    if (bytes.length() > limit) {
      throw new IOException("more than " + limit + " bytes");
    }
    return bytes;
  }

  @Override
  public void write(Path file, Bytes bytes) throws IOException {
    Request request = requests.get(file.getParent());
    if (request == null || !file.endsWith("inblob")) {
      throw new IOException("Permission denied");
    }
    if (bytes.isEmpty() || bytes.length() > 64) {
      throw new IOException("Invalid argument");
    }
    request.input = bytes;
    request.generation++;
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    if (!REPORTS.equals(directory.getParent())) {
      throw new IOException("Operation not permitted");
    }
    if (requests.putIfAbsent(directory, new Request()) != null) {
      throw new FileAlreadyExistsException(directory.toString());
    }
    made.add(directory);
  }

  @Override
  public void removeDirectory(Path directory) throws IOException {
    if (requests.remove(directory) == null) {
      throw new NoSuchFileException(directory.toString());
    }
  }

  static Bytes text(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}

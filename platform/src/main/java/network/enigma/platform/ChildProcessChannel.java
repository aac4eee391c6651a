package network.enigma.platform;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;
import org.jspecify.annotations.Nullable;

/**
 * An enclave in a child process of the host, reached over its standard input and output. The child
 * writes its log to {@code enclave.log} in its state directory. It ends with the host; when it ends
 * before, the next call starts another one.
 */
public final class ChildProcessChannel implements EnclaveChannel {
  /**
   * System property with the program that starts an enclave process in hardware; it is given the
   * role and gives its standard input and output to the process (deploy/gramine/start.sh).
   */
  static final String LAUNCHER = "enigma.enclave.launcher";

  /**
   * System property with an archive of loaded classes and profiles (JEP 483, JEP 515) for the jars
   * of this process, with which simulated enclaves start faster.
   */
  static final String ARCHIVE = "enigma.archive";

  /** The log's name in the state directory. */
  public static final String LOG = "enclave.log";

  private static final int START_SECONDS = 60;
  private static final int STOP_SECONDS = 5;
  private static final int SIGN_OF_LIFE_SECONDS = 3;

  private final Role role;
  private final Mode mode;
  private final Path directory;
  private final Object lives = new Object();
  private volatile Life life;
  private volatile boolean closed;

  ChildProcessChannel(Role role, Mode mode, Path directory) {
    this.role = role;
    this.mode = mode;
    this.directory = directory;
    this.life = new Life(1);
  }

  @Override
  public byte[] call(byte[] request) {
    return living().call(request);
  }

  @Override
  public long incarnation() {
    return life.number;
  }

  /** The process behind the channel, for whoever wants to watch or kill it. */
  public ProcessHandle process() {
    return life.process.toHandle();
  }

  private Life living() {
    Life current = life;
    if (closed) {
      throw stopped("the enclave's channel is closed");
    }
    if (current.isAlive()) {
      return current;
    }
    synchronized (lives) {
      if (closed) {
        throw stopped("the enclave's channel is closed");
      }
      if (!life.isAlive()) {
        life = new Life(life.number + 1);
      }
      return life;
    }
  }

  @Override
  public void close() {
    synchronized (lives) {
      closed = true;
      life.end();
    }
  }

  private static EnigmaException stopped(String why) {
    return new EnigmaException(ErrorCode.ENCLAVE_STOPPED, why);
  }

  private List<String> command() {
    String launcher = System.getProperty(LAUNCHER);
    if (mode == Mode.HARDWARE && launcher != null) {
      return List.of(launcher, role.name().toLowerCase(Locale.ROOT));
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:-DontCompileHugeMethods");
    String archive = System.getProperty(ARCHIVE);
    if (mode == Mode.HARDWARE || archive == null) {
      command.add("-Xshare:auto");
    } else {
      command.add("-XX:AOTCache=" + archive);
      command.add("-Xlog:aot*=off");
      command.add("-Xlog:cds*=off");
    }
    // Warnings of the virtual machine would otherwise come between the frames.
    command.add("-XX:+DisplayVMOutputToStderr");
    if (role == Role.KEY_MANAGER) {
      // Small and rarely busy: it should start fast and take little memory and processor time.
      command.add("-XX:TieredStopAtLevel=1");
      command.add("-XX:+UseSerialGC");
      command.add("-Xmx512m");
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(EnclaveProcessMain.class.getName());
    command.add(role.name());
    command.add(mode.name());
    command.add(directory.toAbsolutePath().toString());
    return command;
  }

  /** One child process, from its start to its end. */
  private final class Life {
    private final long number;
    private final Process process;
    private final DataOutputStream out;
    private final AtomicLong calls = new AtomicLong();
    private final Map<Long, CompletableFuture<byte[]>> waiting = new ConcurrentHashMap<>();
    private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
    private volatile boolean over;

    private Life(long number) {
      this.number = number;
      try {
        Files.createDirectories(directory);
        this.process =
            new ProcessBuilder(command())
                .redirectError(ProcessBuilder.Redirect.appendTo(directory.resolve(LOG).toFile()))
                .start();
      } catch (IOException e) {
        throw new EnigmaException(
            ErrorCode.ENCLAVE_STOPPED, "the enclave process does not start", e);
      }
      this.out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16));
      String name = role + " enclave " + process.pid();
      Thread.ofPlatform().daemon().name(name + " answers").start(this::receive);
      Thread.ofPlatform().daemon().name(name + " heart").start(this::giveSignsOfLife);
      awaitStart();
    }

    private void awaitStart() {
      try {
        ready.get(START_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        end();
        throw stopped("the enclave process ended at its start; see " + directory.resolve(LOG));
      } catch (InterruptedException e) {
        end();
        Thread.currentThread().interrupt();
        throw stopped("interrupted while the enclave process started");
      }
    }

    private boolean isAlive() {
      return !over && process.isAlive();
    }

    private byte[] call(byte[] request) {
      long call = calls.incrementAndGet();
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      waiting.put(call, answer);
      try {
        send(new Frame(call, request));
      } catch (IOException e) {
        die();
      }
      if (over) {
        // The receiving thread may have failed the calls before this one was among them.
        answer.completeExceptionally(stopped("the enclave process ended"));
      }
      try {
        return answer.join();
      } catch (CompletionException e) {
        throw stopped("the enclave process ended before it answered");
      } finally {
        waiting.remove(call);
      }
    }

    private void send(Frame frame) throws IOException {
      synchronized (out) {
        frame.write(out);
      }
    }

    private void receive() {
      try (DataInputStream in =
          new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16))) {
        while (true) {
          Frame frame = Frame.read(in);
          if (frame.call() == Frame.SIGN_OF_LIFE) {
            ready.complete(null);
            continue;
          }
          CompletableFuture<byte[]> answer = waiting.get(frame.call());
          if (answer != null) {
            answer.complete(frame.payload());
          }
        }
      } catch (IOException e) {
        die();
      }
    }

    private void giveSignsOfLife() {
      try {
        while (!process.waitFor(SIGN_OF_LIFE_SECONDS, TimeUnit.SECONDS)) {
          send(Frame.signOfLife());
        }
      } catch (IOException | InterruptedException e) {
        die();
      }
    }

    /** Whatever is left of the process goes; every call that waits learns it. */
    private void die() {
      over = true;
      process.destroyForcibly();
      EnigmaException stopped = stopped("the enclave process ended");
      ready.completeExceptionally(stopped);
      waiting.values().forEach(answer -> answer.completeExceptionally(stopped));
    }

    /** Closes the child's input, at which it ends; kills it if it does not. */
    private void end() {
      over = true;
      // On a thread of its own: a child that reads nothing would keep a writer, and so the lock,
      // for ever.
      Thread.ofVirtual().start(this::closeInput);
      try {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
      die();
    }

    private void closeInput() {
      try {
        synchronized (out) {
          out.close();
        }
      } catch (IOException e) {
        // It is gone already.
        over = true;
      }
    }
  }
}

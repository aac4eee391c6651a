package network.enigma.platform;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;
import network.enigma.tee.TrustedCore;

/**
 * The main class of an enclave process: answers the frames on its standard input on its standard
 * output. It ends when its input ends, which it does when the host dies however suddenly, and when
 * the host gives no sign of life any more.
 */
public final class EnclaveProcessMain {
  /** Seconds without a frame after which the host counts as dead. */
  static final int HOST_SILENCE_SECONDS = 30;

  private EnclaveProcessMain() {}

  /**
   * @param arguments role, mode, and the state directory
   */
  public static void main(String[] arguments) {
    if (arguments.length != 3) {
      System.err.println("usage: EnclaveProcessMain ROLE MODE DIRECTORY");
      System.exit(2);
    }
    // Standard output belongs to the host: whatever else is printed goes to the log.
    DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16));
    System.setOut(System.err);
    try {
      TrustedCore core =
          Enclaves.core(
              Role.valueOf(arguments[0]), Mode.valueOf(arguments[1]), Path.of(arguments[2]));
      serve(
          core,
          new DataInputStream(
              new BufferedInputStream(new FileInputStream(FileDescriptor.in), 1 << 16)),
          out);
    } catch (EnigmaException e) {
      System.err.println(e.code() + ": " + e.getMessage());
      Runtime.getRuntime().halt(1);
    } catch (IOException e) {
      // The host is gone; so is the reason to be here.
      Runtime.getRuntime().halt(0);
    }
  }

  private static void serve(TrustedCore core, DataInputStream in, DataOutputStream out)
      throws IOException {
    AtomicLong lastFrame = new AtomicLong(System.nanoTime());
    Thread.ofPlatform().daemon().name("host-watch").start(() -> watch(lastFrame));
    send(out, Frame.signOfLife());
    while (true) {
      Frame frame = Frame.read(in);
      lastFrame.set(System.nanoTime());
      if (frame.call() != Frame.SIGN_OF_LIFE) {
        Thread.ofVirtual().start(() -> answer(core, frame, out));
      }
    }
  }

  private static void answer(TrustedCore core, Frame frame, DataOutputStream out) {
    try {
      send(out, new Frame(frame.call(), core.handle(frame.payload())));
    } catch (IOException e) {
      Runtime.getRuntime().halt(0);
    } catch (Throwable e) {
      // A core never throws; one that did is in no state to go on.
      System.err.println("the enclave failed with " + e.getClass().getName());
      Runtime.getRuntime().halt(3);
    }
  }

  private static void send(DataOutputStream out, Frame frame) throws IOException {
    synchronized (out) {
      frame.write(out);
    }
  }

  private static void watch(AtomicLong lastFrame) {
    while (System.nanoTime() - lastFrame.get() < TimeUnit.SECONDS.toNanos(HOST_SILENCE_SECONDS)) {
      try {
        TimeUnit.SECONDS.sleep(1);
      } catch (InterruptedException e) {
        break;
      }
    }
    Runtime.getRuntime().halt(0);
  }
}

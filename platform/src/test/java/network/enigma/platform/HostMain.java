package network.enigma.platform;

import java.io.IOException;
import java.nio.file.Path;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;

/**
 * A host process for tests: starts an enclave process, prints its process id, and stays until it is
 * killed.
 */
final class HostMain {
  private HostMain() {}

  public static void main(String[] arguments) throws IOException {
    try (ChildProcessChannel channel =
        new ChildProcessChannel(Role.KEY_MANAGER, Mode.SIMULATION, Path.of(arguments[0]))) {
      System.out.println(channel.process().pid());
      System.out.flush();
      // Nobody writes to it: the read ends with the process.
      int unused = System.in.read();
    }
  }
}

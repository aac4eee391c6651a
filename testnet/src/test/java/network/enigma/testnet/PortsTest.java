package network.enigma.testnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

final class PortsTest {
  @Test
  void networksThatStartTogetherChooseDifferentPortsBeforeAnybodyListens() {
    int wanted;
    try (Ports first = new Ports();
        Ports second = new Ports()) {
      wanted = first.next(0);
      assertThat(second.next(wanted)).isGreaterThan(wanted);
      assertThat(first.next(wanted)).isGreaterThan(wanted);
    }
    try (Ports later = new Ports()) {
      assertThat(later.next(wanted)).isEqualTo(wanted);
    }
  }

  @Test
  void aPortThatSomethingListensOnGivesWay() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Ports ports = new Ports()) {
      assertThat(ports.next(taken.getLocalPort())).isGreaterThan(taken.getLocalPort());
    }
  }
}

package network.enigma.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;
import network.enigma.protocol.crypto.SecretBytes;
import org.junit.jupiter.api.Test;

/** What a host keeps for an enclave opens for the same program on the same machine only. */
class SealedStateTest {
  private static final Bytes32 NETWORK = Keccak.hashText("network");
  private static final SecretBytes CONTENT =
      SecretBytes.of("content".getBytes(java.nio.charset.StandardCharsets.UTF_8));

  private final Machine machine = machine();
  private final Bytes sealed = SealedState.seal(machine, Role.WORKER, NETWORK, CONTENT);

  private static Machine machine() {
    return new Machine(
        Mode.SIMULATION,
        Bytes32.zero(),
        Entropy.secure(),
        SecretBytes.random(32),
        reportData -> Bytes.empty());
  }

  private static void unreadable(Machine machine, Role role, Bytes32 network, Bytes sealed) {
    assertThatThrownBy(() -> SealedState.open(machine, role, network, sealed))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SEALED_STATE_UNREADABLE));
  }

  @Test
  void opensOnTheSameMachine() {
    assertThat(SealedState.open(machine, Role.WORKER, NETWORK, sealed)).isEqualTo(CONTENT);
  }

  @Test
  void staysClosedOnAnotherMachine() {
    unreadable(machine(), Role.WORKER, NETWORK, sealed);
  }

  @Test
  void staysClosedForAnotherRole() {
    unreadable(machine, Role.KEY_MANAGER, NETWORK, sealed);
  }

  @Test
  void staysClosedForAnotherNetwork() {
    unreadable(machine, Role.WORKER, Keccak.hashText("another network"), sealed);
  }

  @Test
  void neverLooksTheSameTwice() {
    assertThat(SealedState.seal(machine, Role.WORKER, NETWORK, CONTENT)).isNotEqualTo(sealed);
  }

  @Property(tries = 300)
  void staysClosedWithAFlippedBit(
      @ForAll @IntRange(max = 10_000) int where, @ForAll @IntRange(max = 7) int bit) {
    byte[] flipped = sealed.toByteArray();
    flipped[where % flipped.length] ^= (byte) (1 << bit);
    unreadable(machine, Role.WORKER, NETWORK, Bytes.of(flipped));
  }

  @Property(tries = 300)
  void staysClosedForAnyBytes(@ForAll byte[] bytes) {
    unreadable(machine, Role.WORKER, NETWORK, Bytes.of(bytes));
  }
}

package network.enigma.node.follow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import network.enigma.protocol.Bytes32;
import org.junit.jupiter.api.Test;

final class ProvedSlotsTest {
  private static final Bytes32 FIRST = Bytes32.ofUnsigned(1);
  private static final Bytes32 SECOND = Bytes32.ofUnsigned(2);
  private static final List<Bytes32> BOTH = List.of(FIRST, SECOND);

  private final ProvedSlots slots = new ProvedSlots(2);

  @Test
  void whatWasProvedLatelyNeedsNoProof() {
    assertThat(slots.notSince(10, BOTH)).isEqualTo(BOTH);
    slots.saw(slots.begin(), 10, BOTH);
    assertThat(slots.notSince(10, BOTH)).isEmpty();
    assertThat(slots.notSince(11, BOTH)).isEqualTo(BOTH);
  }

  @Test
  void aSlotThatChangedIsProvedAgain() {
    slots.saw(slots.begin(), 10, BOTH);
    slots.changed(FIRST, 11);
    assertThat(slots.notSince(5, BOTH)).containsExactly(FIRST);
    slots.saw(slots.begin(), 11, List.of(FIRST));
    slots.changed(FIRST, 11);
    assertThat(slots.notSince(5, BOTH)).isEmpty();
  }

  @Test
  void aProofUnderWayWhileItsSlotChangesIsNotRemembered() {
    long begun = slots.begin();
    slots.changed(FIRST, 11);
    slots.saw(begun, 10, BOTH);
    assertThat(slots.notSince(5, BOTH)).containsExactly(FIRST);
  }

  @Test
  void aProofUnderWayWhileBlocksAreTakenBackIsNotRemembered() {
    long begun = slots.begin();
    slots.forgetAll();
    slots.saw(begun, 10, BOTH);
    assertThat(slots.notSince(5, BOTH)).isEqualTo(BOTH);
    slots.saw(slots.begin(), 9, BOTH);
    assertThat(slots.notSince(5, BOTH)).isEmpty();
  }

  @Test
  void withTooManySlotsAllAreProvedAgain() {
    slots.saw(slots.begin(), 10, List.of(FIRST, SECOND, Bytes32.ofUnsigned(3)));
    slots.saw(slots.begin(), 10, List.of(FIRST));
    assertThat(slots.notSince(10, BOTH)).containsExactly(SECOND);
  }
}

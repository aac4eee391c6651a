package network.enigma.node.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskRoomTest {
  private static final long GIB = 1L << 30;
  private static final long NO_BOUND = Long.MAX_VALUE;

  @TempDir Path directory;

  @Test
  void aTwentiethOfTheDiskStaysFreeAndAGibibyteAtMost() {
    assertThat(DiskRoom.Measure.of(0, NO_BOUND, 2 * GIB, 10 * GIB).left())
        .isEqualTo(2 * GIB - GIB / 2);
    assertThat(DiskRoom.Measure.of(0, NO_BOUND, 200 * GIB, 1_000 * GIB).left())
        .isEqualTo(199 * GIB);
    assertThat(DiskRoom.Measure.of(0, NO_BOUND, GIB, 1_000 * GIB).takesWork()).isFalse();
  }

  @Test
  void theOperatorsBoundCountsWhenItIsLower() {
    DiskRoom.Measure measure = DiskRoom.Measure.of(3 * GIB, 10 * GIB, 500 * GIB, 1_000 * GIB);
    assertThat(measure.left()).isEqualTo(7 * GIB);
    assertThat(measure.isScarce()).isFalse();
    assertThat(DiskRoom.Measure.of(10 * GIB, 10 * GIB, 500 * GIB, 1_000 * GIB).takesWork())
        .isFalse();
  }

  @Test
  void roomIsScarceBeforeThereIsNone() {
    DiskRoom.Measure measure =
        DiskRoom.Measure.of(9 * GIB + GIB / 2, 10 * GIB, 500 * GIB, 1_000 * GIB);
    assertThat(measure.takesWork()).isTrue();
    assertThat(measure.isScarce()).isTrue();
    assertThat(DiskRoom.Measure.of(0, NO_BOUND, 50 * GIB, 1_000 * GIB).isScarce()).isFalse();
    assertThat(DiskRoom.Measure.of(0, NO_BOUND, 2 * GIB - 1, 1_000 * GIB).isScarce()).isTrue();
  }

  @Test
  void aHostThatUsesWhatItMayRefusesNewWork() throws IOException {
    Files.write(directory.resolve("000001.sst"), new byte[1_000]);

    new DiskRoom(directory, 1_001).requireForWork();

    assertThatThrownBy(() -> new DiskRoom(directory, 1_000).requireForWork())
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FULL));
  }
}

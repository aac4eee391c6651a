package network.enigma.node.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import network.enigma.protocol.Address;
import network.enigma.protocol.Batch;
import network.enigma.protocol.BatchKind;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.TaskOutcome;
import network.enigma.protocol.crypto.SigningKey;
import org.junit.jupiter.api.Test;

/** What the batches of a take-over name (Rule C5). */
final class ReadyBatchTest {
  private static final Bytes32 REALM = Keccak.hash(new byte[] {1});

  /** A batch of one task, whose id is its sequence number. */
  private static ReadyBatch batch(long sequence) {
    return new ReadyBatch(
        new Batch(
            REALM,
            BatchKind.TASKS,
            1,
            1,
            sequence,
            1,
            1,
            Bytes32.zero(),
            Bytes32.zero(),
            Bytes32.zero(),
            List.of(),
            List.of(new TaskOutcome(Bytes32.ofUnsigned(sequence), Outcome.EXECUTED, 0, 1)),
            List.of(),
            Address.zero()),
        1,
        SigningKey.generate().sign(REALM),
        List.of(),
        Bytes32.zero(),
        Optional.empty());
  }

  private static List<Bytes32> named(long overdue) {
    List<ReadyBatch> batches =
        LongStream.rangeClosed(1, 4).mapToObj(ReadyBatchTest::batch).toList();
    return ReadyBatch.takingOver(batches, Bytes32.ofUnsigned(overdue)).stream()
        .map(ReadyBatch::overdue)
        .toList();
  }

  @Test
  void everyBatchUpToTheSettlingOneNamesTheOverdueTask() {
    Bytes32 third = Bytes32.ofUnsigned(3);

    assertThat(named(3)).containsExactly(third, third, third, Bytes32.zero());
  }

  @Test
  void underAChallengeNoBatchNamesATask() {
    assertThat(named(0)).containsOnly(Bytes32.zero());
  }
}

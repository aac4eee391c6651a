package network.enigma.node.follow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import org.junit.jupiter.api.Test;

final class PostedEnvelopeTest {
  private final byte[] envelope = new byte[1_404];
  private final Bytes32 inputHash;
  private final byte[] post;

  PostedEnvelopeTest() {
    for (int i = 0; i < envelope.length; i++) {
      envelope[i] = (byte) (i * 31);
    }
    inputHash = Keccak.hash(envelope);
    byte[] word = new byte[32];
    byte[] account = new byte[20];
    post =
        Enigma.post(
            new Enigma.TaskOrder(
                account, word, account, 1, word, inputHash.toByteArray(), 1, 1, 1, word),
            envelope);
  }

  @Test
  void theEnvelopeIsFoundInAPost() {
    assertThat(PostedEnvelope.in(post, inputHash)).contains(Bytes.of(envelope));
  }

  @Test
  void theEnvelopeIsFoundInAMulticall() {
    byte[] several = Enigma.multicall(List.of(new byte[] {1, 2, 3, 4}, post));
    assertThat(PostedEnvelope.in(several, inputHash)).contains(Bytes.of(envelope));
  }

  @Test
  void nothingElseIsTakenForTheEnvelope() {
    assertThat(PostedEnvelope.in(post, Keccak.hash(new byte[] {1}))).isEmpty();
    assertThat(PostedEnvelope.in(new byte[0], inputHash)).isEmpty();
    assertThat(PostedEnvelope.in(new byte[] {1, 2, 3, 4, 5}, inputHash)).isEmpty();
  }
}

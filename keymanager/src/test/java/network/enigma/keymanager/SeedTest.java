package network.enigma.keymanager;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import network.enigma.ethereum.storage.KeyManagerSlots;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Seed;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import org.junit.jupiter.api.Test;

/** Rule C3: seeds. */
class SeedTest {
  private final ModelNetwork network = ModelNetwork.running();
  private final Member member = network.member(0);

  private KeyManagerRequest.ReleaseSeed release(long epoch) {
    return new KeyManagerRequest.ReleaseSeed(
        epoch, network.chain.proof(KeyManagerSlots.releaseSeed(ModelNetwork.GENERATION)));
  }

  private void epoch(long epoch, long start) {
    network.setCounters(epoch, start);
    network.mine(1);
  }

  @Test
  void aSeedIsReleasedAtTheEndOfTheEpochBeforeAndNotEarlier() {
    long start = network.chain.tip().number();
    epoch(3, start);
    network.mine(ModelNetwork.EPOCH_BLOCKS - 2);
    member.refuses(release(4), ErrorCode.SEED_NOT_DUE);
    network.mine(1);
    KeyManagerResponse.SeedReleased released =
        member.ask(release(4), KeyManagerResponse.SeedReleased.class);
    assertThat(new Seed(4, released.seed()).signer(network.config.domain(), released.signature()))
        .isEqualTo(member.address());
  }

  @Test
  void theFirstSeedEndsEpochZero() {
    epoch(0, network.chain.tip().number());
    member.ask(release(1), KeyManagerResponse.SeedReleased.class);
  }

  @Test
  void onlyTheNextSeedIsReleased() {
    epoch(0, 0);
    member.refuses(release(0), ErrorCode.WRONG_EPOCH);
    member.refuses(release(2), ErrorCode.WRONG_EPOCH);
    member.refuses(release(-1), ErrorCode.WRONG_EPOCH);
  }

  @Test
  void everyEpochHasASeedOfItsOwn() {
    epoch(0, 0);
    Bytes32 first = member.ask(release(1), KeyManagerResponse.SeedReleased.class).seed();
    network.mine(ModelNetwork.EPOCH_BLOCKS);
    epoch(1, 0);
    assertThat(member.ask(release(2), KeyManagerResponse.SeedReleased.class).seed())
        .isNotEqualTo(first);
  }

  @Test
  void aSeedFitsTheTwentyFourBytesOnChain() {
    epoch(0, 0);
    byte[] seed =
        member.ask(release(1), KeyManagerResponse.SeedReleased.class).seed().toByteArray();
    assertThat(Arrays.copyOfRange(seed, 24, 32)).containsOnly(0);
  }

  @Test
  void aWrongMasterSecretReleasesNoSeed() {
    epoch(0, 0);
    network.setGeneration(Keccak.hashText("the check hash of another secret"));
    network.mine(1);
    member.refuses(release(1), ErrorCode.WRONG_MASTER_SECRET);
  }
}

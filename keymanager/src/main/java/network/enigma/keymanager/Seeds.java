package network.enigma.keymanager;

import network.enigma.ethereum.StateProof;
import network.enigma.ethereum.storage.Counters;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Seed;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;

/**
 * Releases the seeds of epochs, each not before the epoch ahead of it has had its length (rule C3).
 */
final class Seeds {
  private final Network network;
  private final Masters masters;

  Seeds(Network network, Masters masters) {
    this.network = network;
    this.masters = masters;
  }

  KeyManagerResponse release(KeyManagerRequest.ReleaseSeed request) {
    EnigmaFacts facts = network.chain().proveRecent(StateProof.decode(request.proof()));
    Counters counters = facts.counters();
    if (request.epoch() != counters.epoch() + 1) {
      throw new EnigmaException(
          ErrorCode.WRONG_EPOCH,
          "the next epoch is " + (counters.epoch() + 1) + ", not " + request.epoch());
    }
    // Epoch 0 has no length of its own: it ends with the first seed.
    long due =
        counters.epoch() == 0
            ? 0
            : counters.epochStart() + network.config().parameters().epochBlocks();
    if (facts.header().number() < due) {
      throw new EnigmaException(
          ErrorCode.SEED_NOT_DUE, "epoch " + counters.epoch() + " lasts until block " + due);
    }
    Bytes32 seed =
        masters.confirmed(facts, counters.generation()).seed(network.hash(), request.epoch());
    return new KeyManagerResponse.SeedReleased(
        network.identity().address(),
        request.epoch(),
        seed,
        network.identity().sign(new Seed(request.epoch(), seed).digest(network.domain())));
  }
}

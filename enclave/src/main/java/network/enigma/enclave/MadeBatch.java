package network.enigma.enclave;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import network.enigma.protocol.Address;
import network.enigma.protocol.Batch;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.channel.WorkerResponse.ReleasedBatch;
import network.enigma.protocol.crypto.Signature;
import network.enigma.tee.message.HeadAnchor;
import network.enigma.tee.message.HeadsReport;
import network.enigma.tee.message.KnownHead;

/**
 * A batch this enclave made or adopted.
 *
 * @param stateHash it leads to
 * @param signature over its Head
 * @param results of its tasks
 * @param sealed its sealed delta or snapshot
 * @param layer what it changes
 * @param margins by payer, how much less its tasks cost than they could have cost at most
 * @param callbacksWaiting whether callbacks are left for the next batch
 */
record MadeBatch(
    Batch batch,
    Bytes32 stateHash,
    Signature signature,
    List<TaskResult> results,
    Bytes sealed,
    StateLayer layer,
    Map<Address, BigInteger> margins,
    boolean callbacksWaiting) {

  /**
   * What key managers acknowledge of an adopted batch: the head and the batch's header, signed. Its
   * line was acknowledged before; how old it is holds up new batches only.
   */
  Bytes anchor(Network network) {
    return anchor(network, span());
  }

  /**
   * What key managers acknowledge of a new batch.
   *
   * @param oldest the oldest uncommitted batch of its line
   */
  Bytes anchor(Network network, HeadsReport.Span oldest) {
    return new HeadAnchor(
            batch.realm(),
            new KnownHead(batch.lease(), batch.endSequence(), stateHash),
            batch.headerNumber(),
            batch.headerHash(),
            oldest)
        .sign(network.identity(), network.hash());
  }

  /** The batch's header and last sequence. */
  HeadsReport.Span span() {
    return new HeadsReport.Span(batch.headerNumber(), batch.headerHash(), batch.endSequence());
  }

  /** As it leaves the enclave once it is anchored. */
  ReleasedBatch released(boolean withResults) {
    return new ReleasedBatch(
        batch, stateHash, signature, withResults ? results : List.of(), callbacksWaiting);
  }
}

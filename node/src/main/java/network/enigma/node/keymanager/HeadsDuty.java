package network.enigma.node.keymanager;

import java.util.ArrayList;
import java.util.List;
import network.enigma.chain.EthereumAccount;
import network.enigma.ethereum.storage.RecordedIncarnation;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.channel.KeyManagerResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a new or restarted key manager into the quorums (rule S3): a member of the first
 * generation counts at once; every other one reads the heads from a quorum of the others; where no
 * such quorum is left, it records a nonce on chain and waits.
 */
final class HeadsDuty {
  private static final Logger LOG = LoggerFactory.getLogger(HeadsDuty.class);

  private final KeyManagerHost host;
  private final EthereumAccount account;
  private final long wait;
  private boolean firstLife;
  private volatile boolean counting;
  private KeyManagerResponse.@Nullable HeadsRequest request;
  private long recordedAt;

  /**
   * @param wait blocks that a nonce must have been on chain
   * @param firstLife whether the enclave is new and has nothing to remember
   */
  HeadsDuty(KeyManagerHost host, EthereumAccount account, long wait, boolean firstLife) {
    this.host = host;
    this.account = account;
    this.wait = wait;
    this.firstLife = firstLife;
  }

  /** Whether the key manager counts in quorums. */
  boolean counting() {
    return counting;
  }

  /** The enclave lost its memory. */
  void restarted() {
    firstLife = false;
    counting = false;
    request = null;
    recordedAt = 0;
  }

  /** Tries to come back. */
  void perform(List<KeyManagerClient> others, long blockNumber) {
    if (counting) {
      return;
    }
    if (firstLife) {
      long generation = host.contract().network().generation();
      if (generation <= 1) {
        // Without a generation there is no network yet, and who is in none has no duty.
        counting = generation == 1 && host.countAsFounder();
        return;
      }
    }
    if (request == null) {
      request = host.requestHeads();
    }
    if (readFrom(others, request) || resumeByNonce(request, blockNumber)) {
      counting = true;
      request = null;
      LOG.info("the key manager counts in quorums again");
    }
  }

  private boolean readFrom(
      List<KeyManagerClient> others, KeyManagerResponse.HeadsRequest question) {
    int quorum = host.contract().generation(host.contract().network().generation()).quorum();
    List<Bytes> reports = new ArrayList<>();
    List<Address> senders = new ArrayList<>();
    for (KeyManagerClient other : others) {
      try {
        Address sender = other.identify().enclave();
        reports.add(
            other
                .readHeads(new KeyManagerCall.ReadHeads(question.message(), host.enclave()))
                .message());
        senders.add(sender);
      } catch (EnigmaException e) {
        LOG.debug("a key manager reported no heads: {}", e.getMessage());
      }
    }
    if (reports.size() < quorum) {
      return false;
    }
    host.loadHeads(reports, senders);
    return true;
  }

  private boolean resumeByNonce(KeyManagerResponse.HeadsRequest question, long blockNumber) {
    if (recordedAt == 0) {
      KeyManagerResponse.NonceSigned signed = host.signNonce();
      recordedAt =
          account
              .execute(
                  host.contract().recordNonce(signed.number(), signed.nonce(), signed.signature()))
              .blockNumber();
      LOG.info("no quorum knows the heads; waiting until block {}", recordedAt + wait + 1);
    }
    if (blockNumber <= recordedAt + wait) {
      return false;
    }
    try {
      host.resumeByNonce();
      return true;
    } catch (EnigmaException e) {
      if (e.code() == ErrorCode.HEADS_UNKNOWN) {
        // The chain lost the nonce, or has it at another block, or another process of this key
        // manager came later.
        RecordedIncarnation latest = host.contract().incarnation(host.enclave());
        recordedAt = latest.isOf(question.nonce()) ? latest.recordedAt() : 0;
      }
      throw e;
    }
  }
}

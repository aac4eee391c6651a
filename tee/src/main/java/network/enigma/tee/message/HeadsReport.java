package network.enigma.tee.message;

import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.EnclaveIdentity;

/**
 * What a key manager knows of all realms, for one that was restarted (rule S3).
 *
 * @param requester incarnation of the one that asked
 * @param incarnations of the one that answers and those it knows of
 * @param headerNumber the highest block it holds
 * @param headerHash its hash
 * @param realms what it knows
 */
public record HeadsReport(
    Bytes32 requester,
    Incarnations incarnations,
    long headerNumber,
    Bytes32 headerHash,
    List<Realm> realms) {
  /** Most realms in a report. */
  public static final int MAXIMUM_REALMS = 1 << 17;

  /** Most heads of a realm in a report. */
  public static final int MAXIMUM_SPANS = 1 << 14;

  public HeadsReport {
    realms = List.copyOf(realms);
  }

  /**
   * What it knows of a realm.
   *
   * @param realm the realm
   * @param highestLease highest number granted or seen on chain
   * @param head highest head
   * @param spans heads acknowledged lately, by their batch's header
   */
  public record Realm(
      Bytes32 realm, long highestLease, Optional<KnownHead> head, List<Span> spans) {
    public Realm {
      spans = List.copyOf(spans);
    }

    private void write(WireWriter writer) {
      writer
          .bytes32(realm)
          .uint64(highestLease)
          .optional(head, (each, known) -> known.write(each))
          .list(spans, (each, span) -> span.write(each));
    }

    private static Realm read(WireReader reader) {
      return new Realm(
          reader.bytes32(),
          reader.uint64(),
          reader.optional(KnownHead::read),
          reader.list(MAXIMUM_SPANS, Span::read));
    }
  }

  /**
   * The heads acknowledged with one batch header.
   *
   * @param headerNumber the batches' header
   * @param headerHash its hash
   * @param endSequence of the last of them
   */
  public record Span(long headerNumber, Bytes32 headerHash, long endSequence) {
    void write(WireWriter writer) {
      writer.uint64(headerNumber).bytes32(headerHash).uint64(endSequence);
    }

    static Span read(WireReader reader) {
      return new Span(reader.uint64(), reader.bytes32(), reader.uint64());
    }
  }

  public Bytes sign(EnclaveIdentity keyManager, Bytes32 networkHash) {
    WireWriter body = new WireWriter().bytes32(requester);
    incarnations.write(body);
    return SignedMessage.sign(
        keyManager,
        networkHash,
        SignedMessage.Kind.HEADS_REPORT,
        body.uint64(headerNumber)
            .bytes32(headerHash)
            .list(realms, (writer, realm) -> realm.write(writer)));
  }

  public static Verified<HeadsReport> open(Bytes message, Bytes32 networkHash) {
    return SignedMessage.open(
        message, networkHash, SignedMessage.Kind.HEADS_REPORT, HeadsReport::read);
  }

  private static HeadsReport read(WireReader reader) {
    return new HeadsReport(
        reader.bytes32(),
        Incarnations.read(reader),
        reader.uint64(),
        reader.bytes32(),
        reader.list(MAXIMUM_REALMS, Realm::read));
  }
}

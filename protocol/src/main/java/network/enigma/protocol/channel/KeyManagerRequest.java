package network.enigma.protocol.channel;

import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.wire.WireReader;

/**
 * What a host asks of a key-manager enclave. Any request can also be answered by {@link
 * SharedResponse.Failure}. Byte strings named {@code message} come from or go to another enclave
 * and are signed by it; byte strings named {@code proof} are state proofs in their wire form, of a
 * header the enclave holds.
 */
public sealed interface KeyManagerRequest
    permits SharedRequest,
        KeyManagerRequest.GenerateMaster,
        KeyManagerRequest.RequestMaster,
        KeyManagerRequest.ServeMaster,
        KeyManagerRequest.ReceiveMaster,
        KeyManagerRequest.Admit,
        KeyManagerRequest.GrantLease,
        KeyManagerRequest.AcknowledgeHead,
        KeyManagerRequest.ReleaseSeed,
        KeyManagerRequest.RequestHeads,
        KeyManagerRequest.ReadHeads,
        KeyManagerRequest.LoadHeads,
        KeyManagerRequest.SignNonce,
        KeyManagerRequest.ResumeByNonce,
        KeyManagerRequest.CountAsFounder {
  byte[] encode();

  /** Reads a request; throws {@code MALFORMED_MESSAGE} or {@code UNKNOWN_REQUEST}. */
  static KeyManagerRequest decode(byte[] message) {
    return ChannelFrame.decode(
        message,
        (kind, reader) ->
            switch (kind) {
              case 1 -> SharedRequest.Configure.read(reader);
              case 2 -> SharedRequest.Attest.read(reader);
              case 3 -> SharedRequest.AdvanceHeaders.read(reader);
              case 32 -> GenerateMaster.read(reader);
              case 33 -> RequestMaster.read(reader);
              case 34 -> ServeMaster.read(reader);
              case 35 -> ReceiveMaster.read(reader);
              case 36 -> Admit.read(reader);
              case 37 -> GrantLease.read(reader);
              case 38 -> AcknowledgeHead.read(reader);
              case 39 -> ReleaseSeed.read(reader);
              case 40 -> RequestHeads.read(reader);
              case 41 -> ReadHeads.read(reader);
              case 42 -> LoadHeads.read(reader);
              case 43 -> ResumeByNonce.read(reader);
              case 44 -> CountAsFounder.read(reader);
              case 45 -> SignNonce.read(reader);
              default -> throw ChannelFrame.unknownKind("key-manager request", kind);
            });
  }

  /**
   * The first member makes the master secret of a generation (rule K5). Answered by {@link
   * KeyManagerResponse.MasterHeld}.
   *
   * @param generation uint32
   */
  record GenerateMaster(long generation) implements KeyManagerRequest {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(32).uint32(generation).toByteArray();
    }

    static GenerateMaster read(WireReader reader) {
      return new GenerateMaster(reader.uint32());
    }
  }

  /**
   * A later member asks another one for the master secret. Answered by {@link
   * KeyManagerResponse.Message}, which goes to the other member's {@link ServeMaster}.
   *
   * @param completed evidence of this enclave with its collateral, whose collateral goes into the
   *     message; empty where the machine gives evidence with all it needs
   */
  record RequestMaster(long generation, Bytes completed) implements KeyManagerRequest {
    /** For a machine whose evidence comes with its collateral. */
    public RequestMaster(long generation) {
      this(generation, Bytes.empty());
    }

    @Override
    public byte[] encode() {
      return ChannelFrame.begin(33).uint32(generation).bytes(completed).toByteArray();
    }

    static RequestMaster read(WireReader reader) {
      return new RequestMaster(reader.uint32(), reader.bytes(SharedResponse.MAXIMUM_EVIDENCE));
    }
  }

  /**
   * Gives the master secret to a listed key manager. Answered by {@link
   * KeyManagerResponse.Message}, which goes to the requester's {@link ReceiveMaster}.
   *
   * @param proof covers the requester's key-manager slot and measurement, the generation record and
   *     the TCB minima
   * @param completed as in {@link RequestMaster}
   */
  record ServeMaster(Bytes message, Bytes proof, Bytes completed) implements KeyManagerRequest {
    /** For a machine whose evidence comes with its collateral. */
    public ServeMaster(Bytes message, Bytes proof) {
      this(message, proof, Bytes.empty());
    }

    @Override
    public byte[] encode() {
      return ChannelFrame.begin(34).bytes(message).bytes(proof).bytes(completed).toByteArray();
    }

    static ServeMaster read(WireReader reader) {
      return new ServeMaster(
          reader.bytes(ChannelFrame.MAXIMUM_MESSAGE),
          reader.bytes(ChannelFrame.MAXIMUM_PROOF),
          reader.bytes(SharedResponse.MAXIMUM_EVIDENCE));
    }
  }

  /**
   * Takes the master secret. Answered by {@link KeyManagerResponse.MasterHeld}.
   *
   * @param proof covers the sender's key-manager slot and measurement, the generation record and
   *     the TCB minima
   */
  record ReceiveMaster(Bytes message, Bytes proof) implements KeyManagerRequest {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(35).bytes(message).bytes(proof).toByteArray();
    }

    static ReceiveMaster read(WireReader reader) {
      return new ReceiveMaster(
          reader.bytes(ChannelFrame.MAXIMUM_MESSAGE), reader.bytes(ChannelFrame.MAXIMUM_PROOF));
    }
  }

  /**
   * Checks an enclave's evidence and signs its admission (rule C1). Answered by {@link
   * KeyManagerResponse.Admitted}.
   *
   * @param role 1 worker, 2 key manager
   * @param nonce the nonce given to {@link SharedRequest.Attest}
   */
  record Admit(Address operator, Address enclave, int role, Bytes32 nonce, Bytes evidence)
      implements KeyManagerRequest {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(36)
          .address(operator)
          .address(enclave)
          .uint8(role)
          .bytes32(nonce)
          .bytes(evidence)
          .toByteArray();
    }

    static Admit read(WireReader reader) {
      return new Admit(
          reader.address(),
          reader.address(),
          reader.uint8(),
          reader.bytes32(),
          reader.bytes(SharedResponse.MAXIMUM_EVIDENCE));
    }
  }

  /**
   * Grants a lease (rule S2). Answered by {@link KeyManagerResponse.LeaseGranted}.
   *
   * @param message the lease request that the worker enclave signed
   * @param overdue for a worker that is not the holder: the posted task that is overdue, zero for
   *     the realm's challenge (rule C5); zero for the holder
   * @param proof at the header the request names; covers the counters, the TCB minima, the realm's
   *     hot, owner and state-hash slots, the number and core of the worker, the generation record,
   *     and for a worker that is not the holder the cores of all ranks and the overdue task or the
   *     challenge
   */
  record GrantLease(Bytes message, Bytes32 overdue, Bytes proof) implements KeyManagerRequest {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(37).bytes(message).bytes32(overdue).bytes(proof).toByteArray();
    }

    static GrantLease read(WireReader reader) {
      return new GrantLease(
          reader.bytes(ChannelFrame.MAXIMUM_MESSAGE),
          reader.bytes32(),
          reader.bytes(ChannelFrame.MAXIMUM_PROOF));
    }
  }

  /**
   * Acknowledges a head (rule S3). Answered by {@link KeyManagerResponse.HeadAcknowledged}.
   *
   * @param message the anchor that the worker enclave signed: the head and the header of its batch
   * @param proof covers the realm's hot and state-hash slots; wanted with {@code COMMIT_OVERDUE},
   *     so that the key manager knows which heads are committed (rule C11)
   */
  record AcknowledgeHead(Bytes message, Optional<Bytes> proof) implements KeyManagerRequest {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(38)
          .bytes(message)
          .optional(proof, (writer, value) -> writer.bytes(value))
          .toByteArray();
    }

    static AcknowledgeHead read(WireReader reader) {
      return new AcknowledgeHead(
          reader.bytes(ChannelFrame.MAXIMUM_MESSAGE),
          reader.optional(value -> value.bytes(ChannelFrame.MAXIMUM_PROOF)));
    }
  }

  /**
   * Releases the seed of an epoch (rule C3). Answered by {@link KeyManagerResponse.SeedReleased}.
   *
   * @param proof covers the counters and the record of their generation
   */
  record ReleaseSeed(long epoch, Bytes proof) implements KeyManagerRequest {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(39).uint64(epoch).bytes(proof).toByteArray();
    }

    static ReleaseSeed read(WireReader reader) {
      return new ReleaseSeed(reader.uint64(), reader.bytes(ChannelFrame.MAXIMUM_PROOF));
    }
  }

  /**
   * A restarted key manager asks the others for the heads they know (rule S3). Answered by {@link
   * KeyManagerResponse.HeadsRequest}; its message goes to the others' {@link ReadHeads}.
   */
  record RequestHeads() implements KeyManagerRequest {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(40).toByteArray();
    }

    static RequestHeads read(WireReader reader) {
      return new RequestHeads();
    }
  }

  /**
   * Tells a restarted key manager the heads known here. Answered by {@link
   * KeyManagerResponse.Message}.
   *
   * @param proof covers the counters, the record of their generation and the requester's listing
   *     and incarnation
   */
  record ReadHeads(Bytes message, Bytes proof) implements KeyManagerRequest {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(41).bytes(message).bytes(proof).toByteArray();
    }

    static ReadHeads read(WireReader reader) {
      return new ReadHeads(
          reader.bytes(ChannelFrame.MAXIMUM_MESSAGE), reader.bytes(ChannelFrame.MAXIMUM_PROOF));
    }
  }

  /**
   * Ends a restart with the reports of a quorum of other key managers. Answered by {@link
   * KeyManagerResponse.Counting}.
   *
   * @param messages reports, each of another key manager
   * @param proof covers the counters, the record of their generation, the reporters' listings and
   *     their and this enclave's incarnations
   */
  record LoadHeads(List<Bytes> messages, Bytes proof) implements KeyManagerRequest {
    /** Most reports in one request. */
    public static final int MAXIMUM_REPORTS = 64;

    public LoadHeads {
      messages = List.copyOf(messages);
    }

    @Override
    public byte[] encode() {
      return ChannelFrame.begin(42)
          .list(messages, (writer, message) -> writer.bytes(message))
          .bytes(proof)
          .toByteArray();
    }

    static LoadHeads read(WireReader reader) {
      return new LoadHeads(
          reader.list(MAXIMUM_REPORTS, item -> item.bytes(ChannelFrame.MAXIMUM_MESSAGE)),
          reader.bytes(ChannelFrame.MAXIMUM_PROOF));
    }
  }

  /**
   * Signs the nonce of this life, for {@code recordNonce}, because no quorum of others is left to
   * read the heads from (rule S3). Answered by {@link KeyManagerResponse.NonceSigned}.
   *
   * @param proof covers this enclave's incarnation
   */
  record SignNonce(Bytes proof) implements KeyManagerRequest {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(45).bytes(proof).toByteArray();
    }

    static SignNonce read(WireReader reader) {
      return new SignNonce(reader.bytes(ChannelFrame.MAXIMUM_PROOF));
    }
  }

  /**
   * Ends a restart when no quorum of others is left: the nonce of {@link
   * KeyManagerResponse.NonceSigned} was recorded on chain more than {@code maxBatchAge +
   * maxHeaderLag} blocks ago. Answered by {@link KeyManagerResponse.Counting}.
   *
   * @param proof covers this enclave's incarnation
   */
  record ResumeByNonce(Bytes proof) implements KeyManagerRequest {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(43).bytes(proof).toByteArray();
    }

    static ResumeByNonce read(WireReader reader) {
      return new ResumeByNonce(reader.bytes(ChannelFrame.MAXIMUM_PROOF));
    }
  }

  /**
   * Lets a key manager in its first life count at once, because it is a member of the first
   * generation: nobody before it acknowledged anything (rule S3). Answered by {@link
   * KeyManagerResponse.Counting}.
   *
   * @param proof covers the counters and this enclave's listing and incarnation
   */
  record CountAsFounder(Bytes proof) implements KeyManagerRequest {
    @Override
    public byte[] encode() {
      return ChannelFrame.begin(44).bytes(proof).toByteArray();
    }

    static CountAsFounder read(WireReader reader) {
      return new CountAsFounder(reader.bytes(ChannelFrame.MAXIMUM_PROOF));
    }
  }
}

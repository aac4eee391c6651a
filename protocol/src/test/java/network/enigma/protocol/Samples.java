package network.enigma.protocol;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import network.enigma.protocol.author.AuthorRequest;
import network.enigma.protocol.author.CallTrace;
import network.enigma.protocol.author.TraceEvent;
import network.enigma.protocol.author.TracedCall;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.crypto.SigningKey;
import network.enigma.protocol.crypto.Suite;

/** Arbitrary values of the protocol for property tests. */
final class Samples {
  static final Eip712Domain DOMAIN =
      new Eip712Domain(31337, Address.lastBytesOf(Keccak.hashText("Enigma")));

  private Samples() {}

  static Arbitrary<byte[]> byteArrays(int longest) {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(longest);
  }

  static Arbitrary<Bytes> bytes(int longest) {
    return byteArrays(longest).map(Bytes::of);
  }

  static Arbitrary<Bytes32> words() {
    return Arbitraries.bytes().array(byte[].class).ofSize(32).map(Bytes32::of);
  }

  static Arbitrary<Address> addresses() {
    return Arbitraries.bytes().array(byte[].class).ofSize(20).map(Address::of);
  }

  static Arbitrary<Long> uint64s() {
    return Arbitraries.longs();
  }

  static Arbitrary<Long> uint32s() {
    return Arbitraries.longs().between(0, 0xffffffffL);
  }

  static Arbitrary<TaskOrder> orders() {
    Arbitrary<TaskOrder> base =
        Combinators.combine(
                addresses(),
                words(),
                addresses(),
                Arbitraries.of(TaskKind.class),
                words(),
                words(),
                uint64s(),
                words())
            .as((sender, realm, target, kind, codeHash, inputHash, number, salt) ->
                new TaskOrder(
                    sender,
                    realm,
                    target,
                    kind,
                    codeHash,
                    inputHash,
                    number,
                    7 * number,
                    number >>> 5,
                    salt));
    return base;
  }

  static Arbitrary<Receipt> receipts() {
    return Combinators.combine(
            words(), uint64s(), Arbitraries.of(Outcome.class), uint64s(), words(), words())
        .as(Receipt::new);
  }

  static Arbitrary<TaskOutcome> outcomes() {
    return Combinators.combine(
            words(),
            Arbitraries.of(Outcome.class),
            Arbitraries.integers().between(1, 65_535),
            uint64s())
        .as((taskId, outcome, code, fee) ->
            new TaskOutcome(taskId, outcome, outcome == Outcome.REFUSED ? code : 0, fee));
  }

  static Arbitrary<CallbackCall> callbacks() {
    return Combinators.combine(
            words(),
            addresses(),
            addresses(),
            Arbitraries.longs().between(0, 1_000_000),
            bytes(100))
        .as(CallbackCall::new);
  }

  static Arbitrary<Batch> batches() {
    return Combinators.combine(
            words(),
            Arbitraries.longs().greaterOrEqual(1),
            Arbitraries.longs().between(1, 1L << 40),
            Arbitraries.longs().between(1, Batch.MAXIMUM_TASKS),
            Combinators.combine(addresses(), uint64s()).as(Charge::new).list().ofMaxSize(5),
            outcomes().list().ofMaxSize(5),
            callbacks().list().ofMaxSize(3),
            addresses())
        .as((word, lease, sequence, count, charges, outcomes, callbacks, payee) ->
            new Batch(
                word,
                BatchKind.TASKS,
                lease,
                lease >>> 3,
                sequence,
                count,
                sequence >>> 2,
                Keccak.hash(word.bytes()),
                word,
                word,
                charges,
                outcomes,
                callbacks,
                payee));
  }

  static Arbitrary<SessionKey> sessions() {
    return Combinators.combine(addresses(), addresses(), words(), uint64s(), uint64s(), uint32s())
        .as(SessionKey::new);
  }

  static Arbitrary<Permit> permits() {
    return Combinators.combine(
            addresses(),
            words(),
            addresses(),
            uint64s(),
            Arbitraries.strings().ofMaxLength(60),
            uint32s())
        .as(Permit::new)
        .filter(permit ->
            new String(
                    permit.label().getBytes(java.nio.charset.StandardCharsets.UTF_8),
                    java.nio.charset.StandardCharsets.UTF_8)
                .equals(permit.label()));
  }

  static Signature anySignature() {
    return SigningKey.fromHex("01".repeat(32)).sign(Keccak.hashText("anything"));
  }

  static Arbitrary<QueryPayload> queryPayloads() {
    Arbitrary<Optional<Permit.SignedSession>> signedSessions =
        sessions().map(session -> new Permit.SignedSession(session, anySignature())).optional();
    Arbitrary<Optional<Permit.Signed>> signedPermits =
        Combinators.combine(permits(), signedSessions)
            .as((permit, session) -> new Permit.Signed(permit, anySignature(), session))
            .optional();
    return Combinators.combine(signedPermits, bytes(200)).as(QueryPayload::new);
  }

  static Arbitrary<Query> queries() {
    return Combinators.combine(words(), addresses(), addresses(), words(), bytes(300))
        .as(Query::new);
  }

  static Arbitrary<Envelope> envelopes() {
    return Arbitraries.oneOf(
        bytes(300).map(Envelope.PublicInput::new),
        Combinators.combine(Arbitraries.of(Suite.class), uint32s(), uint32s(), words(), bytes(300))
            .as((suite, generation, tenure, word, ciphertext) -> {
              byte[] encapsulation = new byte[suite.encapsulationLength()];
              word.copyTo(encapsulation, 0);
              return new Envelope.SealedInput(
                  suite, generation, tenure, Bytes.of(encapsulation), ciphertext);
            }));
  }

  static Arbitrary<CallResult> callResults() {
    List<Optional<ErrorCode>> failures =
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(Optional.<ErrorCode>empty()),
                java.util.Arrays.stream(ErrorCode.values())
                    .filter(ErrorCode::isExecutionFailure)
                    .map(Optional::of))
            .toList();
    return Combinators.combine(
            Arbitraries.of(failures), uint64s(), bytes(100), bytes(40).list().ofMaxSize(3))
        .as(CallResult::new);
  }

  static Arbitrary<AuthorRequest> authorRequests() {
    Arbitrary<Permit.Signed> permits =
        queryPayloads().filter(each -> each.permit().isPresent()).map(each -> each.permit().get());
    return Arbitraries.oneOf(
        Combinators.combine(permits, uint64s(), bytes(100), Arbitraries.of(true, false))
            .as((permit, gas, input, readOnly) ->
                new AuthorRequest.Trace(permit, readOnly, readOnly, gas, input)),
        Combinators.combine(permits, addresses(), words().list().ofMaxSize(3))
            .as(AuthorRequest.Storage::new));
  }

  static Arbitrary<TraceEvent> traceEvents() {
    return Arbitraries.oneOf(
        Combinators.combine(
                Arbitraries.of(TraceEvent.CallKind.class),
                addresses(),
                addresses(),
                bytes(40),
                uint64s())
            .as(TraceEvent.Called::new),
        Combinators.combine(callResults(), bytes(40))
            .as((result, output) ->
                new TraceEvent.Ended(result.failure(), output, result.gasUsed())),
        Combinators.combine(addresses(), words(), words()).as(TraceEvent.SlotRead::new),
        Combinators.combine(addresses(), words(), words(), words()).as(TraceEvent.SlotWritten::new),
        Combinators.combine(addresses(), words().list().ofMaxSize(4), bytes(40))
            .as(TraceEvent.Logged::new),
        Combinators.combine(addresses(), bytes(40)).as(TraceEvent.ConsoleLine::new));
  }

  static Arbitrary<TracedCall> tracedCalls() {
    return Combinators.combine(
            callResults(), traceEvents().list().ofMaxSize(6), Arbitraries.of(true, false))
        .as((result, events, complete) -> new TracedCall(result, new CallTrace(events, complete)));
  }

  static NetworkConfig config() {
    return new NetworkConfig(
        NetworkConfig.Mode.SIMULATION,
        NetworkConfig.HeaderSource.NODE,
        NetworkConfig.FinalityRule.LATEST_K,
        0,
        DOMAIN.chainId(),
        Keccak.hashText("genesis"),
        Keccak.hashText("genesis"),
        DOMAIN.enigma(),
        Keccak.hashText("code"),
        NetworkConfig.Parameters.testnet(3));
  }
}

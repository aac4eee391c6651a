package network.enigma.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import network.enigma.protocol.author.AuthorRequest;
import network.enigma.protocol.author.TracedCall;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/** What holds for every value. */
final class FormatsPropertyTest {
  @Provide
  Arbitrary<TaskOrder> orders() {
    return Samples.orders();
  }

  @Provide
  Arbitrary<Batch> batches() {
    return Samples.batches();
  }

  @Provide
  Arbitrary<Receipt> receipts() {
    return Samples.receipts();
  }

  @Provide
  Arbitrary<List<Receipt>> receiptLists() {
    return Samples.receipts().list().ofMinSize(1).ofMaxSize(40);
  }

  @Provide
  Arbitrary<SessionKey> sessions() {
    return Samples.sessions();
  }

  @Provide
  Arbitrary<QueryPayload> queryPayloads() {
    return Samples.queryPayloads();
  }

  @Provide
  Arbitrary<AuthorRequest> authorRequests() {
    return Samples.authorRequests();
  }

  @Provide
  Arbitrary<TracedCall> tracedCalls() {
    return Samples.tracedCalls();
  }

  @Provide
  Arbitrary<Query> queries() {
    return Samples.queries();
  }

  @Provide
  Arbitrary<Envelope> envelopes() {
    return Samples.envelopes();
  }

  @Provide
  Arbitrary<CallResult> callResults() {
    return Samples.callResults();
  }

  @Provide
  Arbitrary<byte[]> payloads() {
    return Samples.byteArrays(9_000);
  }

  @Provide
  Arbitrary<Bytes32> words() {
    return Samples.words();
  }

  @Provide
  Arbitrary<Address> addresses() {
    return Samples.addresses();
  }

  @Property
  void ordersSurviveTheirEncoding(@ForAll("orders") TaskOrder order) {
    assertThat(TaskOrder.decode(order.encode())).isEqualTo(order);
  }

  @Property
  void batchesSurviveTheirEncodingAndPacking(@ForAll("batches") Batch batch) {
    assertThat(Batch.decode(batch.encode())).isEqualTo(batch);
    assertThat(Batch.unpackCharges(batch.packedCharges())).isEqualTo(batch.charges());
    assertThat(Batch.unpackOutcomes(batch.packedOutcomes())).isEqualTo(batch.outcomes());
  }

  @Property
  void theLeaseStaysOutsideTheStateHash(
      @ForAll("batches") Batch batch, @ForAll("words") Bytes32 previous) {
    Batch adopted = batch.underLease(batch.lease() ^ 1, batch.tenure() ^ 1);
    assertThat(adopted.stateHash(previous)).isEqualTo(batch.stateHash(previous));
    assertThat(adopted.head(previous)).isNotEqualTo(batch.head(previous));
  }

  private static <T> void survives(
      T value, BiConsumer<T, WireWriter> write, Function<WireReader, T> read) {
    WireWriter writer = new WireWriter();
    write.accept(value, writer);
    WireReader reader = new WireReader(writer.toByteArray());
    assertThat(read.apply(reader)).isEqualTo(value);
    reader.end();
  }

  @Property
  void receiptsSurviveTheirEncoding(@ForAll("receipts") Receipt receipt) {
    survives(receipt, Receipt::write, Receipt::read);
  }

  @Property
  void sessionKeysSurviveTheirEncoding(@ForAll("sessions") SessionKey session) {
    survives(session, SessionKey::write, SessionKey::read);
  }

  @Property
  void queriesSurviveTheirEncoding(
      @ForAll("queryPayloads") QueryPayload payload, @ForAll("queries") Query query) {
    assertThat(QueryPayload.decode(payload.encode())).isEqualTo(payload);
    assertThat(Query.decode(query.encode())).isEqualTo(query);
  }

  @Property
  void whatAuthorsAskAndGetSurvivesItsEncoding(
      @ForAll("authorRequests") AuthorRequest request, @ForAll("tracedCalls") TracedCall traced) {
    assertThat(AuthorRequest.isOne(request.encode())).isTrue();
    assertThat(AuthorRequest.decode(request.encode())).isEqualTo(request);
    assertThat(TracedCall.decode(traced.encode())).isEqualTo(traced);
  }

  @Property
  void aQueryIsNoRequestOfAnAuthor(@ForAll("queryPayloads") QueryPayload payload) {
    assertThat(AuthorRequest.isOne(payload.encode())).isFalse();
  }

  @Property
  void envelopesSurviveTheirEncoding(@ForAll("envelopes") Envelope envelope) {
    assertThat(Envelope.decode(envelope.toBytes())).isEqualTo(envelope);
  }

  @Property
  void callResultsSurviveTheirEncoding(@ForAll("callResults") CallResult result) {
    assertThat(CallResult.decode(result.encode())).isEqualTo(result);
  }

  @Property
  void paddingIsUndone(@ForAll("payloads") byte[] payload) {
    byte[] padded = Padding.pad(payload);
    assertThat(Padding.unpad(padded)).isEqualTo(payload);
    assertThat(padded).hasSize(Padding.paddedLength(payload.length));
  }

  @Property(edgeCases = EdgeCasesMode.MIXIN)
  void paddingAddsLittleAndKeepsOrder(@ForAll @IntRange(max = 1 << 24) int length) {
    int padded = Padding.paddedLength(length);
    assertThat(padded).isGreaterThanOrEqualTo(length + 4);
    assertThat(padded - length - 4).isLessThan(Math.max(256, (length + 4) / 8));
    assertThat(Padding.paddedLength(length + 1)).isGreaterThanOrEqualTo(padded);
    assertThat(Padding.paddedLength(padded - 4)).isEqualTo(padded);
  }

  @Property
  void everyReceiptVerifiesAtItsPlaceAndNowhereElse(
      @ForAll("receiptLists") List<Receipt> receipts, @ForAll int choice) {
    MerkleTree tree = MerkleTree.ofReceipts(receipts);
    int index = Math.floorMod(choice, receipts.size());
    Bytes32 leaf = receipts.get(index).leaf();
    List<Bytes32> path = tree.path(index);
    int count = receipts.size();
    assertThat(MerkleTree.verify(leaf, index, count, path, tree.root())).isTrue();
    assertThat(MerkleTree.verify(Keccak.hash(leaf.bytes()), index, count, path, tree.root()))
        .isFalse();
    assertThat(MerkleTree.verify(leaf, index, count, path, leaf)).isEqualTo(count == 1);
    assertThat(MerkleTree.verify(leaf, -1, count, path, tree.root())).isFalse();
    assertThat(MerkleTree.verify(leaf, count, count, path, tree.root())).isFalse();
    List<Bytes32> longer = new java.util.ArrayList<>(path);
    longer.add(leaf);
    assertThat(MerkleTree.verify(leaf, index, count, longer, tree.root())).isFalse();
    if (!path.isEmpty()) {
      assertThat(MerkleTree.verify(leaf, index, count, path.subList(1, path.size()), tree.root()))
          .isFalse();
    }
  }

  @Property(edgeCases = EdgeCasesMode.MIXIN)
  void feesAreTheExactQuotientRoundedUp(@ForAll long gas, @ForAll long price) {
    BigInteger product =
        Bytes32.ofUnsigned(gas).toBigInteger().multiply(Bytes32.ofUnsigned(price).toBigInteger());
    BigInteger[] quotient = product.divideAndRemainder(BigInteger.valueOf(1_000));
    assertThat(Gas.fee(gas, price))
        .isEqualTo(quotient[1].signum() == 0 ? quotient[0] : quotient[0].add(BigInteger.ONE));
  }

  @Property(edgeCases = EdgeCasesMode.MIXIN)
  void chargedGasSaysLittleAboutUsedGas(@ForAll long used) {
    long rounded = Gas.roundedUp(used);
    assertThat(Long.compareUnsigned(rounded, used)).isNotNegative();
    if (rounded != -1) {
      BigInteger added =
          Bytes32.ofUnsigned(rounded)
              .toBigInteger()
              .subtract(Bytes32.ofUnsigned(used).toBigInteger());
      assertThat(added.multiply(BigInteger.valueOf(16)))
          .isLessThanOrEqualTo(Bytes32.ofUnsigned(used).toBigInteger());
      assertThat(Gas.roundedUp(rounded)).isEqualTo(rounded);
      assertThat(Long.bitCount(rounded)).isLessThanOrEqualTo(5);
    }
  }

  @Property
  void chargedGasStaysBetweenBaseAndLimit(
      @ForAll long used, @ForAll long limit, @ForAll long base, @ForAll boolean fullLimit) {
    long charged = Gas.charged(used, limit, fullLimit, base);
    assertThat(Long.compareUnsigned(charged, limit)).isNotPositive();
    if (Long.compareUnsigned(limit, base) >= 0) {
      assertThat(Long.compareUnsigned(charged, base)).isNotNegative();
    }
  }

  @Property
  void theFastPathOfHashesAgreesWithTheGeneralOne(
      @ForAll("words") Bytes32 word, @ForAll("addresses") Address address, @ForAll long number) {
    assertThat(
            Preimage.words("ANY", 5)
                .bytes32(word)
                .address(address)
                .uint(number)
                .uint256(word.toBigInteger())
                .bool(number < 0)
                .hash())
        .isEqualTo(
            Preimage.hash(
                "ANY",
                "bytes32,address,uint64,uint256,bool",
                word,
                address,
                number,
                word.toBigInteger(),
                number < 0));
  }

  @Property
  void everyOrderHasItsOwnId(@ForAll("orders") TaskOrder one, @ForAll("orders") TaskOrder other) {
    assertThat(one.taskId(Samples.DOMAIN).equals(other.taskId(Samples.DOMAIN)))
        .isEqualTo(one.equals(other));
    assertThat(one.taskId(new Eip712Domain(1, Samples.DOMAIN.enigma())))
        .isNotEqualTo(one.taskId(Samples.DOMAIN));
  }

  @Property
  void hexIsUndone(@ForAll("payloads") byte[] bytes) {
    assertThat(Hex.decode(Hex.encode(bytes))).isEqualTo(bytes);
    assertThat(Bytes.fromHex(Bytes.of(bytes).hex())).isEqualTo(Bytes.of(bytes));
  }
}

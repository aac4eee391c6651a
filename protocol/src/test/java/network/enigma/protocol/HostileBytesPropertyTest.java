package network.enigma.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import network.enigma.protocol.author.AuthorRequest;
import network.enigma.protocol.author.StorageValues;
import network.enigma.protocol.author.TracedCall;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.crypto.Suite;
import network.enigma.protocol.wire.WireReader;

/** Decoders answer hostile bytes with an EnigmaException or with a value, and with nothing else. */
final class HostileBytesPropertyTest {
  private static final Map<String, Function<byte[], ?>> DECODERS = new LinkedHashMap<>();

  static {
    DECODERS.put("order", TaskOrder::decode);
    DECODERS.put("batch", Batch::decode);
    DECODERS.put("charges", Batch::unpackCharges);
    DECODERS.put("outcomes", Batch::unpackOutcomes);
    DECODERS.put("receipt", bytes -> Receipt.read(new WireReader(bytes)));
    DECODERS.put("deploy data", bytes -> DeployData.read(new WireReader(bytes)));
    DECODERS.put("session key", bytes -> SessionKey.read(new WireReader(bytes)));
    DECODERS.put("query payload", QueryPayload::decode);
    DECODERS.put("author's request", AuthorRequest::decode);
    DECODERS.put("traced call", TracedCall::decode);
    DECODERS.put("storage values", StorageValues::decode);
    DECODERS.put("query", Query::decode);
    DECODERS.put("envelope", bytes -> Envelope.decode(Bytes.of(bytes)));
    DECODERS.put("padding", Padding::unpad);
    DECODERS.put("call result", CallResult::decode);
    DECODERS.put("network configuration", NetworkConfig::decode);
    DECODERS.put("head", Head::decode);
    DECODERS.put("admission", Admission::decode);
    DECODERS.put("announcement", Announcement::decode);
    DECODERS.put("signature", Signature::of);
    DECODERS.put("response key", bytes -> ResponseKey.decode(SecretBytes.of(bytes)));
    DECODERS.put("text", bytes -> new WireReader(bytes).text());
    DECODERS.put("list", bytes -> new WireReader(bytes).list(1 << 30, WireReader::bytes));
  }

  @Provide
  Arbitrary<byte[]> anything() {
    return Samples.byteArrays(600);
  }

  /** Valid messages, to be damaged. */
  @Provide
  Arbitrary<byte[]> messages() {
    return Arbitraries.oneOf(
        Samples.orders().map(TaskOrder::encode),
        Samples.batches().map(Batch::encode),
        Samples.batches().map(Batch::packedOutcomes),
        Samples.queryPayloads().map(QueryPayload::encode),
        Samples.queries().map(Query::encode),
        Samples.authorRequests().map(AuthorRequest::encode),
        Samples.tracedCalls().map(TracedCall::encode),
        Samples.envelopes().map(Envelope::encode),
        Samples.callResults().map(CallResult::encode),
        Arbitraries.of(List.of(Samples.config())).map(NetworkConfig::encode),
        Samples.byteArrays(300).map(Padding::pad));
  }

  private static void decodeWithEverything(byte[] bytes) {
    DECODERS.forEach((name, decoder) -> {
      try {
        assertThat(decoder.apply(bytes)).as(name).isNotNull();
      } catch (EnigmaException expected) {
        assertThat(expected.code().kind()).as(name).isNotEqualTo(ErrorCode.Kind.INTERNAL);
      }
    });
  }

  @Property
  void randomBytesEndInATypedError(@ForAll("anything") byte[] bytes) {
    decodeWithEverything(bytes);
  }

  @Property
  void damagedMessagesEndInATypedErrorOrAnotherMessage(
      @ForAll("messages") byte[] message, @ForAll int position, @ForAll byte replacement) {
    byte[] damaged = message.clone();
    if (damaged.length > 0) {
      damaged[Math.floorMod(position, damaged.length)] = replacement;
    }
    decodeWithEverything(damaged);
    decodeWithEverything(Arrays.copyOf(message, Math.floorMod(position, message.length + 1)));
    decodeWithEverything(Arrays.copyOf(message, message.length + 1));
  }

  @Property(tries = 50)
  void hostileCiphertextsDoNotOpen(@ForAll("anything") byte[] bytes) {
    for (Suite suite : Suite.values()) {
      byte[] encapsulation = Arrays.copyOf(bytes, suite.encapsulationLength());
      Envelope.SealedInput sealed =
          new Envelope.SealedInput(suite, 1, 1, Bytes.of(encapsulation), Bytes.of(bytes));
      Optional<ErrorCode> error = Optional.empty();
      try {
        sealed.open(
            network.enigma.protocol.crypto.SealingKeyPair.of(
                suite, SecretBytes.of(Keccak.hashText("key").toByteArray())),
            Bytes32.zero(),
            new Envelope.Context(
                Bytes32.zero(),
                Address.zero(),
                TaskKind.CALL,
                Address.zero(),
                Bytes32.zero(),
                Bytes32.zero()));
      } catch (EnigmaException e) {
        error = Optional.of(e.code());
      }
      assertThat(error).hasValue(ErrorCode.DECRYPTION_FAILED);
    }
  }
}

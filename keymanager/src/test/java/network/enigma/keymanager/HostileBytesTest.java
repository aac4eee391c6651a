package network.enigma.keymanager;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import network.enigma.attestation.simulation.SimulatedAuthority;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.ReportData;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.tee.model.ModelChain;
import org.junit.jupiter.api.Test;

/**
 * Rule T1: whatever a host sends, the answer is one of the protocol's, and what goes wrong has a
 * type.
 */
class HostileBytesTest {
  private static final ModelNetwork NETWORK = ModelNetwork.running();
  private static final Member MEMBER = NETWORK.member(0);
  private static final List<byte[]> VALID = valid();

  /** One valid request of every kind. */
  private static List<byte[]> valid() {
    WorkerIdentity holder = NETWORK.worker(1);
    long lease = NETWORK.takeLease(holder, 1);
    Bytes32 nonce = Keccak.hashText("nonce");
    KeyManagerResponse.HeadsRequest heads =
        NETWORK
            .member(1)
            .ask(new KeyManagerRequest.RequestHeads(), KeyManagerResponse.HeadsRequest.class);
    Bytes headsProof = NETWORK.headsProof(NETWORK.members.stream().map(Member::address).toList());
    Bytes question =
        NETWORK.member(1).message(new KeyManagerRequest.RequestMaster(ModelNetwork.GENERATION));
    Bytes asked = MEMBER.message(new KeyManagerRequest.RequestMaster(ModelNetwork.GENERATION));
    Bytes transfer =
        NETWORK
            .member(1)
            .message(
                new KeyManagerRequest.ServeMaster(asked, NETWORK.masterProof(MEMBER.address())));
    Bytes evidence =
        SimulatedAuthority.evidence(
            Role.WORKER,
            ReportData.hash(
                NETWORK.config.hash(), Role.WORKER, holder.address(), holder.address(), nonce),
            NETWORK.chain.tip().timestamp());
    KeyManagerRequest.AcknowledgeHead anchor =
        NETWORK.anchor(holder, lease, 1, Keccak.hashText("state"));
    List<KeyManagerRequest> requests =
        List.of(
            new SharedRequest.Configure(NETWORK.config, MEMBER.sealedState()),
            new SharedRequest.Attest(holder.address(), nonce),
            new SharedRequest.AdvanceHeaders(NETWORK.chain.headersAfter(0)),
            new KeyManagerRequest.GenerateMaster(ModelNetwork.GENERATION),
            new KeyManagerRequest.RequestMaster(ModelNetwork.GENERATION),
            new KeyManagerRequest.ServeMaster(
                question, NETWORK.masterProof(NETWORK.member(1).address())),
            new KeyManagerRequest.ReceiveMaster(
                transfer, NETWORK.masterProof(NETWORK.member(1).address())),
            new KeyManagerRequest.Admit(
                holder.address(), holder.address(), Role.WORKER.number(), nonce, evidence),
            NETWORK.leaseRequest(holder, 2),
            anchor,
            NETWORK.withProof(anchor),
            new KeyManagerRequest.ReleaseSeed(2, headsProof),
            new KeyManagerRequest.RequestHeads(),
            new KeyManagerRequest.ReadHeads(heads.message(), headsProof),
            new KeyManagerRequest.LoadHeads(List.of(heads.message()), headsProof),
            new KeyManagerRequest.SignNonce(headsProof),
            new KeyManagerRequest.ResumeByNonce(headsProof),
            new KeyManagerRequest.CountAsFounder(headsProof));
    return requests.stream().map(KeyManagerRequest::encode).toList();
  }

  private static KeyManagerResponse answer(byte[] request) {
    KeyManagerResponse response = KeyManagerResponse.decode(MEMBER.askBytes(request));
    if (response instanceof SharedResponse.Failure failure) {
      assertThat(failure.code()).as(failure.message()).isNotEqualTo(ErrorCode.INTERNAL);
    }
    return response;
  }

  @Property(tries = 1_000)
  void anyBytesGetATypedAnswer(@ForAll byte[] request) {
    answer(request);
  }

  @Property(tries = 1_000)
  void anyBytesBehindAKnownKindGetATypedAnswer(
      @ForAll @IntRange(max = 50) int kind, @ForAll @Size(max = 300) byte[] rest) {
    byte[] request = new byte[rest.length + 1];
    request[0] = (byte) kind;
    System.arraycopy(rest, 0, request, 1, rest.length);
    answer(request);
  }

  @Property(tries = 2_000)
  void aValidRequestWithAFlippedBitGetsATypedAnswer(
      @ForAll @IntRange(max = 1_000) int which,
      @ForAll @IntRange(max = 10_000_000) int where,
      @ForAll @IntRange(max = 7) int bit) {
    byte[] request = VALID.get(which % VALID.size()).clone();
    // Requests that configure or move the chain would change what the other tries see.
    if (request[0] == 3) {
      return;
    }
    request[where % request.length] ^= (byte) (1 << bit);
    answer(request);
  }

  @Property(tries = 1_000)
  void aTruncatedRequestIsMalformed(
      @ForAll @IntRange(max = 1_000) int which, @ForAll @IntRange(max = 10_000_000) int where) {
    byte[] request = VALID.get(which % VALID.size());
    int length = where % request.length;
    assertThat(answer(Arrays.copyOf(request, length)))
        .isInstanceOfSatisfying(
            SharedResponse.Failure.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.MALFORMED_MESSAGE));
  }

  @Property(tries = 300)
  void aRequestWithSomethingBehindItIsMalformed(
      @ForAll @IntRange(max = 1_000) int which, @ForAll @Size(min = 1, max = 40) byte[] more) {
    byte[] request = VALID.get(which % VALID.size());
    byte[] longer = Arrays.copyOf(request, request.length + more.length);
    System.arraycopy(more, 0, longer, request.length, more.length);
    assertThat(answer(longer))
        .isInstanceOfSatisfying(
            SharedResponse.Failure.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.MALFORMED_MESSAGE));
  }

  @Test
  void aKindThatDoesNotExistIsUnknown() {
    assertThat(answer(new byte[] {(byte) 200}))
        .isInstanceOfSatisfying(
            SharedResponse.Failure.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNKNOWN_REQUEST));
  }

  @Test
  void aListThatClaimsMoreThanThereIsTakesNoMemory() {
    // AdvanceHeaders with 2^32 - 1 headers, LoadHeads with as many reports.
    for (int kind : List.of(3, 42)) {
      assertThat(answer(new byte[] {(byte) kind, -1, -1, -1, -1}))
          .isInstanceOfSatisfying(
              SharedResponse.Failure.class,
              failure -> assertThat(failure.code()).isEqualTo(ErrorCode.MALFORMED_MESSAGE));
    }
  }

  @Test
  void nothingButItsConfigurationIsAnsweredBeforeIt() {
    KeyManagerEnclave fresh = new KeyManagerEnclave(MEMBER.machine());
    for (byte[] request : VALID) {
      if (request[0] != 1) {
        assertThat(KeyManagerResponse.decode(fresh.handle(request)))
            .isInstanceOfSatisfying(
                SharedResponse.Failure.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.NOT_CONFIGURED));
      }
    }
  }

  @Test
  void aSecondNetworkIsRefused() {
    MEMBER.refuses(
        new SharedRequest.Configure(ModelNetwork.config(NETWORK.chain, 99), Bytes.empty()),
        ErrorCode.ALREADY_CONFIGURED);
  }

  @Test
  void aHardwareNetworkIsRefusedBySimulation() {
    NetworkConfig.Parameters some = NETWORK.config.parameters();
    NetworkConfig hardware =
        new NetworkConfig(
            NetworkConfig.Mode.HARDWARE,
            NetworkConfig.HeaderSource.LIGHT_CLIENT,
            NetworkConfig.FinalityRule.FINALIZED,
            0,
            1,
            Bytes32.zero(),
            Bytes32.zero(),
            ModelChain.ENIGMA,
            ModelChain.CODE_HASH,
            new NetworkConfig.Parameters(
                some.epochBlocks(),
                some.tenureEpochs(),
                some.failoverBlocks(),
                some.maxOrderBlocks(),
                some.maxBatchAge(),
                some.maxHeaderLag(),
                1,
                some.drawDelay(),
                some.maxLeases(),
                some.maxStateBytes(),
                some.maxTaskGas(),
                some.minGasPrice(),
                some.baseGas(),
                some.callbackRate()));
    KeyManagerEnclave fresh = new KeyManagerEnclave(MEMBER.machine());
    assertThat(
            KeyManagerResponse.decode(
                fresh.handle(new SharedRequest.Configure(hardware, Bytes.empty()).encode())))
        .isInstanceOfSatisfying(
            SharedResponse.Failure.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION));
  }

  @Test
  void everyRequestReadsBackAsItWasWritten() {
    for (byte[] request : VALID) {
      assertThat(KeyManagerRequest.decode(request).encode()).isEqualTo(request);
    }
  }

  @Test
  void noAnswerHoldsTheMasterSecretInTheOpen() {
    Vault vault = Vault.open(MEMBER.machine(), NETWORK.config.hash(), MEMBER.sealedState());
    byte[] secret =
        vault
            .masters()
            .getFirst()
            .secret(network.enigma.protocol.crypto.SecretAccess.granted())
            .toByteArray(network.enigma.protocol.crypto.SecretAccess.granted());
    List<String> answers = new ArrayList<>();
    for (byte[] request : VALID) {
      answers.add(Bytes.of(MEMBER.askBytes(request)).hex());
    }
    assertThat(answers).noneMatch(answer -> answer.contains(Bytes.of(secret).hex().substring(2)));
    assertThat(Optional.of(vault).toString()).doesNotContain(Bytes.of(secret).hex().substring(2));
  }
}

package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallResult;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Permit;
import network.enigma.protocol.Query;
import network.enigma.protocol.QueryPayload;
import network.enigma.protocol.ResponseKey;
import network.enigma.protocol.SealedResult;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse.Answered;
import network.enigma.protocol.channel.WorkerResponse.Executed;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SigningKey;
import org.junit.jupiter.api.Test;

/** Queries (rule E4). */
class QueryTest {
  private final TestDapp dapp = new TestDapp();
  private final TestRealm realm = dapp.realm;

  private record Sealed(Query query, ResponseKey key) {}

  private Sealed query(Bytes input, Optional<Permit.Signed> permit) {
    Address sender = permit.map(signed -> signed.permit().owner()).orElse(Address.zero());
    Bytes32 salt = Keccak.hashText("query");
    Envelope.Sealed sealed =
        Envelope.seal(
            Leases.SUITE,
            realm.inputKey,
            dapp.testbed.config.hash(),
            Testbed.GENERATION,
            realm.hot.tenure(),
            new Envelope.Context(
                realm.id, dapp.contract, TaskKind.QUERY, sender, salt, Bytes32.zero()),
            new QueryPayload(permit, input).encode());
    return new Sealed(
        new Query(realm.id, dapp.contract, sender, salt, sealed.envelope().toBytes()),
        sealed.responseKey());
  }

  private Optional<Permit.Signed> permit(SigningKey signer, long notAfter, long epoch) {
    return permit(signer, dapp.contract, notAfter, epoch);
  }

  private Optional<Permit.Signed> permit(
      SigningKey signer, Address target, long notAfter, long epoch) {
    Permit permit = new Permit(dapp.user.address(), realm.id, target, notAfter, "balance", epoch);
    return Optional.of(
        new Permit.Signed(
            permit, signer.sign(permit.digest(dapp.testbed.domain())), Optional.empty()));
  }

  private long soon() {
    return dapp.testbed.chain.tip().timestamp() + 1_000;
  }

  private Answered answer(Query query) {
    return (Answered)
        dapp.worker.call(
            new WorkerRequest.AnswerQuery(query, dapp.testbed.chain.proofOfEverything()));
  }

  private CallResult ask(Bytes input, Optional<Permit.Signed> permit) {
    Sealed sealed = query(input, permit);
    Answered answered = answer(sealed.query);
    return CallResult.decode(
        SealedResult.open(sealed.key, sealed.query.id(dapp.testbed.domain()), answered.result())
            .toByteArray(SecretAccess.granted()));
  }

  private ErrorCode refusal(Optional<Permit.Signed> permit) {
    return Testbed.failure(() -> ask(TestRuntime.sender(), permit)).code();
  }

  @Test
  void withoutPermitTheCallerIsNobody() {
    assertThat(ask(TestRuntime.sender(), Optional.empty()).output())
        .isEqualTo(Address.zero().bytes());
  }

  @Test
  void withAPermitTheCallerIsItsOwner() {
    assertThat(ask(TestRuntime.sender(), permit(dapp.user, soon(), 0)).output())
        .isEqualTo(dapp.user.address().bytes());
  }

  @Test
  void aForgedExpiredRevokedOrForeignPermitIsRefused() {
    assertThat(refusal(permit(dapp.owner, soon(), 0))).isEqualTo(ErrorCode.BAD_SIGNATURE);
    assertThat(refusal(permit(dapp.user, dapp.testbed.chain.tip().timestamp() - 1, 0)))
        .isEqualTo(ErrorCode.PERMIT_EXPIRED);
    assertThat(refusal(permit(dapp.user, soon() + 40L * 24 * 3_600, 0)))
        .isEqualTo(ErrorCode.PERMIT_EXPIRED);
    assertThat(refusal(permit(dapp.user, soon(), 1))).isEqualTo(ErrorCode.PERMIT_REVOKED);
    assertThat(refusal(permit(dapp.user, dapp.owner.address(), soon(), 0)))
        .isEqualTo(ErrorCode.WRONG_PERMIT);
  }

  @Test
  void aQuerySeesTheAnchoredHeadOnly() {
    realm.run(dapp.worker, dapp.call(TestRuntime.set("name", "Ada")).build());
    Executed pending =
        realm.execute(dapp.worker, dapp.call(TestRuntime.set("name", "Eve")).build());
    Sealed sealed = query(TestRuntime.get("name"), Optional.empty());
    Answered before = answer(sealed.query);
    assertThat(before.sequence()).isEqualTo(2);
    assertThat(ask(TestRuntime.get("name"), Optional.empty()).output())
        .isEqualTo(Bytes.ofText("Ada"));
    realm.anchor(dapp.worker, pending);
    assertThat(answer(sealed.query).stateHash()).isEqualTo(pending.stateHash());
    assertThat(ask(TestRuntime.get("name"), Optional.empty()).output())
        .isEqualTo(Bytes.ofText("Eve"));
  }

  @Test
  void aQueryThatWritesFailsInsideItsAnswer() {
    assertThat(ask(TestRuntime.set("name", "Ada"), Optional.empty()).failure())
        .contains(ErrorCode.WRITE_PROTECTION);
  }

  @Test
  void anEnvelopeOfATaskIsNoQuery() {
    TestTask task = dapp.call(TestRuntime.get("name")).build();
    Query query =
        new Query(
            realm.id,
            dapp.contract,
            dapp.user.address(),
            task.order().salt(),
            task.input().envelope());
    assertThat(Testbed.failure(() -> answer(query)).code()).isEqualTo(ErrorCode.DECRYPTION_FAILED);
  }

  @Test
  void aQueryUnderAnotherNameDoesNotOpen() {
    Query query = query(TestRuntime.sender(), permit(dapp.user, soon(), 0)).query;
    Query renamed =
        new Query(
            query.realm(), query.target(), dapp.owner.address(), query.salt(), query.envelope());
    assertThat(Testbed.failure(() -> answer(renamed)).code())
        .isEqualTo(ErrorCode.DECRYPTION_FAILED);
  }

  @Test
  void anEnclaveThatIsNoLongerTheHolderAnswersNothing() {
    realm.hot =
        new network.enigma.ethereum.storage.RealmHot(
            realm.hot.sequence(),
            realm.hot.lease() + (1L << 30),
            realm.hot.headerNumber(),
            2,
            realm.hot.tenure(),
            realm.hot.tenureEnd(),
            realm.hot.generation(),
            realm.hot.since(),
            0);
    dapp.testbed.store(realm.id, realm.hot);
    dapp.testbed.mine();
    Sealed sealed = query(TestRuntime.sender(), Optional.empty());
    assertThat(Testbed.failure(() -> answer(sealed.query)).code()).isEqualTo(ErrorCode.NOT_HOLDER);
  }

  @Test
  void aHostThatHidesTheChainGetsNoAnswersFromAStaleHead() {
    dapp.testbed.mine(dapp.testbed.config.parameters().maxHeaderLag() + 1);
    Sealed sealed = query(TestRuntime.sender(), Optional.empty());
    assertThat(
            Testbed.failure(() ->
                    dapp.worker.call(new WorkerRequest.AnswerQuery(sealed.query, Bytes.empty())))
                .code())
        .isEqualTo(ErrorCode.BAD_STATE_PROOF);
  }

  @Test
  void anAnswerIsSealedAnewEachTime() {
    Sealed sealed = query(TestRuntime.sender(), Optional.empty());
    assertThat(answer(sealed.query).result()).isNotEqualTo(answer(sealed.query).result());
  }
}

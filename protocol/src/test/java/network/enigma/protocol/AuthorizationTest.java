package network.enigma.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import network.enigma.protocol.crypto.SigningKey;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Who may order, query, grant and accuse. */
final class AuthorizationTest {
  private static final Eip712Domain DOMAIN = Samples.DOMAIN;
  private static final Bytes32 REALM = Keccak.hashText("realm");
  private static final Address TARGET = Address.lastBytesOf(Keccak.hashText("target"));
  private static final SigningKey OWNER = SigningKey.generate();
  private static final SigningKey KEY = SigningKey.generate();
  private static final SigningKey STRANGER = SigningKey.generate();
  private static final long NOW = 1_000_000;
  private static final long EPOCH = 3;

  private static SessionKey session(long notAfter, long maxFee, long epoch) {
    return new SessionKey(OWNER.address(), KEY.address(), REALM, notAfter, maxFee, epoch);
  }

  private static TaskOrder order(Address sender, Bytes32 realm, long gasLimit) {
    return new TaskOrder(
        sender,
        realm,
        TARGET,
        TaskKind.CALL,
        Bytes32.zero(),
        Bytes32.zero(),
        gasLimit,
        1_000,
        50,
        Bytes32.zero());
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(EnigmaException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static void use(SessionKey session, SigningKey owner, TaskOrder order, SigningKey key) {
    session.requireAllows(
        DOMAIN,
        owner.sign(session.digest(DOMAIN)),
        order,
        key.sign(order.taskId(DOMAIN)),
        NOW,
        EPOCH);
  }

  @Test
  void aSessionKeySignsOrdersOfItsOwner() {
    SessionKey session = session(NOW, 100, EPOCH);
    use(session, OWNER, order(OWNER.address(), REALM, 100), KEY);
    assertRefused(
        ErrorCode.SESSION_FEE_EXCEEDED,
        () -> use(session, OWNER, order(OWNER.address(), REALM, 101), KEY));
    assertRefused(
        ErrorCode.SESSION_FEE_EXCEEDED,
        () -> use(session, OWNER, order(OWNER.address(), REALM, -1L), KEY));
    assertRefused(
        ErrorCode.BAD_SIGNATURE,
        () -> use(session, OWNER, order(STRANGER.address(), REALM, 1), KEY));
    assertRefused(
        ErrorCode.WRONG_REALM,
        () -> use(session, OWNER, order(OWNER.address(), Bytes32.zero(), 1), KEY));
    assertRefused(
        ErrorCode.BAD_SIGNATURE,
        () -> use(session, OWNER, order(OWNER.address(), REALM, 1), STRANGER));
    assertRefused(
        ErrorCode.BAD_SIGNATURE,
        () -> use(session, STRANGER, order(OWNER.address(), REALM, 1), KEY));
  }

  @Test
  void anExpiredOrRevokedSessionKeySignsNothing() {
    TaskOrder order = order(OWNER.address(), REALM, 1);
    assertRefused(
        ErrorCode.SESSION_EXPIRED, () -> use(session(NOW - 1, 100, EPOCH), OWNER, order, KEY));
    assertRefused(
        ErrorCode.SESSION_REVOKED, () -> use(session(NOW, 100, EPOCH - 1), OWNER, order, KEY));
    assertRefused(
        ErrorCode.SESSION_REVOKED, () -> use(session(NOW, 100, EPOCH + 1), OWNER, order, KEY));
  }

  private static Permit permit(long notAfter, long epoch) {
    return new Permit(OWNER.address(), REALM, TARGET, notAfter, "read", epoch);
  }

  private static Address ask(
      Permit permit, SigningKey signer, Optional<Permit.SignedSession> session, Address target) {
    return new Permit.Signed(permit, signer.sign(permit.digest(DOMAIN)), session)
        .requireValid(DOMAIN, REALM, target, NOW, EPOCH);
  }

  @Test
  void aPermitOpensOneContractToItsOwnerForThirtyDaysAtMost() {
    Permit permit = permit(NOW + Permit.MAXIMUM_VALIDITY, EPOCH);
    assertThat(ask(permit, OWNER, Optional.empty(), TARGET)).isEqualTo(OWNER.address());
    assertThat(ask(permit(NOW, EPOCH), OWNER, Optional.empty(), TARGET)).isEqualTo(OWNER.address());
    assertRefused(
        ErrorCode.PERMIT_EXPIRED,
        () -> ask(permit(NOW - 1, EPOCH), OWNER, Optional.empty(), TARGET));
    assertRefused(
        ErrorCode.PERMIT_EXPIRED,
        () ->
            ask(permit(NOW + Permit.MAXIMUM_VALIDITY + 1, EPOCH), OWNER, Optional.empty(), TARGET));
    assertRefused(
        ErrorCode.PERMIT_EXPIRED, () -> ask(permit(-1L, EPOCH), OWNER, Optional.empty(), TARGET));
    assertRefused(
        ErrorCode.PERMIT_REVOKED,
        () -> ask(permit(NOW, EPOCH + 1), OWNER, Optional.empty(), TARGET));
    assertRefused(
        ErrorCode.WRONG_PERMIT, () -> ask(permit, OWNER, Optional.empty(), Address.zero()));
    assertRefused(ErrorCode.BAD_SIGNATURE, () -> ask(permit, STRANGER, Optional.empty(), TARGET));
    assertRefused(ErrorCode.BAD_SIGNATURE, () -> ask(permit, KEY, Optional.empty(), TARGET));
  }

  @Test
  void aSessionKeySignsPermitsOfItsOwner() {
    SessionKey session = session(NOW, 0, EPOCH);
    Optional<Permit.SignedSession> signed =
        Optional.of(new Permit.SignedSession(session, OWNER.sign(session.digest(DOMAIN))));
    Permit permit = permit(NOW, EPOCH);
    assertThat(ask(permit, KEY, signed, TARGET)).isEqualTo(OWNER.address());
    assertRefused(ErrorCode.BAD_SIGNATURE, () -> ask(permit, STRANGER, signed, TARGET));
    Permit another = new Permit(STRANGER.address(), REALM, TARGET, NOW, "read", EPOCH);
    assertRefused(ErrorCode.WRONG_PERMIT, () -> ask(another, KEY, signed, TARGET));
  }

  @Test
  void headsOfTwoEnclavesAreNoEquivocation() {
    Head one = new Head(REALM, 1, 2, Keccak.hashText("a"));
    Head other = new Head(REALM, 1, 2, Keccak.hashText("b"));
    assertRefused(
        ErrorCode.BAD_PROOF,
        () ->
            new Equivocation(
                    one, OWNER.sign(one.digest(DOMAIN)), other, KEY.sign(other.digest(DOMAIN)))
                .offender(DOMAIN));
  }

  @Test
  void deployDataMustLeadToTheOrdersTarget() {
    DeployData data = DeployData.immutable(Bytes.of(new byte[] {1, 2}), 0);
    Bytes32 salt = Keccak.hashText("salt");
    Address target = data.target(REALM, OWNER.address(), salt);
    TaskOrder order =
        new TaskOrder(
            OWNER.address(),
            REALM,
            target,
            TaskKind.DEPLOY,
            data.codeHash(),
            Bytes32.zero(),
            1,
            1,
            1,
            salt);
    data.requireMatches(order);
    assertRefused(
        ErrorCode.CODE_MISMATCH,
        () -> DeployData.immutable(Bytes.of(new byte[] {1}), 0).requireMatches(order));
    assertRefused(
        ErrorCode.DEPLOY_DATA_MISMATCH,
        () -> new DeployData(data.code(), 0, OWNER.address(), 0).requireMatches(order));
    assertRefused(
        ErrorCode.DEPLOY_DATA_MISMATCH,
        () -> new DeployData(data.code(), 1, Address.zero(), 0).requireMatches(order));
  }
}

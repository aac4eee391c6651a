package network.enigma.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.crypto.Suite;
import network.enigma.tee.RealmKeys.StateKind;
import org.junit.jupiter.api.Test;

/** Rules K3 to K5: where the keys of a realm come from. */
class RealmSecretTest {
  private static final Bytes32 NETWORK = Keccak.hashText("network");
  private static final Bytes32 REALM = Keccak.hashText("realm");

  private final MasterSecret master = new MasterSecret(1, SecretBytes.of(new byte[32]));

  private static RealmKeys keys(MasterSecret master, Bytes32 network, Bytes32 realm, long tenure) {
    return new RealmKeys(
        RealmSecret.combine(
            network,
            realm,
            master.generation(),
            tenure,
            List.of(RealmSecret.partial(master, network, realm, tenure))));
  }

  private Bytes32 keyHash(MasterSecret master, Bytes32 network, Bytes32 realm, long tenure) {
    return keys(master, network, realm, tenure).inputKeyHash(Suite.X_WING);
  }

  @Test
  void everyTenureRealmGenerationAndNetworkHasItsOwn() {
    Set<Bytes32> hashes = new HashSet<>();
    hashes.add(keyHash(master, NETWORK, REALM, 1));
    hashes.add(keyHash(master, NETWORK, REALM, 2));
    hashes.add(keyHash(master, NETWORK, Keccak.hashText("another realm"), 1));
    hashes.add(keyHash(master, Keccak.hashText("another network"), REALM, 1));
    hashes.add(keyHash(new MasterSecret(2, SecretBytes.of(new byte[32])), NETWORK, REALM, 1));
    assertThat(hashes).hasSize(5);
  }

  @Test
  void everyHolderOfATenureHasTheSame() {
    assertThat(keyHash(master, NETWORK, REALM, 7)).isEqualTo(keyHash(master, NETWORK, REALM, 7));
  }

  @Test
  void severalPartialSecretsMakeOneWhateverTheirOrder() {
    PartialSecret first = new PartialSecret(0, SecretBytes.random(32));
    PartialSecret second = new PartialSecret(1, SecretBytes.random(32));
    RealmKeys one =
        new RealmKeys(RealmSecret.combine(NETWORK, REALM, 1, 1, List.of(first, second)));
    RealmKeys other =
        new RealmKeys(RealmSecret.combine(NETWORK, REALM, 1, 1, List.of(second, first, second)));
    RealmKeys half = new RealmKeys(RealmSecret.combine(NETWORK, REALM, 1, 1, List.of(first)));
    assertThat(other.inputKeyHash(Suite.X_WING)).isEqualTo(one.inputKeyHash(Suite.X_WING));
    assertThat(half.inputKeyHash(Suite.X_WING)).isNotEqualTo(one.inputKeyHash(Suite.X_WING));
  }

  @Test
  void partialSecretsThatContradictEachOtherMakeNone() {
    refuses(
        List.of(
            new PartialSecret(0, SecretBytes.random(32)),
            new PartialSecret(0, SecretBytes.random(32))));
  }

  @Test
  void aMissingPartialSecretMakesNone() {
    refuses(List.of(new PartialSecret(1, SecretBytes.random(32))));
    refuses(List.of());
  }

  private static void refuses(List<PartialSecret> parts) {
    assertThatThrownBy(() -> RealmSecret.combine(NETWORK, REALM, 1, 1, parts))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.QUORUM_NOT_REACHED));
  }

  @Test
  void everyStateCiphertextHasAKeyOfItsOwn() {
    RealmKeys keys = keys(master, NETWORK, REALM, 1);
    Bytes32 salt = Keccak.hashText("salt");
    assertThat(
            List.of(
                keys.stateKey(StateKind.DELTA, salt, 1, 1),
                keys.stateKey(StateKind.SNAPSHOT, salt, 1, 1),
                keys.stateKey(StateKind.DELTA, Keccak.hashText("another salt"), 1, 1),
                keys.stateKey(StateKind.DELTA, salt, 2, 1),
                keys.stateKey(StateKind.DELTA, salt, 1, 2)))
        .doesNotHaveDuplicates();
    byte[] sealed = keys.stateKey(StateKind.DELTA, salt, 1, 1).seal(new byte[] {1}, new byte[0]);
    assertThat(keys.stateKey(StateKind.DELTA, salt, 1, 1).open(sealed, new byte[0]))
        .containsExactly(1);
    assertThatThrownBy(
            () -> keys.stateKey(StateKind.SNAPSHOT, salt, 1, 1).open(sealed, new byte[0]))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.DECRYPTION_FAILED));
  }

  @Test
  void theCheckHashTellsMasterSecretsApart() {
    assertThat(new MasterSecret(1, SecretBytes.random(32)).checkHash(NETWORK))
        .isNotEqualTo(master.checkHash(NETWORK));
  }

  @Test
  void noSecretIsPrinted() {
    SecretBytes secret = SecretBytes.random(32);
    String hex =
        network.enigma.protocol.Hex.encode(secret.toByteArray(SecretAccess.granted())).substring(2);
    assertThat(new MasterSecret(1, secret).toString()).doesNotContain(hex);
    assertThat(new PartialSecret(0, secret).toString()).doesNotContain(hex);
  }
}

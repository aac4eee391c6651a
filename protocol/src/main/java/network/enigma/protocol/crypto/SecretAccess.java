package network.enigma.protocol.crypto;

/**
 * The token that every read of a secret's bytes needs. It protects nothing by itself: it makes each
 * place that handles raw secrets visible to a search for {@code SecretAccess.granted()}.
 */
public final class SecretAccess {
  private static final SecretAccess GRANTED = new SecretAccess();

  private SecretAccess() {}

  public static SecretAccess granted() {
    return GRANTED;
  }
}

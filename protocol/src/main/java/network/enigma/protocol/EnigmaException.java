package network.enigma.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The one exception with which Enigma answers bad input and failed operations. It carries a code
 * that both clients, the nodes and the documentation share; its message never contains a secret.
 */
public final class EnigmaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  public EnigmaException(ErrorCode code, String message) {
    this(code, message, null);
  }

  public EnigmaException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }

  @Override
  public String toString() {
    return "EnigmaException[" + code + "]: " + getMessage();
  }
}

package network.enigma.chain;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import network.enigma.contracts.Enigma;
import network.enigma.contracts.EnigmaToken;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Why a contract reverted, kept as the cause of the {@link EnigmaException} that reports it:
 * callers that need an argument of the custom error (the block at which to try again, say) find it
 * here.
 */
public final class Revert extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int ERROR_STRING = 0x08c379a0;
  private static final int PANIC = 0x4e487b71;
  private static final int LONGEST_REASON = 1_000;

  private final transient Bytes data;
  private final transient Enigma.@Nullable Failure failure;

  private Revert(String message, Bytes data, Enigma.@Nullable Failure failure) {
    super(message, null, false, false);
    this.data = data;
    this.failure = failure;
  }

  /** What the contract returned. */
  public Bytes data() {
    return data;
  }

  /** The custom error of the Enigma contract, if it is one. */
  public Optional<Enigma.Failure> failure() {
    return Optional.ofNullable(failure);
  }

  /** The custom error of the Enigma contract that an exception reports, if it is one. */
  public static Optional<Enigma.Failure> failureOf(EnigmaException exception) {
    return exception.getCause() instanceof Revert revert ? revert.failure() : Optional.empty();
  }

  /** The typed error for revert data. */
  static EnigmaException exception(Bytes data) {
    byte[] bytes = data.toByteArray();
    try {
      Optional<Enigma.Failure> failure = Enigma.Failure.decode(bytes);
      if (failure.isPresent()) {
        Enigma.Failure known = failure.get();
        return exception(codeOf(known.name()), text(known), data, known);
      }
      Optional<EnigmaToken.Failure> token = EnigmaToken.Failure.decode(bytes);
      if (token.isPresent()) {
        return exception(codeOf(token.get().name()), token.get().toString(), data, null);
      }
    } catch (RuntimeException e) {
      return exception(ErrorCode.TRANSACTION_FAILED, "a malformed error " + data, data, null);
    }
    return exception(ErrorCode.TRANSACTION_FAILED, words(bytes, data), data, null);
  }

  private static String text(Enigma.Failure failure) {
    return switch (failure) {
      case Enigma.Failure.BadArgument bad -> "BadArgument(" + shortText(bad.what()) + ")";
      case Enigma.Failure.BadParameters bad -> "BadParameters(" + shortText(bad.what()) + ")";
      default -> failure.toString();
    };
  }

  /** A word that Solidity made of a short text. */
  private static String shortText(byte[] word) {
    return new String(word, StandardCharsets.US_ASCII).replace("\0", "");
  }

  private static EnigmaException exception(
      ErrorCode code, String reason, Bytes data, Enigma.@Nullable Failure failure) {
    String message = "the contract reverted: " + reason;
    return new EnigmaException(code, message, new Revert(message, data, failure));
  }

  private static String words(byte[] bytes, Bytes data) {
    if (bytes.length == 0) {
      return "no reason given";
    }
    int selector = bytes.length < 4 ? 0 : new BigInteger(1, bytes, 0, 4).intValue();
    if (selector == ERROR_STRING && bytes.length >= 68) {
      int length =
          new BigInteger(1, bytes, 36, 32).min(BigInteger.valueOf(LONGEST_REASON)).intValue();
      return new String(bytes, 68, Math.min(length, bytes.length - 68), StandardCharsets.UTF_8);
    }
    if (selector == PANIC && bytes.length == 36) {
      return "panic 0x" + new BigInteger(1, bytes, 4, 32).toString(16);
    }
    return data.toString();
  }

  /**
   * Custom errors that an {@link ErrorCode} stands for; those of the same name map by themselves.
   */
  private static ErrorCode codeOf(String error) {
    return switch (error) {
      case "InsufficientBalance", "ERC20InsufficientBalance", "ERC20InsufficientAllowance" ->
          ErrorCode.BALANCE_TOO_SMALL;
      case "NotAuthorized", "OwnableUnauthorizedAccount" -> ErrorCode.NOT_PERMITTED;
      case "WrongSigner", "ECDSAInvalidSignature", "ECDSAInvalidSignatureS" ->
          ErrorCode.BAD_SIGNATURE;
      case "QuorumMissing" -> ErrorCode.QUORUM_NOT_REACHED;
      case "InputMismatch" -> ErrorCode.INPUT_HASH_MISMATCH;
      case "WrongKind" -> ErrorCode.UNSUPPORTED_KIND;
      case "WrongExpiry" -> ErrorCode.EXPIRED_ORDER;
      case "WrongGasLimit" -> ErrorCode.GAS_LIMIT_TOO_HIGH;
      case "NotExpired" -> ErrorCode.NOT_REFUNDABLE;
      case "NotReleased" -> ErrorCode.STILL_BONDED;
      case "UnknownWorker" -> ErrorCode.WORKER_NOT_ACTIVE;
      case "UnknownMeasurement", "KeyManagerListing" -> ErrorCode.NOT_LISTED;
      case "BadArgument" -> ErrorCode.INVALID_ARGUMENT;
      default -> ErrorCode.fromName(error).orElse(ErrorCode.TRANSACTION_FAILED);
    };
  }
}

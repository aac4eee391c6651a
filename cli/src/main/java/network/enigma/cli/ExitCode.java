package network.enigma.cli;

import network.enigma.protocol.ErrorCode;

/** What the process returns. Scripts may rely on these numbers. */
public final class ExitCode {
  public static final int OK = 0;
  public static final int INTERNAL = 1;
  public static final int USAGE = 2;

  /** The input was refused or the contract reverted: trying the same again gives the same. */
  public static final int USER = 3;

  /** Ethereum, a node or the network did not do its part: trying again may help. */
  public static final int NETWORK = 4;

  /** An enclave or its evidence was refused. */
  public static final int ENCLAVE = 5;

  /** The machine or a directory is not fit (as in sysexits.h, EX_CONFIG). */
  public static final int CONFIGURATION = 78;

  private ExitCode() {}

  static int of(ErrorCode code) {
    if (code.number() >= 600 && code.number() < 700) {
      return CONFIGURATION;
    }
    return switch (code.kind()) {
      case USER -> USER;
      case NETWORK -> NETWORK;
      case ENCLAVE -> ENCLAVE;
      case INTERNAL -> INTERNAL;
    };
  }
}

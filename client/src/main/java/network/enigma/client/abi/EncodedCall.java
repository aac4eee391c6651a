package network.enigma.client.abi;

import network.enigma.protocol.Bytes;

/**
 * A call ready to be sealed.
 *
 * @param signature canonical, {@code name(type,type)}
 * @param input selector and encoded arguments
 * @param outputs the types the function returns
 * @param readOnly whether the function is declared view or pure
 */
public record EncodedCall(String signature, Bytes input, OutputTypes outputs, boolean readOnly) {
  /** The input is the caller's secret and stays out of logs. */
  @Override
  public String toString() {
    return "EncodedCall[" + signature + "]";
  }
}

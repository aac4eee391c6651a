package network.enigma.runtime;

import network.enigma.protocol.Bytes;
import org.jspecify.annotations.Nullable;

/** The committed contract part of a realm's key-value map (Rule S1), as a runtime reads it. */
public interface StateView {

  /**
   * The value at a key, or null if there is none. The caller must not change the array.
   *
   * @param key any byte string a runtime chose earlier
   */
  byte @Nullable [] get(Bytes key);

  /**
   * The size of the contract part: the lengths of all keys and all values added up, in bytes.
   * {@link Limits#stateBytes} is compared with this figure.
   */
  long sizeInBytes();
}

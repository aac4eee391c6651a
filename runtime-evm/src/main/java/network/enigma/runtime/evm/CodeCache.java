package network.enigma.runtime.evm;

import java.util.LinkedHashMap;
import java.util.Map;
import network.enigma.protocol.Bytes32;
import org.jspecify.annotations.Nullable;

/** Analysed code by its hash, the least recently used forgotten first. Safe for several threads. */
final class CodeCache {
  private final long capacity;
  private final LinkedHashMap<Bytes32, Code> codes = new LinkedHashMap<>(256, 0.75f, true);
  private long size;

  /**
   * @param capacity bytes of code kept at most
   */
  CodeCache(long capacity) {
    this.capacity = capacity;
  }

  synchronized @Nullable Code get(Bytes32 hash) {
    return codes.get(hash);
  }

  synchronized void put(Bytes32 hash, Code code) {
    if (codes.put(hash, code) != null) {
      return;
    }
    size += weight(code);
    var oldest = codes.entrySet().iterator();
    while (size > capacity && oldest.hasNext()) {
      Map.Entry<Bytes32, Code> entry = oldest.next();
      size -= weight(entry.getValue());
      oldest.remove();
    }
  }

  /** Bytes of code held at present. */
  synchronized long size() {
    return size;
  }

  private static long weight(Code code) {
    return code.bytes.length + code.length / 8;
  }
}

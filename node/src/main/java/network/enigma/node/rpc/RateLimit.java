package network.enigma.node.rpc;

import java.util.LinkedHashMap;
import java.util.Map;

/** A bucket of requests for each address, filled at a steady rate. */
final class RateLimit {
  private static final int MOST_ADDRESSES = 10_000;

  private static final class Bucket {
    private double tokens;
    private long filledAt;

    Bucket(double tokens, long filledAt) {
      this.tokens = tokens;
      this.filledAt = filledAt;
    }
  }

  private final double perSecond;
  private final double burst;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MOST_ADDRESSES;
        }
      };

  RateLimit(double perSecond, double burst) {
    this.perSecond = perSecond;
    this.burst = burst;
  }

  /** Takes one request out of the address's bucket. */
  boolean admits(String address, long nanoTime) {
    synchronized (buckets) {
      Bucket bucket = buckets.computeIfAbsent(address, key -> new Bucket(burst, nanoTime));
      double refill = (nanoTime - bucket.filledAt) * 1e-9 * perSecond;
      bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, refill));
      bucket.filledAt = nanoTime;
      if (bucket.tokens < 1) {
        return false;
      }
      bucket.tokens -= 1;
      return true;
    }
  }
}

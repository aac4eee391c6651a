package network.enigma.tee;

/**
 * A trusted core behind the enclave channel (rule T1): a passive state machine, a request of bytes
 * in, an answer of bytes out. It reads every request as hostile input and answers what it refuses
 * with a typed failure; it never throws.
 *
 * <p>Threads: may be called by many at the same time and serialises for each realm what must be
 * serialised.
 */
@FunctionalInterface
public interface TrustedCore {
  byte[] handle(byte[] request);
}

package network.enigma.node.follow;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;
import network.enigma.chain.ProofSource;
import network.enigma.ethereum.BlockHeader;
import network.enigma.node.enclave.WorkerEnclave;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * State proofs for the enclave, left out where it saw the same slots proved lately: most batches
 * need none.
 */
public final class ProofCache {
  private static final int MOST_SLOTS = 100_000;
  private static final int MOST_FETCHED = 64;

  private final ProofSource source;
  private final WorkerEnclave enclave;

  private final ProvedSlots proved = new ProvedSlots(MOST_SLOTS);

  private record Wanted(Bytes32 headerHash, List<Bytes32> slots, Set<Address> accounts) {}

  /** The last proofs the endpoint made. */
  private final Map<Wanted, Bytes> fetched =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Wanted, Bytes> eldest) {
          return size() > MOST_FETCHED;
        }
      };

  /** Held while a proof is fetched and shown, by what it is about. */
  private final ReentrantLock[] turns =
      Stream.generate(ReentrantLock::new).limit(64).toArray(ReentrantLock[]::new);

  private final AtomicLong lives = new AtomicLong(1);

  public ProofCache(ProofSource source, WorkerEnclave enclave) {
    this.source = source;
    this.enclave = enclave;
  }

  /** The chain changed a slot in a block: it is proved again. */
  public void changed(Bytes32 slot, long block) {
    proved.changed(slot, block);
  }

  /** The chain took blocks back: everything is proved again. */
  public void forgetAll() {
    proved.forgetAll();
  }

  /**
   * Sends a request with the proof it needs: the part the enclave has not seen lately, and, should
   * the enclave disagree about that, all of it.
   *
   * @param always slots that are proved with every request
   */
  public <T> T with(
      BlockHeader header, Collection<Bytes32> slots, boolean always, Function<Bytes, T> request) {
    return with(header, slots, always, Set.of(), request);
  }

  /**
   * Sends a request with the proof it needs, of some slots of Enigma and of some other accounts.
   *
   * @param always slots that are proved with every request
   * @param accounts are proved with every request, at the header
   */
  public <T> T with(
      BlockHeader header,
      Collection<Bytes32> slots,
      boolean always,
      Set<Address> accounts,
      Function<Bytes, T> request) {
    List<Bytes32> needed = always ? List.copyOf(slots) : notProvedLately(header, slots);
    if (always || needed.isEmpty() || !accounts.isEmpty()) {
      return with(header, slots, needed, accounts, request);
    }
    // Whoever needs the same proof meanwhile waits until the enclave has seen it.
    ReentrantLock turn = turns[Math.floorMod(needed.hashCode(), turns.length)];
    turn.lock();
    try {
      needed = notProvedLately(header, slots);
      if (!needed.isEmpty()) {
        return with(header, slots, needed, accounts, request);
      }
    } finally {
      turn.unlock();
    }
    return with(header, slots, needed, accounts, request);
  }

  private <T> T with(
      BlockHeader header,
      Collection<Bytes32> slots,
      List<Bytes32> needed,
      Set<Address> accounts,
      Function<Bytes, T> request) {
    try {
      return proving(header, needed, accounts, request);
    } catch (EnigmaException e) {
      boolean wantsProof = e.code() == ErrorCode.BAD_STATE_PROOF && needed.size() < slots.size();
      if (!wantsProof) {
        throw e;
      }
      return proving(header, List.copyOf(slots), accounts, request);
    }
  }

  private <T> T proving(
      BlockHeader header, List<Bytes32> slots, Set<Address> accounts, Function<Bytes, T> request) {
    long begun = proved.begin();
    Bytes proof =
        slots.isEmpty() && accounts.isEmpty() ? Bytes.empty() : fetched(header, slots, accounts);
    T answer = request.apply(proof);
    proved.saw(begun, header.number(), slots);
    return answer;
  }

  /** A proof of a block's state; the endpoint makes it once for all that ask for the same. */
  private Bytes fetched(BlockHeader header, List<Bytes32> slots, Set<Address> accounts) {
    Wanted wanted = new Wanted(header.hash(), slots, Set.copyOf(accounts));
    synchronized (fetched) {
      Bytes known = fetched.get(wanted);
      if (known != null) {
        return known;
      }
    }
    Map<Address, Collection<Bytes32>> proofOf = new LinkedHashMap<>();
    accounts.forEach(account -> proofOf.put(account, List.of()));
    proofOf.put(enclave.network().enigma(), slots);
    Bytes proof = source.prove(header, proofOf).encode();
    synchronized (fetched) {
      fetched.put(wanted, proof);
    }
    return proof;
  }

  private List<Bytes32> notProvedLately(BlockHeader header, Collection<Bytes32> slots) {
    long oldest = header.number() - enclave.network().parameters().maxHeaderLag() / 2;
    long life = enclave.lives();
    if (lives.getAndSet(life) != life) {
      proved.forgetAll();
    }
    return proved.notSince(oldest, slots);
  }
}

package network.enigma.enclave;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import network.enigma.ethereum.StateProof;
import network.enigma.ethereum.storage.Allocation;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.ethereum.storage.PostedTask;
import network.enigma.ethereum.storage.RealmHot;
import network.enigma.ethereum.storage.RealmOwner;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.tee.ChainView;

/**
 * What was proved of one realm on chain (Rule S6). A fact counts while its header lies at most
 * {@code maxHeaderLag} below the one it is wanted at, so that a host proves an allocation once in
 * that many blocks and not for each task. That is safe: what an account takes back stays in the
 * contract for longer ({@code leaveDelay}).
 */
final class RealmFacts {
  private static final int MOST_ALLOCATIONS = 100_000;

  private record Known<T>(long headerNumber, T value) {}

  private final Bytes32 realm;
  private final ChainView chain;
  private final long maxHeaderLag;
  private Optional<Known<RealmHot>> hot = Optional.empty();
  private Optional<Known<RealmOwner>> owner = Optional.empty();
  private final Map<Address, Known<Allocation>> allocations =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Address, Known<Allocation>> eldest) {
          return size() > MOST_ALLOCATIONS;
        }
      };

  RealmFacts(Bytes32 realm, ChainView chain, long maxHeaderLag) {
    this.realm = realm;
    this.chain = chain;
    this.maxHeaderLag = maxHeaderLag;
  }

  /** What a request may rely on: its own proof, if it has one, and what is known. */
  Reader with(Bytes proof) {
    return new Reader(
        proof.isEmpty()
            ? Optional.empty()
            : Optional.of(chain.proveRecent(StateProof.decode(proof))));
  }

  /**
   * What a proof shows of an Ethereum account's code.
   *
   * @param codeHash empty if there is no account, or one without code
   */
  record ProvenCode(long headerNumber, Optional<Bytes32> codeHash) {}

  /** Reads facts for one request. */
  final class Reader {
    private final Optional<EnigmaFacts> proof;

    private Reader(Optional<EnigmaFacts> proof) {
      this.proof = proof;
    }

    /** The sender's allocation to the realm. */
    Allocation allocation(Address sender, long atHeader) {
      synchronized (RealmFacts.this) {
        Known<Allocation> found =
            read(
                Optional.ofNullable(allocations.get(sender)),
                facts -> facts.allocation(realm, sender),
                atHeader,
                "the allocation of " + sender);
        allocations.put(sender, found);
        return found.value;
      }
    }

    /** The posted task, which the request itself has to prove. */
    PostedTask task(Bytes32 taskId, long atHeader) {
      return read(
              Optional.<Known<PostedTask>>empty(),
              facts -> facts.task(realm, taskId),
              atHeader,
              "posted task " + taskId)
          .value;
    }

    /**
     * The hash of the code at an Ethereum address, which the request itself has to prove.
     *
     * @throws EnigmaException {@link ErrorCode#BAD_STATE_PROOF} if it does not
     */
    ProvenCode code(Address contract) {
      EnigmaFacts facts =
          proof.orElseThrow(() ->
              new EnigmaException(
                  ErrorCode.BAD_STATE_PROOF, "nothing proves the account " + contract));
      return new ProvenCode(facts.header().number(), facts.codeHash(contract));
    }

    RealmOwner owner(long atHeader) {
      synchronized (RealmFacts.this) {
        Known<RealmOwner> found =
            read(owner, facts -> facts.realmOwner(realm), atHeader, "the realm's owner");
        owner = Optional.of(found);
        return found.value;
      }
    }

    RealmHot hot(long atHeader) {
      synchronized (RealmFacts.this) {
        Known<RealmHot> found = read(hot, facts -> facts.realmHot(realm), atHeader, "the realm");
        hot = Optional.of(found);
        return found.value;
      }
    }

    /** The newest of what is known and what the proof shows, if it is new enough. */
    private <T> Known<T> read(
        Optional<Known<T>> known, Function<EnigmaFacts, T> reading, long atHeader, String what) {
      long knownAt = known.map(Known::headerNumber).orElse(-1L);
      if (proof.isPresent() && proof.get().header().number() > knownAt) {
        try {
          Known<T> shown = new Known<>(proof.get().header().number(), reading.apply(proof.get()));
          if (isNewEnough(shown, atHeader)) {
            return shown;
          }
        } catch (EnigmaException e) {
          if (e.code() != ErrorCode.BAD_STATE_PROOF) {
            throw e;
          }
        }
      }
      return known
          .filter(each -> isNewEnough(each, atHeader))
          .orElseThrow(() ->
              new EnigmaException(
                  ErrorCode.BAD_STATE_PROOF,
                  "nothing proves " + what + " within " + maxHeaderLag + " blocks of " + atHeader));
    }
  }

  private boolean isNewEnough(Known<?> known, long atHeader) {
    return atHeader - known.headerNumber <= maxHeaderLag;
  }
}

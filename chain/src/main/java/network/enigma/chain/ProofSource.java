package network.enigma.chain;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.ProvenState;
import network.enigma.ethereum.ProvenStorage;
import network.enigma.ethereum.StateProof;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * Fetches state proofs for an enclave with {@code eth_getProof}, for as many accounts and slots as
 * one likes in one bundle.
 */
public final class ProofSource {
  private static final int SLOTS_AT_ONCE = 200;
  private static final int MOST_ATTEMPTS = 8;
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(100);

  private final EthereumRpc rpc;

  public ProofSource(EthereumRpc rpc) {
    this.rpc = rpc;
  }

  /** The proof of some slots of one contract; see {@link #prove(BlockHeader, Map)}. */
  public StateProof prove(BlockHeader header, Address contract, Collection<Bytes32> slots) {
    return prove(header, Map.of(contract, slots));
  }

  /**
   * The proof of some accounts and slots at a block, checked against the block's header.
   *
   * @param slots by account; an account without slots is proved alone
   * @throws EnigmaException {@link ErrorCode#CHAIN_REORGANISED} when the endpoint has another block
   *     of that number by now, {@link ErrorCode#CHAIN_UNREACHABLE} when it has no such state
   */
  public StateProof prove(BlockHeader header, Map<Address, ? extends Collection<Bytes32>> slots) {
    Map<Address, List<Bytes32>> distinct = new LinkedHashMap<>();
    slots.forEach(
        (account, wanted) -> distinct.put(account, List.copyOf(new LinkedHashSet<>(wanted))));
    for (int attempt = 1; ; attempt++) {
      StateProof proof = fetch(header, distinct);
      try {
        check(proof, header, distinct);
        return proof;
      } catch (EnigmaException e) {
        // A node that is just making the next block may answer with the state of that one.
        if (e.code() != ErrorCode.CHAIN_UNREACHABLE || attempt == MOST_ATTEMPTS) {
          throw e;
        }
        EthereumAccount.pause(BETWEEN_ATTEMPTS);
      }
    }
  }

  private StateProof fetch(BlockHeader header, Map<Address, List<Bytes32>> distinct) {
    List<EthereumRpc.Request> requests = new ArrayList<>();
    distinct.forEach((account, wanted) -> {
      for (int from = 0; from == 0 || from < wanted.size(); from += SLOTS_AT_ONCE) {
        requests.add(
            EthereumRpc.Request.of(
                "eth_getProof",
                account.hex(),
                wanted.subList(from, Math.min(wanted.size(), from + SLOTS_AT_ONCE)).stream()
                    .map(Bytes32::hex)
                    .toList(),
                Quantity.of(header.number())));
      }
    });
    Set<Bytes> nodes = new LinkedHashSet<>();
    for (JsonNode answer : rpc.batch(requests)) {
      Quantity.required(answer, "accountProof").forEach(node -> nodes.add(Quantity.bytes(node)));
      for (JsonNode slot : Quantity.required(answer, "storageProof")) {
        Quantity.required(slot, "proof").forEach(node -> nodes.add(Quantity.bytes(node)));
      }
    }
    return new StateProof(header.number(), List.copyOf(nodes));
  }

  private void check(StateProof proof, BlockHeader header, Map<Address, List<Bytes32>> slots) {
    try {
      ProvenState state = proof.verify(header);
      slots.forEach((account, wanted) -> {
        if (state.account(account).isPresent()) {
          ProvenStorage storage = state.storage(account);
          wanted.forEach(storage::value);
        }
      });
    } catch (EnigmaException e) {
      boolean gone =
          rpc.header(BlockTag.of(header.number()))
              .filter(now -> now.hash().equals(header.hash()))
              .isEmpty();
      throw gone
          ? new EnigmaException(
              ErrorCode.CHAIN_REORGANISED, header + " is no longer on the chain", e)
          : new EnigmaException(
              ErrorCode.CHAIN_UNREACHABLE,
              "the Ethereum endpoint's proofs at " + header + " do not verify",
              e);
    }
  }
}

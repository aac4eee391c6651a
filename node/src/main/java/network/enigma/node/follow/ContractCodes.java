package network.enigma.node.follow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import network.enigma.chain.BlockTag;
import network.enigma.chain.EthereumRpc;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.channel.TaskInput;

/**
 * The code of Ethereum contracts that tasks of kind CALLABLE run, for the enclave (Rule C7). Code
 * that is at hand is not fetched again: it is known by its hash.
 */
public final class ContractCodes {
  private static final int MOST = 1_024;

  private final EthereumRpc rpc;
  private final Map<Bytes32, Bytes> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes32, Bytes> eldest) {
          return size() > MOST;
        }
      };

  public ContractCodes(EthereumRpc rpc) {
    this.rpc = rpc;
  }

  /**
   * The code that the tasks name and their targets have, each once. Where a target has other code
   * there is nothing to fetch: the enclave sees that from the proof.
   */
  public List<Bytes> of(Collection<TaskInput> tasks, BlockHeader header) {
    Map<Bytes32, Bytes> codes = new LinkedHashMap<>();
    for (TaskInput task : tasks) {
      TaskOrder order = task.order();
      if (order.kind() == TaskKind.CALLABLE && !codes.containsKey(order.codeHash())) {
        code(order, header).ifPresent(code -> codes.put(order.codeHash(), code));
      }
    }
    return new ArrayList<>(codes.values());
  }

  private Optional<Bytes> code(TaskOrder order, BlockHeader header) {
    synchronized (known) {
      Bytes code = known.get(order.codeHash());
      if (code != null) {
        return Optional.of(code);
      }
    }
    Bytes code = rpc.code(order.target(), BlockTag.of(header.number()));
    if (!Keccak.hash(code).equals(order.codeHash())) {
      return Optional.empty();
    }
    synchronized (known) {
      known.put(order.codeHash(), code);
    }
    return Optional.of(code);
  }
}

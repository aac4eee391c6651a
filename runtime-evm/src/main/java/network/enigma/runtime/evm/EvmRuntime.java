package network.enigma.runtime.evm;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import network.enigma.attestation.DevelopmentNetwork;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.runtime.Call;
import network.enigma.runtime.Dialect;
import network.enigma.runtime.Environment;
import network.enigma.runtime.ExecutionResult;
import network.enigma.runtime.Failure;
import network.enigma.runtime.Observation;
import network.enigma.runtime.Runtime;
import network.enigma.runtime.StateView;
import org.jspecify.annotations.Nullable;

/**
 * Runs Ethereum bytecode as secret contracts (Rule E1).
 *
 * <p>Gas is Ethereum's under the Prague rules. On top of what the code uses, a task pays for its
 * input as an Ethereum transaction does (4 for a zero byte, 16 for another), and a deployment or
 * upgrade 32,000 and 2 a word of creation code; there is no base of 21,000, as the network charges
 * a base of its own. A call that fails uses its whole limit, except where the failure is found
 * before the first instruction: that costs what the input costs.
 *
 * <p>The code, nonce and storage of a realm's accounts lie in the realm's map as {@link
 * RealmLedger} says. Several threads may use one runtime.
 */
public final class EvmRuntime implements Runtime {
  private static final long CREATION_GAS = 32_000;
  private static final long CACHE_BYTES = 64 << 20;

  private final CodeCache codes = new CodeCache(CACHE_BYTES);
  private final Workspace.Pool workspaces = new Workspace.Pool();
  private final Compilation compilation;

  /** A runtime that compiles hot code. */
  public EvmRuntime() {
    this(Compilation.ofHotCode());
  }

  EvmRuntime(Compilation compilation) {
    this.compilation = compilation;
  }

  @Override
  public Dialect dialect() {
    return Dialect.EVM;
  }

  @Override
  public ExecutionResult execute(
      Call call, StateView state, Environment environment, long gasLimit) {
    return new Execution(call, state, environment, gasLimit).run();
  }

  @Override
  public ExecutionResult observe(
      Call call, StateView state, Environment environment, long gasLimit, Observation observation) {
    Execution execution = new Execution(call, state, environment, gasLimit);
    Recorder.attach(observation, execution.machine);
    return execution.run();
  }

  @Override
  public boolean hasCode(StateView state, Address contract) {
    World world = new World(new RealmLedger(state), codes);
    return !world.account(contract.toByteArray()).hasNoCode();
  }

  @Override
  public List<Bytes32> storage(
      StateView state, Address contract, List<Bytes32> slots, DevelopmentNetwork network) {
    RealmLedger ledger = new RealmLedger(state);
    return slots.stream()
        .map(slot -> ledger.slot(contract.toByteArray(), slot.toByteArray()))
        .map(value -> value == null ? Bytes32.zero() : Bytes32.of(value))
        .toList();
  }

  /** The code of a contract as calls use it. */
  Code cached(StateView state, Address contract) {
    World world = new World(new RealmLedger(state), codes);
    return world.code(world.account(contract.toByteArray()));
  }

  /** One call with everything that belongs to it. */
  private final class Execution {
    private final Call call;
    private final Environment environment;
    private final long gasLimit;
    private final long gas;
    private final Ledger ledger;
    private final World world;
    private final Machine machine;

    Execution(Call call, StateView state, Environment environment, long gasLimit) {
      this.call = call;
      this.environment = environment;
      this.gasLimit = gasLimit;
      this.gas = gasLimit < 0 ? Long.MAX_VALUE : gasLimit;
      this.ledger =
          call instanceof Call.Stateless stateless
              ? new OneContract(stateless.target(), stateless.code())
              : new RealmLedger(state);
      this.world = new World(ledger, codes);
      this.machine =
          new Machine(
              world,
              block(call.sender()),
              new RealmPorts(environment),
              readOnly(call),
              false,
              environment.limits().stateBytes() - state.sizeInBytes(),
              environment.limits().memoryBytes(),
              compilation,
              workspaces.take());
    }

    private static boolean readOnly(Call call) {
      return switch (call) {
        case Call.Invoke invoke -> invoke.readOnly();
        case Call.Stateless stateless -> true;
        case Call.Deploy deploy -> false;
        case Call.Upgrade upgrade -> false;
      };
    }

    private BlockContext block(Address sender) {
      return new BlockContext(
          Bytes32.ofUnsigned(environment.chainId()),
          Address.zero(),
          Bytes32.ofUnsigned(environment.blockNumber()),
          Bytes32.ofUnsigned(environment.timestamp()),
          Bytes32.ofUnsigned(gasLimit),
          Bytes32.zero(),
          Bytes32.zero(),
          Bytes32.of(environment.random().bytes(0, Bytes32.LENGTH)),
          Bytes32.ofUnsigned(environment.gasPrice()),
          sender,
          number -> null,
          List.of());
    }

    ExecutionResult run() {
      Account sender = world.account(call.sender().toByteArray());
      Account target = world.account(call.target().toByteArray());
      world.warm(world.account(0, 0, 0));
      world.warm(sender);
      world.warm(target);
      ExecutionResult result =
          switch (call) {
            case Call.Deploy deploy -> create(deploy, sender, target);
            case Call.Upgrade upgrade -> replace(upgrade, sender, target);
            case Call.Invoke invoke -> invoke(invoke.input(), sender, target);
            case Call.Stateless stateless -> invoke(stateless.input(), sender, target);
          };
      machine.release(workspaces);
      return result;
    }

    private ExecutionResult invoke(Bytes call, Account sender, Account target) {
      byte[] input = call.toByteArray();
      long cost = inputGas(input);
      if (cost > gas) {
        return failed(Failure.OUT_OF_GAS);
      }
      if (target.hasNoCode()) {
        return ExecutionResult.failed(Failure.UNKNOWN_CONTRACT, cost, false);
      }
      if (world.code(target).isDelegation()) {
        // Only code of Ethereum accounts can be one (EIP-7702); the code it names is not here.
        return ExecutionResult.failed(Failure.INVALID_CODE, cost, false);
      }
      return finish(machine.call(sender, target, input, new long[4], gas - cost));
    }

    private ExecutionResult create(Call.Deploy deploy, Account sender, Account target) {
      byte[] code = join(deploy.code(), deploy.arguments());
      long cost = creationGas(code);
      ExecutionResult refusal = refuse(code, cost);
      if (refusal != null) {
        return refusal;
      }
      if (machine.isTaken(target)) {
        return ExecutionResult.failed(Failure.ADDRESS_TAKEN, cost, false);
      }
      return finish(machine.create(sender, target, code, new long[4], gas - cost));
    }

    private ExecutionResult replace(Call.Upgrade upgrade, Account sender, Account target) {
      byte[] code = join(upgrade.code(), upgrade.arguments());
      long cost = creationGas(code);
      ExecutionResult refusal = refuse(code, cost);
      if (refusal != null) {
        return refusal;
      }
      if (target.hasNoCode()) {
        return ExecutionResult.failed(Failure.UNKNOWN_CONTRACT, cost, false);
      }
      return finish(machine.replace(sender, target, code, gas - cost));
    }

    private @Nullable ExecutionResult refuse(byte[] code, long cost) {
      if (cost > gas) {
        return failed(Failure.OUT_OF_GAS);
      }
      return code.length > Code.MAXIMUM_CREATION_LENGTH
          ? ExecutionResult.failed(Failure.CODE_TOO_LARGE, cost, false)
          : null;
    }

    private ExecutionResult failed(Failure failure) {
      return ExecutionResult.failed(failure, gasLimit, machine.chargeFullLimit);
    }

    private ExecutionResult finish(Outcome outcome) {
      if (outcome.halt() >= Halt.FAILED) {
        return failed(Halt.failure(outcome.halt()));
      }
      if (outcome.output().length > environment.limits().outputBytes()) {
        return failed(Failure.OUTPUT_TOO_LARGE);
      }
      long used = gas - outcome.gasLeft();
      Bytes output = Bytes.of(outcome.output());
      if (!outcome.succeeded()) {
        return ExecutionResult.reverted(output, used, machine.chargeFullLimit);
      }
      return ExecutionResult.success(
          output,
          changes(),
          machine.callbacks,
          used - Math.min(outcome.refund(), used / 5),
          machine.chargeFullLimit);
    }

    /** What the realm's map must become: the accounts, code and slots that differ. */
    private SortedMap<Bytes, Optional<Bytes>> changes() {
      SortedMap<Bytes, Optional<Bytes>> changes = new TreeMap<>();
      world.forEachAccount(account -> {
        if (account.remains()) {
          add(account, changes);
        } else if (account.stored) {
          changes.put(RealmLedger.accountKey(account.address()), Optional.empty());
        }
      });
      return changes;
    }

    private void add(Account account, SortedMap<Bytes, Optional<Bytes>> changes) {
      byte[] address = account.address();
      boolean sameCode = Arrays.equals(account.codeHash, account.originalCodeHash);
      if (!account.stored
          || !sameCode
          || account.nonce != account.originalNonce
          || !Words.equal(account.balance, 0, account.originalBalance, 0)) {
        changes.put(
            RealmLedger.accountKey(address), Optional.of(Bytes.of(RealmLedger.encode(account))));
      }
      if (!sameCode && !account.hasNoCode() && !ledger.hasCode(account.codeHash)) {
        changes.put(
            RealmLedger.codeKey(account.codeHash),
            Optional.of(Bytes.of(world.code(account).toByteArray())));
      }
      account.slots.forEach(slot -> {
        if (!slot.isUnchanged()) {
          changes.put(
              RealmLedger.slotKey(address, slot.key()),
              slot.valueIsZero() ? Optional.empty() : Optional.of(Bytes.of(slot.value())));
        }
      });
    }
  }

  private static byte[] join(Bytes code, Bytes arguments) {
    return Bytes.concat(code, arguments).toByteArray();
  }

  private static long inputGas(byte[] input) {
    long gas = 0;
    for (byte b : input) {
      gas += b == 0 ? 4 : 16;
    }
    return gas;
  }

  private static long creationGas(byte[] code) {
    return CREATION_GAS + 2 * Instructions.words(code.length) + inputGas(code);
  }
}

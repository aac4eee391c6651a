package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import network.enigma.attestation.DevelopmentNetwork;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Query;
import network.enigma.protocol.QueryPayload;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse.Accepted;
import network.enigma.protocol.channel.WorkerResponse.Answered;
import network.enigma.protocol.channel.WorkerResponse.Executed;
import network.enigma.protocol.channel.WorkerResponse.Released;
import network.enigma.runtime.Call;
import network.enigma.runtime.Dialect;
import network.enigma.runtime.Environment;
import network.enigma.runtime.ExecutionResult;
import network.enigma.runtime.Observation;
import network.enigma.runtime.Runtime;
import network.enigma.runtime.StateView;
import org.junit.jupiter.api.Test;

/** Acceptances, batches, releases and queries of one realm at the same time. */
class ConcurrencyTest {
  private final CountDownLatch queryRuns = new CountDownLatch(1);
  private final CountDownLatch queryMayEnd = new CountDownLatch(1);
  private final TestDapp dapp =
      new TestDapp(0, NetworkConfig.Parameters.testnet(3), new SlowQueries());
  private final TestRealm realm = dapp.realm;

  @Test
  void manyThreadsSeeOneHistory() throws InterruptedException, ExecutionException {
    AtomicBoolean running = new AtomicBoolean(true);
    Query query = query("counter");
    Bytes proof = dapp.testbed.chain.proofOfEverything();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Long> queries =
          threads.submit(() -> {
            long highest = 0;
            while (running.get()) {
              Answered answer =
                  (Answered) dapp.worker.call(new WorkerRequest.AnswerQuery(query, proof));
              assertThat(answer.sequence()).isGreaterThanOrEqualTo(highest);
              highest = answer.sequence();
            }
            return highest;
          });
      List<Future<?>> acceptances = new ArrayList<>();
      Executed waiting = null;
      long released = 0;
      for (int i = 0; i < 40; i++) {
        TestTask[] tasks = new TestTask[5];
        for (int j = 0; j < tasks.length; j++) {
          TestTask task = dapp.call(TestRuntime.count()).build();
          tasks[j] = task;
          acceptances.add(
              threads.submit(() ->
                  assertThat(dapp.worker.call(new WorkerRequest.Accept(task.input(), proof)))
                      .isInstanceOf(Accepted.class)));
        }
        for (Future<?> each : acceptances) {
          each.get();
        }
        acceptances.clear();
        Executed next = realm.execute(dapp.worker, tasks);
        if (waiting != null) {
          released += count(realm.anchor(dapp.worker, waiting));
        }
        waiting = next;
      }
      released += count(realm.anchor(dapp.worker, Objects.requireNonNull(waiting)));
      assertThat(released).isEqualTo(200);
      running.set(false);
      assertThat(queries.get()).isLessThanOrEqualTo(201);
    }
    assertThat(dapp.ask(TestRuntime.count()).output())
        .isEqualTo(Bytes32.ofUnsigned(201).bytes().slice(24, 32));
  }

  /** Queries for the name "slow" take until the test lets them end. */
  private final class SlowQueries implements Runtime {
    private final Runtime real = new TestRuntime();

    @Override
    public Dialect dialect() {
      return real.dialect();
    }

    @Override
    public ExecutionResult execute(
        Call call, StateView state, Environment environment, long gasLimit) {
      if (call instanceof Call.Invoke invoke
          && invoke.readOnly()
          && invoke.input().equals(TestRuntime.get("slow"))) {
        queryRuns.countDown();
        try {
          queryMayEnd.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return real.execute(call, state, environment, gasLimit);
    }

    @Override
    public ExecutionResult observe(
        Call call,
        StateView state,
        Environment environment,
        long gasLimit,
        Observation observation) {
      return execute(call, state, environment, gasLimit);
    }

    @Override
    public boolean hasCode(StateView state, Address contract) {
      return real.hasCode(state, contract);
    }

    @Override
    public List<Bytes32> storage(
        StateView state, Address contract, List<Bytes32> slots, DevelopmentNetwork network) {
      return real.storage(state, contract, slots, network);
    }
  }

  @Test
  void aLongQueryHoldsUpNoBatch() throws InterruptedException, ExecutionException {
    Bytes proof = dapp.testbed.chain.proofOfEverything();
    Query slow = query("slow");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answered> answer =
          threads.submit(
              () -> (Answered) dapp.worker.call(new WorkerRequest.AnswerQuery(slow, proof)));
      queryRuns.await();
      for (int i = 1; i <= 20; i++) {
        assertThat(dapp.ask(TestRuntime.count()).output())
            .isEqualTo(Bytes32.ofUnsigned(i).bytes().slice(24, 32));
      }
      queryMayEnd.countDown();
      assertThat(answer.get().sequence()).isEqualTo(1);
    }
    assertThat(dapp.ask(TestRuntime.count()).output())
        .isEqualTo(Bytes32.ofUnsigned(21).bytes().slice(24, 32));
  }

  private static long count(Released released) {
    return released.batches().stream().mapToLong(batch -> batch.results().size()).sum();
  }

  private Query query(String name) {
    Bytes32 salt = Keccak.hashText("query");
    Envelope.Sealed sealed =
        Envelope.seal(
            Leases.SUITE,
            realm.inputKey,
            dapp.testbed.config.hash(),
            Testbed.GENERATION,
            realm.hot.tenure(),
            new Envelope.Context(
                realm.id, dapp.contract, TaskKind.QUERY, Address.zero(), salt, Bytes32.zero()),
            new QueryPayload(Optional.empty(), TestRuntime.get(name)).encode());
    return new Query(realm.id, dapp.contract, Address.zero(), salt, sealed.envelope().toBytes());
  }
}

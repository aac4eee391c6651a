package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Query;
import network.enigma.protocol.QueryPayload;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse.Accepted;
import network.enigma.protocol.channel.WorkerResponse.Answered;
import network.enigma.protocol.channel.WorkerResponse.Executed;
import network.enigma.protocol.channel.WorkerResponse.Released;
import org.junit.jupiter.api.Test;

/** Acceptances, batches, releases and queries of one realm at the same time. */
class ConcurrencyTest {
  private final TestDapp dapp = new TestDapp();
  private final TestRealm realm = dapp.realm;

  @Test
  void manyThreadsSeeOneHistory() throws InterruptedException, ExecutionException {
    AtomicBoolean running = new AtomicBoolean(true);
    Query query = query();
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
      released += count(realm.anchor(dapp.worker, waiting));
      assertThat(released).isEqualTo(200);
      running.set(false);
      assertThat(queries.get()).isLessThanOrEqualTo(201);
    }
    assertThat(dapp.ask(TestRuntime.count()).output())
        .isEqualTo(Bytes32.ofUnsigned(201).bytes().slice(24, 32));
  }

  private static long count(Released released) {
    return released.batches().stream().mapToLong(batch -> batch.results().size()).sum();
  }

  private Query query() {
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
            new QueryPayload(Optional.empty(), TestRuntime.get("counter")).encode());
    return new Query(realm.id, dapp.contract, Address.zero(), salt, sealed.envelope().toBytes());
  }
}

package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import network.enigma.node.schedule.TaskBoard;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** Subscriptions to tasks and to what the node tells of its work. */
public final class TaskSubscriptions implements RpcSubscriptions {
  /** How often the holder is asked for tasks of realms that other workers hold. */
  private static final long ASK_AGAIN_MILLIS = 100;

  /** How many changes of tasks wait for a slow subscriber. */
  private static final int MOST_WAITING = 1_024;

  private static final Set<String> LAST = Set.of("FINAL", "EXPIRED");

  private final TaskDesk tasks;
  private final TaskBoard board;

  public TaskSubscriptions(TaskDesk tasks, TaskBoard board) {
    this.tasks = tasks;
    this.board = board;
  }

  @Override
  public Subscription subscribe(JsonNode params, Consumer<JsonNode> sink) {
    return switch (params.path(0).asText()) {
      case "task" -> task(params.path(1), sink);
      case "tasks" -> tasks(params.path(1), sink);
      default ->
          throw new EnigmaException(
              ErrorCode.INVALID_ARGUMENT, "one can subscribe to \"task\" and to \"tasks\"");
    };
  }

  /** All tasks of this node; a subscriber that does not keep up misses some. */
  private Subscription tasks(JsonNode filter, Consumer<JsonNode> sink) {
    Parameters given = Parameters.of(filter.isMissingNode() ? JsonText.NODES.objectNode() : filter);
    Optional<Bytes32> realm =
        given.has("realm") ? Optional.of(given.bytes32("realm")) : Optional.empty();
    given.end();
    BlockingQueue<TaskJournal.Entry> news = new LinkedBlockingQueue<>(MOST_WAITING);
    TaskBoard.Watch watch =
        tasks.listen(entry -> {
          if (realm.map(entry.realm()::equals).orElse(true) && !news.offer(entry)) {
            news.poll();
            news.offer(entry);
          }
        });
    Thread thread =
        Thread.ofVirtual()
            .name("tasks-subscription")
            .start(() -> {
              try {
                while (true) {
                  sink.accept(tasks.summary(news.take()));
                }
              } catch (InterruptedException e) {
                // Unsubscribed.
              } catch (RuntimeException e) {
                sink.accept(JsonText.NODES.objectNode().set("error", RpcErrors.toJson(e)));
              }
            });
    return () -> {
      watch.close();
      thread.interrupt();
    };
  }

  private Subscription task(JsonNode filter, Consumer<JsonNode> sink) {
    Parameters given = Parameters.of(filter);
    Bytes32 realm = given.bytes32("realm");
    Bytes32 taskId = given.bytes32("taskId");
    given.end();
    Semaphore news = new Semaphore(1);
    TaskBoard.Watch watch = board.watch(realm, taskId, news::release);
    Thread thread =
        Thread.ofVirtual().name("task-subscription").start(() -> follow(realm, taskId, news, sink));
    return () -> {
      watch.close();
      thread.interrupt();
    };
  }

  private void follow(Bytes32 realm, Bytes32 taskId, Semaphore news, Consumer<JsonNode> sink) {
    ObjectNode told = JsonText.NODES.objectNode();
    try {
      while (!LAST.contains(told.path("status").asText())) {
        if (tasks.hears(realm)) {
          news.acquire();
        } else {
          boolean some = news.tryAcquire(ASK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
          if (!some && Thread.interrupted()) {
            return;
          }
        }
        news.drainPermits();
        ObjectNode report = tasks.task(realm, taskId, 0);
        if (!report.equals(told)) {
          told = report;
          sink.accept(report);
        }
      }
    } catch (InterruptedException e) {
      // Unsubscribed.
    } catch (RuntimeException e) {
      sink.accept(JsonText.NODES.objectNode().set("error", RpcErrors.toJson(e)));
    }
  }
}

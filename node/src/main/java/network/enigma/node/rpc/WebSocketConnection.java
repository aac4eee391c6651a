package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import network.enigma.node.peer.MessageBudget;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** One user's WebSocket: requests answered as they are ready, and the user's subscriptions. */
final class WebSocketConnection implements WsListener {
  private static final int MAXIMUM_SUBSCRIPTIONS = 1_000;

  /** A subscription and what it takes of what its address may have. */
  private record Held(RpcSubscriptions.Subscription subscription, MessageBudget.Reservation room) {
    void close() {
      subscription.close();
      room.close();
    }
  }

  /**
   * What users share.
   *
   * @param bodies bytes of requests
   * @param subscriptions their number
   */
  record Shared(
      RateLimit limit,
      MessageBudget bodies,
      MessageBudget subscriptions,
      UserConnections connections) {}

  private static final int MAXIMUM_RUNNING = 64;

  private final RpcDispatcher dispatcher;
  private final RpcSubscriptions source;
  private final Shared shared;
  private final Map<String, Held> subscriptions = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private final Semaphore running = new Semaphore(MAXIMUM_RUNNING);
  private final StringBuilder partial = new StringBuilder();
  private boolean overlong;
  private volatile boolean ended;

  WebSocketConnection(RpcDispatcher dispatcher, RpcSubscriptions source, Shared shared) {
    this.dispatcher = dispatcher;
    this.source = source;
    this.shared = shared;
  }

  @Override
  public void onOpen(WsSession session) {
    // Helidon tells nothing of a connection that breaks off.
    shared.connections().whenEnded(session.socketContext().remotePeer().address(), this::end);
  }

  @Override
  public void onMessage(WsSession session, String text, boolean last) {
    if (!overlong && partial.length() + text.length() <= JsonText.MAXIMUM_BYTES) {
      partial.append(text);
    } else {
      overlong = true;
      partial.setLength(0);
    }
    if (!last) {
      return;
    }
    byte[] request = partial.toString().getBytes(StandardCharsets.UTF_8);
    boolean refused = overlong;
    partial.setLength(0);
    overlong = false;
    if (refused) {
      refuse(session, JsonText.tooLarge());
    } else if (!shared.limit().admits(RpcServer.host(session.socketContext()), System.nanoTime())) {
      refuse(session, RpcServer.tooMany());
    } else {
      // Bounds what one connection can have running; the reader waits when it is reached.
      running.acquireUninterruptibly();
      Optional<MessageBudget.Reservation> room =
          shared
              .bodies()
              .reserve(
                  RpcServer.host(session.socketContext()), request.length, RpcServer.ROOM_PATIENCE);
      if (room.isPresent()) {
        Thread.ofVirtual().name("rpc").start(() -> answer(session, request, room.get()));
      } else {
        running.release();
        refuse(session, RpcServer.noRoom());
      }
    }
  }

  @Override
  public void onMessage(WsSession session, BufferData buffer, boolean last) {
    refuse(session, RpcFault.invalidRequest("requests are text messages"));
  }

  private void answer(WsSession session, byte[] request, MessageBudget.Reservation room) {
    try (room) {
      dispatcher
          .answer(
              request,
              Map.of(
                  "enigma_subscribe",
                  params -> subscribe(session, params),
                  "enigma_unsubscribe",
                  this::unsubscribe))
          .ifPresent(answer -> send(session, answer));
    } finally {
      running.release();
    }
  }

  private JsonNode subscribe(WsSession session, JsonNode params) {
    if (subscriptions.size() >= MAXIMUM_SUBSCRIPTIONS) {
      throw new EnigmaException(
          ErrorCode.TOO_MANY_REQUESTS, "a connection has at most 1,000 subscriptions");
    }
    MessageBudget.Reservation room =
        shared
            .subscriptions()
            .reserve(RpcServer.host(session.socketContext()), 1, Duration.ZERO)
            .orElseThrow(() ->
                new EnigmaException(
                    ErrorCode.TOO_MANY_REQUESTS, "this node has no room for more subscriptions"));
    String id = "0x" + Long.toHexString(lastId.incrementAndGet());
    try {
      subscriptions.put(
          id, new Held(source.subscribe(params, event -> tell(session, id, event)), room));
    } catch (RuntimeException e) {
      room.close();
      throw e;
    }
    if (ended) {
      end();
    }
    return JsonText.NODES.textNode(id);
  }

  private JsonNode unsubscribe(JsonNode params) {
    Held subscription = subscriptions.remove(params.path(0).asText());
    if (subscription == null) {
      return JsonText.NODES.booleanNode(false);
    }
    subscription.close();
    return JsonText.NODES.booleanNode(true);
  }

  /** Sends an event; when the user is gone, so is the subscription. */
  private void tell(WsSession session, String id, JsonNode event) {
    if (!send(session, event(id, event))) {
      Held subscription = subscriptions.remove(id);
      if (subscription != null) {
        subscription.close();
      }
    }
  }

  private static byte[] event(String id, JsonNode event) {
    ObjectNode message =
        JsonText.NODES.objectNode().put("jsonrpc", "2.0").put("method", "enigma_subscription");
    message.putObject("params").put("subscription", id).set("result", event);
    return JsonText.write(message);
  }

  private static void refuse(WsSession session, RuntimeException failure) {
    send(session, JsonText.write(RpcDispatcher.failure(JsonText.NODES.nullNode(), failure)));
  }

  /** Whether the message went out; users may have left while their answer was made. */
  private static boolean send(WsSession session, byte[] message) {
    // Helidon's session is written by one thread at a time.
    synchronized (session) {
      try {
        session.send(new String(message, StandardCharsets.UTF_8), true);
        return true;
      } catch (ServerConnectionException | UncheckedIOException e) {
        return false;
      }
    }
  }

  @Override
  public void onClose(WsSession session, int status, String reason) {
    end();
  }

  @Override
  public void onError(WsSession session, Throwable failure) {
    end();
  }

  private void end() {
    ended = true;
    subscriptions.values().forEach(Held::close);
    subscriptions.clear();
  }
}

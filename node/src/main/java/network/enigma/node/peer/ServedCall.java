package network.enigma.node.peer;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of another host, from its first part to the last of its answer. gRPC calls its methods
 * one after the other; parts that it has not asked for stay with their sender.
 */
final class ServedCall extends ServerCall.Listener<byte[]> {
  private static final Logger log = LoggerFactory.getLogger(ServedCall.class);
  private static final byte[] GO_ON = new byte[0];

  private final ServerCall<byte[], byte[]> call;
  private final Address caller;
  private final PeerService service;
  private final PeerService.Handler handler;
  private final PeerMemory memory;
  private final PeerTraffic traffic;
  private final MessageBudget.Reservation slot;

  private @Nullable IncomingMessage request;
  private @Nullable OutgoingMessage answer;
  private MessageBudget.@Nullable Reservation answerRoom;
  private boolean begun;
  private boolean closed;

  ServedCall(
      ServerCall<byte[], byte[]> call,
      Address caller,
      PeerService service,
      PeerService.Handler handler,
      PeerMemory memory,
      PeerTraffic traffic,
      MessageBudget.Reservation slot) {
    this.call = call;
    this.caller = caller;
    this.service = service;
    this.handler = handler;
    this.memory = memory;
    this.traffic = traffic;
    this.slot = slot;
    call.request(1);
  }

  @Override
  public void onMessage(byte[] part) {
    if (answer != null) {
      // It was refused already.
      return;
    }
    try {
      if (request == null) {
        request = IncomingMessage.begin(part, service.longestRequest(), memory, caller);
        if (request.length() > PeerMemory.LONGEST_UNASKED) {
          send(GO_ON);
        }
      } else {
        request.take(part);
      }
      call.request(1);
    } catch (EnigmaException e) {
      reply(PeerService.failure(e));
    }
  }

  @Override
  public void onHalfClose() {
    if (answer == null) {
      reply(answer());
    }
  }

  private byte[] answer() {
    try {
      if (request == null) {
        throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "a call without a message");
      }
      byte[] whole = request.whole();
      long room = handler.room(whole);
      if (room > 0) {
        answerRoom = room(room);
      }
      return PeerService.success(handler.answer(caller, whole));
    } catch (EnigmaException e) {
      return PeerService.failure(e);
    } catch (RuntimeException e) {
      log.error("unexpected failure of a peer's request", e);
      return PeerService.failure(new EnigmaException(ErrorCode.INTERNAL, "the host failed"));
    }
  }

  private MessageBudget.Reservation room(long bytes) {
    return memory
        .message(caller, bytes)
        .orElseThrow(() ->
            new EnigmaException(
                ErrorCode.TOO_MANY_REQUESTS,
                "this host has no memory for an answer of " + bytes + " bytes now"));
  }

  private void reply(byte[] message) {
    if (request != null) {
      request.close();
    }
    byte[] sent = message;
    if (answerRoom == null && message.length > PeerService.CHUNK) {
      try {
        answerRoom = room(message.length);
      } catch (EnigmaException e) {
        sent = PeerService.failure(e);
      }
    }
    traffic.sent(service, sent);
    answer = new OutgoingMessage(sent);
    send(answer.next());
    pump();
  }

  private void send(byte[] part) {
    if (!begun) {
      begun = true;
      call.sendHeaders(new Metadata());
    }
    call.sendMessage(part);
  }

  /** Sends as much of the answer as the caller reads. */
  private void pump() {
    if (answer == null || call.isCancelled()) {
      return;
    }
    while (!answer.done() && call.isReady()) {
      send(answer.next());
    }
    if (answer.done() && !closed) {
      closed = true;
      call.close(Status.OK, new Metadata());
    }
  }

  @Override
  public void onReady() {
    pump();
  }

  @Override
  public void onCancel() {
    end();
  }

  @Override
  public void onComplete() {
    end();
  }

  private void end() {
    slot.close();
    if (request != null) {
      request.close();
    }
    if (answerRoom != null) {
      answerRoom.close();
    }
  }
}

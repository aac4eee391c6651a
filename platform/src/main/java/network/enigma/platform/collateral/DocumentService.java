package network.enigma.platform.collateral;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * Gets documents over HTTP: bounded in time and size, follows no redirects, tries again where that
 * may help, and leaves time between two requests where the service wants it.
 */
final class DocumentService implements AutoCloseable {
  /** Longest body taken. */
  static final int MAXIMUM_BODY = 1 << 20;

  /** Tries before giving up. */
  static final int ATTEMPTS = 4;

  /** Longest wait that a service may ask for. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int TOO_MANY_REQUESTS = 429;

  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final Duration interval;
  private final Duration firstWait;
  private final Pause pause;
  private final Object turn = new Object();
  private long earliest = System.nanoTime();

  /**
   * @param interval least time between the starts of two requests
   * @param firstWait before the second try; doubled before each further one
   */
  DocumentService(Duration interval, Duration firstWait, Pause pause) {
    this.interval = interval;
    this.firstWait = firstWait;
    this.pause = pause;
  }

  /** A body and, where the answer names them, its signer's certificates. */
  record Answer(Bytes body, Bytes chain) {}

  /** The service does not have the document. */
  static final class AbsentException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Gets a document.
   *
   * @param chainHeader the header that carries the signer's chain, empty for none
   * @throws AbsentException if the service answers that it has none
   * @throws EnigmaException {@link ErrorCode#COLLATERAL_UNAVAILABLE} after the last try
   */
  Answer get(URI address, String chainHeader) throws AbsentException {
    String problem = "";
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      awaitTurn();
      Optional<Duration> wanted = Optional.empty();
      try {
        HttpResponse<InputStream> response =
            client.send(
                HttpRequest.newBuilder(address).timeout(TIMEOUT).GET().build(),
                BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
          int status = response.statusCode();
          if (status == 200) {
            return answer(body, response, chainHeader);
          }
          if (status == 404) {
            throw new AbsentException();
          }
          problem = "status " + status;
          if (status != TOO_MANY_REQUESTS && status < 500) {
            break;
          }
          wanted = response.headers().firstValue("Retry-After").flatMap(DocumentService::seconds);
        }
      } catch (IOException e) {
        problem = e.getClass().getSimpleName();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw unavailable(address, "interrupted");
      }
      if (attempt + 1 < ATTEMPTS) {
        pause.of(wanted.orElse(firstWait.multipliedBy(1L << attempt)));
      }
    }
    throw unavailable(address, problem);
  }

  private Answer answer(InputStream body, HttpResponse<?> response, String chainHeader)
      throws IOException {
    byte[] bytes = body.readNBytes(MAXIMUM_BODY + 1);
    if (bytes.length > MAXIMUM_BODY) {
      throw new IOException("too long");
    }
    Bytes chain = Bytes.empty();
    if (!chainHeader.isEmpty()) {
      try {
        chain =
            Bytes.ofText(
                URLDecoder.decode(
                    response
                        .headers()
                        .firstValue(chainHeader)
                        .orElseThrow(() -> new IOException("no header " + chainHeader)),
                    StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw new IOException("header " + chainHeader, e);
      }
    }
    return new Answer(Bytes.of(bytes), chain);
  }

  /** Takes the next free start time and waits for it. */
  private void awaitTurn() {
    Duration wait;
    synchronized (turn) {
      long now = System.nanoTime();
      long start = earliest - now > 0 ? earliest : now;
      wait = Duration.ofNanos(start - now);
      earliest = start + interval.toNanos();
    }
    if (!wait.isZero()) {
      pause.of(wait);
    }
  }

  /** A wait in seconds; dates, which the header also allows, are taken as no wish. */
  private static Optional<Duration> seconds(String header) {
    if (!header.matches("[0-9]{1,9}")) {
      return Optional.empty();
    }
    Duration wanted = Duration.ofSeconds(Integer.parseInt(header));
    return Optional.of(wanted.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wanted);
  }

  /** The query may hold a chip's identifier, and so may the last part of the path. */
  private static EnigmaException unavailable(URI address, String problem) {
    return new EnigmaException(
        ErrorCode.COLLATERAL_UNAVAILABLE,
        "no answer from the service at " + address.getHost() + ": " + problem);
  }

  @Override
  public void close() {
    client.close();
  }
}

package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import network.enigma.chain.EthereumRpc;
import network.enigma.cli.EnigmaCommand;
import network.enigma.client.DeployOptions;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.TaskResult;
import network.enigma.client.author.StorageReader;
import network.enigma.client.author.Trace;
import network.enigma.client.author.TraceTree;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * The demo with random fortunes, observed by somebody who reads everything: all files of chain and
 * hosts, all that goes between client, node and Ethereum, every message between hosts as it is
 * inside TLS, the chain itself, and every log down to the finest level. No fortune is anywhere, in
 * any usual form.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecrecyTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern SUBMITTED =
      Pattern.compile("\"enigma_submit\"[^\\n]*?\"envelope\":\"0x([0-9a-f]+)\"");

  private final LoggerContext logging = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Logger product = logging.getLogger("network.enigma");
  private final LogRecorder logs = new LogRecorder();
  private Path directory;
  private Network network;
  private RecordingProxy node;
  private RecordingProxy ethereum;
  private final ByteArrayOutputStream betweenHosts = new ByteArrayOutputStream();

  /** Keeps every line that any part of the product logs. */
  private static final class LogRecorder extends AppenderBase<ILoggingEvent> {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(
          event.getFormattedMessage()
              + (event.getThrowableProxy() == null
                  ? ""
                  : "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy())));
    }
  }

  @BeforeAll
  void start(@TempDir Path temporary) throws IOException {
    directory = temporary;
    logs.setContext(logging);
    logs.start();
    product.setLevel(Level.TRACE);
    product.setAdditive(false);
    product.addAppender(logs);
    network = Network.start(options -> options.traffic((service, message) -> record(message)));
    node = RecordingProxy.before(network.testnet().nodeUrls().getFirst());
    ethereum = RecordingProxy.before(network.testnet().ethereumUrl());
  }

  @AfterAll
  void close() throws IOException {
    node.close();
    ethereum.close();
    network.close();
    product.detachAppender(logs);
    product.setLevel(null);
    product.setAdditive(true);
  }

  private void record(byte[] message) {
    synchronized (betweenHosts) {
      betweenHosts.writeBytes(message);
    }
  }

  /** The command as a user types it; what it answers as JSON. */
  private JsonNode demo(List<BigInteger> fortunes) throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        EnigmaCommand.run(
            Map.of(
                "ENIGMA_HOME", directory.toString(),
                "ENIGMA_RPC", node.url().toString(),
                "ETH_RPC", ethereum.url().toString(),
                "ENIGMA_ADDRESS", network.testnet().enigma().hex(),
                "ENIGMA_ALLOW_SIMULATED", "1"),
            false,
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            "demo",
            "millionaires",
            "--json",
            "--fortunes",
            fortunes.stream().map(BigInteger::toString).collect(Collectors.joining(",")));
    assertThat(exit).as(out + "\n" + err).isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  private EnigmaClient connect(int account) {
    return EnigmaClient.builder()
        .ethereum(ethereum.url())
        .node(node.url())
        .enigma(network.testnet().enigma())
        .account(network.key(account))
        .home(Network.home())
        .allowSimulated()
        .patience(PATIENCE)
        .build();
  }

  /** Between 2^56 and 2^63: 8 bytes that no other value equals by chance. */
  private static BigInteger fortune() {
    return BigInteger.ONE.shiftLeft(62).add(new BigInteger(62, RANDOM));
  }

  @Test
  void noFortuneOfTheMillionairesIsStoredSentOrLogged() throws IOException {
    BigInteger most = BigInteger.ONE.shiftLeft(63).add(new BigInteger(62, RANDOM));
    // Two are equally rich, richer than the others; accounts 1, 2, … in this order.
    List<BigInteger> fortunes = List.of(fortune(), most, fortune(), most, fortune());

    JsonNode outcome = demo(fortunes);

    Address richest = Address.fromHex(outcome.path("richest").asText());
    assertThat(richest).isIn(network.key(2).address(), network.key(4).address());
    assertThat(outcome.path("board")).isEqualTo(outcome.path("richest"));
    Map<String, byte[]> observed = everything();
    assertThat(placesOf(observed, richest.toByteArray()))
        .as("the search itself finds what is public")
        .anyMatch(place -> place.contains("host"));
    assertThat(placesOfText(observed, richest.hex()))
        .contains("between client and Ethereum", "chain");
    List<byte[]> envelopes = envelopes(observed);
    assertThat(envelopes).hasSizeGreaterThanOrEqualTo(fortunes.size());
    for (byte[] envelope : envelopes) {
      assertThat(placesOf(observed, envelope))
          .as("the sealed input on its way to holder and backups")
          .contains("between hosts");
    }
    for (BigInteger fortune : fortunes) {
      assertThat(placesOf(observed, fortune)).as("places of a fortune").isEmpty();
    }
  }

  @Test
  void ofEquallyRichTheOneWhoSubmittedFirstStaysRichest() throws IOException {
    BigInteger fortune = fortune();
    try (EnigmaClient first = connect(6);
        EnigmaClient second = connect(5)) {
      SecretContract millionaires =
          first
              .deploy(
                  first.compiler().compileSample("samples/Millionaires.sol"),
                  List.of(),
                  DeployOptions.DEFAULT)
              .await();
      millionaires.call("submit", fortune).await();
      millionaires.as(second).call("submit", fortune).await();

      assertThat(millionaires.query("richest").value(Address.class)).isEqualTo(first.address());
    }
    assertThat(placesOf(everything(), fortune)).isEmpty();
  }

  @Test
  void whatAnAuthorTracesPrintsAndReadsIsNotStoredSentOrLogged() throws IOException {
    String secret = "note " + fortune();
    try (EnigmaClient author = connect(7)) {
      SecretContract notebook =
          author
              .deploy(
                  author.compiler().compileSample("samples/Notebook.sol"),
                  List.of(),
                  DeployOptions.DEFAULT)
              .await();

      Trace trace = notebook.trace("write", secret, 1);
      TaskResult written = notebook.call("write", secret, 1).await();
      StorageReader.Reading storage = notebook.storage().read(List.of("notes[0].text"));

      assertThat(String.join("\n", TraceTree.lines(TraceTree.of(trace.trace(), List.of()))))
          .as("the author sees it")
          .contains("stamping " + secret);
      assertThat(written.console()).contains("stamping " + secret);
      assertThat(storage.values().getFirst().value()).isEqualTo(secret);
      byte[] bytes = secret.getBytes(StandardCharsets.US_ASCII);
      Map<String, byte[]> observed = everything();
      assertThat(placesOf(observed, notebook.address().toByteArray()))
          .as("the search itself finds what is public")
          .isNotEmpty();
      assertThat(placesOf(observed, bytes)).as("places of the note").isEmpty();
      assertThat(placesOfText(observed, HexFormat.of().formatHex(bytes)))
          .as("places of the note in hexadecimal")
          .isEmpty();
    }
  }

  // ------------------------------------------------------------------------- what can be observed

  private Map<String, byte[]> everything() throws IOException {
    Map<String, byte[]> observed = new LinkedHashMap<>();
    observed.put("between client and node", node.passed());
    observed.put("between client and Ethereum", ethereum.passed());
    synchronized (betweenHosts) {
      observed.put("between hosts", betweenHosts.toByteArray());
    }
    observed.put("logs", String.join("\n", logs.lines).getBytes(StandardCharsets.UTF_8));
    observed.put("chain", chain());
    Path state = network.testnet().state();
    Files.walkFileTree(
        state,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = state.relativize(file).toString();
            if (attributes.isRegularFile() && !name.contains("/enclave/")) {
              read(file, name, observed);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException problem)
              throws IOException {
            if (problem instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw problem;
          }
        });
    return observed;
  }

  /** The sealed inputs of the orders that the client handed to its node. */
  private static List<byte[]> envelopes(Map<String, byte[]> observed) {
    String passed =
        new String(observed.get("between client and node"), StandardCharsets.ISO_8859_1);
    return SUBMITTED
        .matcher(passed)
        .results()
        .map(submitted -> HexFormat.of().parseHex(submitted.group(1)))
        .toList();
  }

  /** A database may remove a file between the listing and the reading. */
  private static void read(Path file, String name, Map<String, byte[]> observed)
      throws IOException {
    try {
      observed.put(name, Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      observed.put(name, new byte[0]);
    }
  }

  /** All blocks with their transactions, and all events. */
  private byte[] chain() {
    StringBuilder text = new StringBuilder();
    try (EthereumRpc rpc = new EthereumRpc(network.testnet().ethereumUrl())) {
      for (long number = 0; number <= rpc.blockNumber(); number++) {
        text.append(rpc.call("eth_getBlockByNumber", "0x" + Long.toHexString(number), true));
      }
      text.append(rpc.call("eth_getLogs", Map.of("fromBlock", "0x0", "toBlock", "latest")));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  // ----------------------------------------------------------------------------------- the search

  private static List<String> placesOf(Map<String, byte[]> observed, BigInteger secret) {
    byte[] word = Bytes32.fromHex("0x" + "%064x".formatted(secret)).toByteArray();
    byte[] bare = Arrays.copyOfRange(word, 24, 32);
    byte[] reversed = new byte[8];
    for (int i = 0; i < 8; i++) {
      reversed[i] = bare[7 - i];
    }
    List<String> places = new ArrayList<>();
    places.addAll(placesOfText(observed, secret.toString()));
    places.addAll(placesOfText(observed, "%x".formatted(secret)));
    places.addAll(placesOf(observed, bare));
    places.addAll(placesOf(observed, reversed));
    return places;
  }

  private static List<String> placesOfText(Map<String, byte[]> observed, String text) {
    String wanted = text.startsWith("0x") ? text.substring(2) : text;
    byte[] lower = wanted.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    byte[] upper = wanted.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    return Stream.concat(placesOf(observed, lower).stream(), placesOf(observed, upper).stream())
        .distinct()
        .collect(Collectors.toList());
  }

  private static List<String> placesOf(Map<String, byte[]> observed, byte[] pattern) {
    return observed.entrySet().stream()
        .filter(each -> contains(each.getValue(), pattern))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean contains(byte[] bytes, byte[] pattern) {
    String haystack = new String(bytes, StandardCharsets.ISO_8859_1);
    return haystack.contains(new String(pattern, StandardCharsets.ISO_8859_1));
  }
}

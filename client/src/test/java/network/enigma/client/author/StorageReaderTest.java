package network.enigma.client.author;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import network.enigma.client.solidity.SolidityCompiler;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import org.junit.jupiter.api.Test;

/** The layout of the sample contract, as the compiler gives it, over slots written by hand. */
class StorageReaderTest {
  private static final StorageLayout LAYOUT =
      StorageLayout.parse(
          new SolidityCompiler(home()).compileSample("samples/Notebook.sol").layout());
  private static final Address AUTHOR =
      Address.fromHex("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");

  private final Map<Bytes32, Bytes32> slots = new HashMap<>();
  private int requests;
  private long sequence = 5;

  private final StorageReader reader =
      new StorageReader(
          LAYOUT,
          wanted -> {
            requests++;
            return new SlotValues(
                wanted.stream().map(slot -> slots.getOrDefault(slot, Bytes32.zero())).toList(),
                sequence);
          });

  private static Path home() {
    Path place = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(place.resolve("node_modules"))) {
      place = Objects.requireNonNull(place.getParent());
    }
    return place;
  }

  private static BigInteger data(long slot) {
    return Keccak.hash(Bytes32.ofUnsigned(slot).toByteArray()).toBigInteger();
  }

  private static BigInteger data(BigInteger slot) {
    return Keccak.hash(Bytes32.of(slot).toByteArray()).toBigInteger();
  }

  private static BigInteger entry(byte[] key, BigInteger slot) {
    return Keccak.hash(key, Bytes32.of(slot).toByteArray()).toBigInteger();
  }

  private void set(BigInteger slot, String hex) {
    slots.put(Bytes32.of(slot), Bytes32.fromHex("0x" + "0".repeat(64 - hex.length()) + hex));
  }

  private void set(long slot, String hex) {
    set(BigInteger.valueOf(slot), hex);
  }

  private void setShort(BigInteger slot, String text) {
    byte[] word = Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), 32);
    word[31] = (byte) (2 * text.length());
    slots.put(Bytes32.of(slot), Bytes32.of(word));
  }

  private Object value(String path) {
    return reader.read(List.of(path)).values().getFirst().value();
  }

  @Test
  void valuesThatShareASlotAreToldApart() {
    // From the right: address stamp, bool closed, int64 balance.
    set(0, "fffffffffffffff9" + "01" + AUTHOR.hex().substring(2));

    assertThat(value("stamp")).isEqualTo(AUTHOR);
    assertThat(value("closed")).isEqualTo(true);
    assertThat(value("balance")).isEqualTo(BigInteger.valueOf(-7));
    set(1, "c0ffee00");
    assertThat(value("tag")).isEqualTo(Bytes.fromHex("0xc0ffee00"));
  }

  @Test
  void shortAndLongStrings() {
    String title = "Notes that nobody reads but those who may";
    setShort(BigInteger.valueOf(3), "short");
    set(2, Integer.toHexString(2 * title.length() + 1));
    byte[] bytes = Arrays.copyOf(title.getBytes(StandardCharsets.UTF_8), 64);
    slots.put(Bytes32.of(data(2)), Bytes32.of(Arrays.copyOf(bytes, 32)));
    slots.put(
        Bytes32.of(data(2).add(BigInteger.ONE)), Bytes32.of(Arrays.copyOfRange(bytes, 32, 64)));

    assertThat(value("motto")).isEqualTo("short");
    assertThat(value("title")).isEqualTo(title);
    assertThat(value("raw")).isEqualTo(Bytes.empty());
  }

  @Test
  void arraysStructsAndTheirMembers() {
    set(4, "2");
    BigInteger second = data(4).add(BigInteger.valueOf(3));
    set(second, "01" + "0000000000000063" + AUTHOR.hex().substring(2));
    setShort(second.add(BigInteger.ONE), "hello");
    set(second.add(BigInteger.TWO), "1");
    set(data(second.add(BigInteger.TWO)), "2a");
    set(7, "00050004000300020001");

    assertThat(value("notes[1]"))
        .isEqualTo(
            Map.of(
                "author",
                AUTHOR,
                "writtenAt",
                BigInteger.valueOf(99),
                "privacy",
                BigInteger.ONE,
                "text",
                "hello",
                "marks",
                List.of(BigInteger.valueOf(42))));
    assertThat(value("notes[1].text")).isEqualTo("hello");
    assertThat(value("notes[1].marks[0]")).isEqualTo(BigInteger.valueOf(42));
    assertThat((List<?>) value("notes")).hasSize(2);
    assertThat(value("small[3]")).isEqualTo(BigInteger.valueOf(4));
    assertThat((List<?>) value("small")).hasSize(5);
  }

  @Test
  void mappingsByTheirKeys() {
    byte[] author = Arrays.copyOf(new byte[12], 32);
    System.arraycopy(AUTHOR.toByteArray(), 0, author, 12, 20);
    BigInteger inner = entry(author, BigInteger.valueOf(6));
    set(entry("hello".getBytes(StandardCharsets.UTF_8), inner), "7");
    BigInteger numbers = entry(author, BigInteger.valueOf(5));
    set(numbers, "1");
    set(data(numbers), "9");

    assertThat(value("words[" + AUTHOR.hex() + "][hello]")).isEqualTo(BigInteger.valueOf(7));
    assertThat(value("words[" + AUTHOR.hex() + "][\"hello\"]")).isEqualTo(BigInteger.valueOf(7));
    assertThat(value("byAuthor[" + AUTHOR.hex() + "]")).isEqualTo(List.of(BigInteger.valueOf(9)));
    assertThat(value("words")).isInstanceOf(StorageReader.NotRead.class);
  }

  @Test
  void longArraysAreCutAndFullOfSlotsReadTogether() {
    set(4, "3e8");
    List<?> notes = (List<?>) value("notes");
    assertThat(notes).hasSize(StorageReader.MOST_ELEMENTS + 1);
    assertThat(notes.getLast()).isEqualTo(new StorageReader.NotRead("936 more; name an [index]"));
    requests = 0;
    value("small");
    assertThat(requests).isEqualTo(1);
  }

  @Test
  void allVariablesComeInOrder() {
    assertThat(reader.all().values().stream().map(StorageReader.Read::name))
        .containsExactlyElementsOf(LAYOUT.names())
        .startsWith("stamp", "closed", "balance");
    assertThat(reader.all().sequence()).isEqualTo(5);
  }

  @Test
  void aPathThatLeadsNowhereSaysWhatThereIs() {
    assertRefused("notte", "it has stamp, closed");
    assertRefused("notes[7]", "0 elements");
    assertRefused("notes[x]", "takes a number");
    assertRefused("motto.length", "no member 'length'");
    assertRefused("motto[0]", "takes no [key]");
    assertRefused("words[nobody]", "a key of type address");
    assertRefused("small[1]x", "write [key] or .member");
  }

  private void assertRefused(String path, String why) {
    assertThatThrownBy(() -> value(path))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessageContaining(why);
  }

  @Test
  void aReadingThatTheStateOvertakesBeginsAgain() {
    setShort(BigInteger.valueOf(3), "short");
    set(4, "1");
    StorageReader overtaken =
        new StorageReader(
            LAYOUT,
            wanted ->
                new SlotValues(
                    wanted.stream().map(slot -> slots.getOrDefault(slot, Bytes32.zero())).toList(),
                    requests++ == 0 ? 5 : 6));

    assertThat(overtaken.read(List.of("notes")).sequence()).isEqualTo(6);
    StorageReader racing =
        new StorageReader(
            LAYOUT,
            wanted ->
                new SlotValues(
                    wanted.stream().map(slot -> slots.getOrDefault(slot, Bytes32.zero())).toList(),
                    requests++));
    assertThatThrownBy(() -> racing.read(List.of("notes")))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT));
  }

  @Test
  void whatIsNoLayoutIsRefused() {
    assertThatThrownBy(() -> StorageLayout.parse("{}"))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_STORAGE_LAYOUT));
  }
}

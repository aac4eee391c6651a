package network.enigma.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Eip712Domain;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.ResponseKey;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileClientStoreTest {
  private static final Address CONTRACT =
      Address.fromHex("0x00000000000000000000000000000000000000aa");
  private static final Eip712Domain DOMAIN = new Eip712Domain(31_337, CONTRACT);

  @TempDir Path directory;

  private static TaskRecord record(String salt) {
    TaskOrder order =
        new TaskOrder(
            CONTRACT,
            Keccak.hashText("realm"),
            CONTRACT,
            TaskKind.CALL,
            Bytes32.zero(),
            Keccak.hashText("envelope"),
            -1L,
            7,
            99,
            Keccak.hashText(salt));
    return new TaskRecord(
        order.taskId(DOMAIN),
        order,
        Bytes.ofText("envelope"),
        new ResponseKey(Bytes.ofText("enc"), SecretBytes.of(new byte[32])),
        CONTRACT,
        "store(uint256)",
        "(uint256)",
        "[]",
        true);
  }

  @Test
  void theMostGasOfPastCallsIsThereAgainAfterARestart() {
    FileClientStore store = new FileClientStore(directory);
    store.saveGas(CONTRACT, "store(uint256)", 40_000);
    store.saveGas(CONTRACT, "read()", 900);
    store.saveGas(CONTRACT, "store(uint256)", 21_000);

    FileClientStore later = new FileClientStore(directory);
    assertThat(later.mostGas(CONTRACT, "store(uint256)")).hasValue(40_000);
    assertThat(later.mostGas(CONTRACT, "read()")).hasValue(900);
    assertThat(later.mostGas(CONTRACT, "other()")).isEmpty();
  }

  @Test
  void whatAnotherProcessNotedOfGasIsKept() {
    FileClientStore one = new FileClientStore(directory);
    one.saveGas(CONTRACT, "read()", 900);
    FileClientStore other = new FileClientStore(directory);
    other.saveGas(CONTRACT, "store(uint256)", 40_000);
    other.saveGas(CONTRACT, "read()", 1_000);
    one.saveGas(CONTRACT, "store(uint256)", 50_000);

    assertThat(one.mostGas(CONTRACT, "read()")).hasValue(1_000);
    FileClientStore later = new FileClientStore(directory);
    assertThat(later.mostGas(CONTRACT, "store(uint256)")).hasValue(50_000);
    assertThat(later.mostGas(CONTRACT, "read()")).hasValue(1_000);
  }

  @Test
  void aTaskIsThereAgainAfterARestart() {
    TaskRecord task = record("one");
    new FileClientStore(directory).save(task);

    TaskRecord found = new FileClientStore(directory).task(task.taskId()).orElseThrow();

    assertThat(found.order()).isEqualTo(task.order());
    assertThat(found.envelope()).isEqualTo(task.envelope());
    assertThat(found.responseKey().secret().toByteArray(SecretAccess.granted()))
        .isEqualTo(task.responseKey().secret().toByteArray(SecretAccess.granted()));
    assertThat(found.responseKey().encapsulation()).isEqualTo(Bytes.ofText("enc"));
    assertThat(found.outputs()).isEqualTo("(uint256)");
    assertThat(found.posted()).isTrue();
  }

  @Test
  void onlyTheOwnerMayReadWhatOpensResults() throws IOException {
    new FileClientStore(directory.resolve("store")).save(record("one"));

    try (Stream<Path> paths = Files.walk(directory.resolve("store"))) {
      for (Path path : paths.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .as(path.toString())
            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
      }
    }
  }

  @Test
  void aForgottenTaskIsGone() {
    FileClientStore store = new FileClientStore(directory);
    store.save(record("one"));
    store.save(record("two"));

    store.remove(record("one").taskId());

    assertThat(store.tasks()).containsExactly(record("two").taskId());
    assertThat(store.task(record("one").taskId())).isEmpty();
  }

  @Test
  void aTaskThatIsOverCanBeKeptForItsOwnerToOpenAgain() throws IOException {
    FileClientStore store = new FileClientStore(directory, true);
    TaskRecord task = record("one");
    store.save(task);

    store.remove(task.taskId());
    store.remove(record("never saved").taskId());

    assertThat(store.tasks()).isEmpty();
    Path kept = directory.resolve("done").resolve(task.taskId().hex() + ".json");
    assertThat(Files.readString(kept)).contains("responseKey");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
        .isEqualTo("rw-------");
  }

  @Test
  void halfWrittenFilesOfACrashAreNotTakenForRecords() throws IOException {
    FileClientStore store = new FileClientStore(directory);
    store.save(record("one"));
    Files.writeString(directory.resolve("tasks/.1234.tmp"), "{\"taskId\":");

    assertThat(store.tasks()).hasSize(1);
  }

  @Test
  void contractsAreListedWithTheLatestLast() {
    FileClientStore store = new FileClientStore(directory);
    Address second = Address.fromHex("0x00000000000000000000000000000000000000bb");
    store.save(new ContractRecord("Box", second, Bytes32.zero(), "[]", "", 2));
    store.save(new ContractRecord("Box", CONTRACT, Bytes32.zero(), "[]", "", 1));

    assertThat(store.contracts().stream().map(ContractRecord::address))
        .isEqualTo(List.of(CONTRACT, second));
  }

  @Test
  void aPlaceThatCannotBeADirectoryIsATypedError() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(() -> new FileClientStore(file))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_DIRECTORY_UNUSABLE));
  }

  @Test
  void aRecordDoesNotPrintItsSecret() {
    assertThat(record("one").responseKey().toString()).doesNotContain("0000000000");
  }
}

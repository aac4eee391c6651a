package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import com.esaulpaugh.headlong.abi.Function;
import com.esaulpaugh.headlong.abi.Tuple;
import com.esaulpaugh.headlong.abi.TupleType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import network.enigma.enclave.Testbed.TestWorker;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.CallResult;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.channel.WorkerResponse.ReleasedBatch;
import network.enigma.protocol.crypto.SigningKey;
import network.enigma.runtime.evm.EvmRuntime;
import org.junit.jupiter.api.Test;

/** Solidity contracts in the enclave's real EVM. */
class EvmContractsTest {
  private static final BigInteger SUPPLY = BigInteger.valueOf(1_000_000);
  private static final long GAS = 1_000_000;

  private final SigningKey owner = TestTask.key("owner");
  private final SigningKey user = TestTask.key("user");
  private final Testbed testbed =
      Testbed.start(NetworkConfig.Parameters.testnet(3), new EvmRuntime());
  private final TestWorker worker = testbed.workers.getFirst();
  private final TestRealm realm = testbed.openRealm(owner);

  EvmContractsTest() {
    realm.announce(worker);
    realm.allocate(owner.address(), 100 * TestDapp.ALLOCATED);
    realm.allocate(user.address(), 100 * TestDapp.ALLOCATED);
    testbed.mine();
  }

  static Bytes code(String name) {
    String resource = "/network/enigma/contracts/artifacts/" + name + ".bin";
    try (InputStream in = EvmContractsTest.class.getResourceAsStream(resource)) {
      return Bytes.fromHex(
          new String(
              Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Bytes call(String signature, Object... arguments) {
    return Bytes.of(Function.parse(signature).encodeCall(Tuple.from(arguments)).array());
  }

  static com.esaulpaugh.headlong.abi.Address abi(Address address) {
    return com.esaulpaugh.headlong.abi.Address.wrap(address.checksummed());
  }

  private TestTask.Builder deployment(String name, Bytes arguments) {
    return realm
        .task(owner)
        .deploy(network.enigma.protocol.DeployData.immutable(code(name), 0), arguments)
        .gasLimit(10_000_000);
  }

  private Address deploy(String name, Bytes arguments) {
    TestTask task = deployment(name, arguments).build();
    assertThat(task.open(realm.runOne(worker, task)).failure()).isEmpty();
    return task.order().target();
  }

  private CallResult ask(SigningKey sender, Address contract, Bytes input) {
    TestTask task = realm.task(sender).call(contract, input).gasLimit(GAS).build();
    return task.open(realm.runOne(worker, task));
  }

  private static BigInteger number(CallResult result) {
    assertThat(result.failure()).isEmpty();
    return new BigInteger(1, result.output().toByteArray());
  }

  private static Bytes word(BigInteger value) {
    return Bytes.of(network.enigma.protocol.Bytes32.of(value).toByteArray());
  }

  @Test
  void aSecretTokenMovesBetweenItsHolders() {
    Address token = deploy("SecretToken", word(SUPPLY));
    Bytes transfer =
        call("transfer(address,uint256)", abi(user.address()), BigInteger.valueOf(250));
    List<TestTask> tasks = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      tasks.add(realm.task(owner).call(token, transfer).gasLimit(GAS).build());
    }
    ReleasedBatch released = realm.run(worker, tasks.toArray(TestTask[]::new));
    for (int i = 0; i < tasks.size(); i++) {
      assertThat(tasks.get(i).open(released.results().get(i)).failure()).isEmpty();
    }
    assertThat(number(ask(user, token, call("balanceOf(address)", abi(user.address())))))
        .isEqualTo(BigInteger.valueOf(10_000));
    assertThat(number(ask(owner, token, call("balanceOf(address)", abi(owner.address())))))
        .isEqualTo(SUPPLY.subtract(BigInteger.valueOf(10_000)));
    // Somebody else's balance is the contract's secret.
    assertThat(ask(user, token, call("balanceOf(address)", abi(owner.address()))).failure())
        .contains(ErrorCode.EXECUTION_REVERTED);
  }

  @Test
  void theTokensStateIsTheSameAfterARestart() {
    Address token = deploy("SecretToken", word(SUPPLY));
    ask(owner, token, call("transfer(address,uint256)", abi(user.address()), BigInteger.TEN));
    worker.restart();
    realm.takeLease(worker, 1);
    assertThat(number(ask(user, token, call("balanceOf(address)", abi(user.address())))))
        .isEqualTo(BigInteger.TEN);
  }

  @Test
  void aConstructorThatRevertsGivesItsReason() {
    TestTask task = deployment("RevertingConstructor", Bytes.empty()).build();
    TaskResult result = realm.runOne(worker, task);
    assertThat(result.receipt().outcome()).isEqualTo(Outcome.EXECUTED);
    CallResult seen = task.open(result);
    assertThat(seen.failure()).contains(ErrorCode.CONSTRUCTOR_REVERTED);
    assertThat(
            (Object)
                TupleType.parse("(uint256)")
                    .decode(seen.output().slice(4, 36).toByteArray())
                    .get(0))
        .isEqualTo(BigInteger.valueOf(42));
  }

  @Test
  void whateverAContractDoesItsStateIsKeptAndTheNextTaskRuns() {
    Address contract = deploy("Misbehaving", Bytes.empty());
    ask(owner, contract, call("store(uint256)", BigInteger.valueOf(7)));
    assertThat(
            ask(user, contract, call("storeAndRevert(uint256,string)", BigInteger.ONE, "no"))
                .failure())
        .contains(ErrorCode.EXECUTION_REVERTED);
    assertThat(ask(user, contract, call("loop()")).failure()).contains(ErrorCode.OUT_OF_GAS);
    assertThat(ask(user, contract, call("writeUntilOutOfGas(uint256)", BigInteger.TWO)).failure())
        .contains(ErrorCode.OUT_OF_GAS);
    assertThat(ask(user, contract, call("invalid()")).failure())
        .contains(ErrorCode.INVALID_INSTRUCTION);
    assertThat(ask(user, contract, call("recurse()")).failure()).isPresent();
    assertThat(number(ask(user, contract, call("stored()")))).isEqualTo(BigInteger.valueOf(7));
  }

  @Test
  void aMegabyteOfReturnDataIsATypedFailure() {
    Address contract = deploy("Misbehaving", Bytes.empty());
    TestTask task =
        realm.task(user).call(contract, call("returnMegabyte()")).gasLimit(50_000_000).build();
    assertThat(task.open(realm.runOne(worker, task)).failure())
        .contains(ErrorCode.OUTPUT_TOO_LARGE);
  }

  @Test
  void aWrongFunctionIsARevertAndNotOutOfGas() {
    Address contract = deploy("Misbehaving", Bytes.empty());
    assertThat(ask(user, contract, call("noSuchFunction()")).failure())
        .contains(ErrorCode.EXECUTION_REVERTED);
  }
}

package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import com.esaulpaugh.headlong.abi.TupleType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import network.enigma.enclave.Testbed.TestWorker;
import network.enigma.ethereum.StateProof;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallResult;
import network.enigma.protocol.CallableInput;
import network.enigma.protocol.CallbackCall;
import network.enigma.protocol.DeployData;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Gas;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.channel.TaskInput;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;
import network.enigma.protocol.channel.WorkerResponse.Accepted;
import network.enigma.protocol.channel.WorkerResponse.AllRejected;
import network.enigma.protocol.channel.WorkerResponse.Executed;
import network.enigma.protocol.channel.WorkerResponse.ReleasedBatch;
import network.enigma.protocol.crypto.SigningKey;
import network.enigma.runtime.evm.EvmRuntime;
import org.junit.jupiter.api.Test;

/** Tasks of kind CALLABLE: code of Ethereum contracts in the enclave's real EVM (rule C7). */
class CallablesTest {
  private static final long GAS = 2_000_000;
  private static final long CALLBACK_GAS = 150_000;
  private static final Address TARGET = Address.lastBytesOf(Keccak.hashText("credit line"));
  private static final Bytes CREDIT_LINE = deployedCode("CreditLine");
  private static final Bytes MISBEHAVING = deployedCode("Misbehaving");
  private static final Bytes ASSESSED = Bytes.of(new byte[] {1, 2, 3, 4});

  private final SigningKey owner = TestTask.key("owner");
  private final SigningKey user = TestTask.key("user");
  private final SigningKey bank = TestTask.key("bank");
  private final Testbed testbed =
      Testbed.start(NetworkConfig.Parameters.testnet(3), new EvmRuntime());
  private final TestWorker worker = testbed.workers.getFirst();
  private final TestRealm realm = testbed.openRealm(owner);

  CallablesTest() {
    realm.announce(worker);
    realm.allocate(owner.address(), 100 * TestDapp.ALLOCATED);
    realm.allocate(user.address(), 100 * TestDapp.ALLOCATED);
    ethereumHas(CREDIT_LINE);
  }

  /** The code as Ethereum would have it, with immutables that nobody set. */
  private static Bytes deployedCode(String name) {
    String resource = "/network/enigma/contracts/artifacts/" + name + ".json";
    try (InputStream in = CallablesTest.class.getResourceAsStream(resource)) {
      String artifact =
          new String(
              Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.US_ASCII);
      Matcher code = Pattern.compile("\"deployedBytecode\": \"(0x[0-9a-f]+)\"").matcher(artifact);
      assertThat(code.find()).isTrue();
      return Bytes.fromHex(code.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void ethereumHas(Bytes code) {
    testbed.chain.contract(TARGET, Keccak.hash(code));
    testbed.mine();
  }

  private static Bytes input(Bytes call) {
    return input(call, CALLBACK_GAS);
  }

  private static Bytes input(Bytes call, long callbackGas) {
    return Bytes.of(
        new CallableInput(Optional.of(new CallableInput.Callback(ASSESSED, callbackGas)), call)
            .encode());
  }

  private static Bytes inputWithoutCallback(Bytes call) {
    return Bytes.of(new CallableInput(Optional.empty(), call).encode());
  }

  /** A call of {@code assess} with the bank's statement. */
  private Bytes assess(long income) {
    BigInteger[] debts = {BigInteger.valueOf(10_000), BigInteger.valueOf(5_000)};
    Bytes statement =
        Bytes.of(
            TupleType.parse("(address,uint256,uint256[])")
                .encode(
                    com.esaulpaugh.headlong.abi.Tuple.from(
                        EvmContractsTest.abi(user.address()), BigInteger.valueOf(income), debts))
                .array());
    Bytes32 digest =
        Keccak.hash(
            Bytes.concat(
                Bytes.ofText("\u0019Ethereum Signed Message:\n32"),
                Keccak.hash(statement).bytes()));
    return EvmContractsTest.call(
        "assess(address,uint256,uint256[],bytes)",
        EvmContractsTest.abi(user.address()),
        BigInteger.valueOf(income),
        debts,
        bank.sign(digest).toByteArray());
  }

  private TestTask.Builder callable(Bytes input) {
    return callable(CREDIT_LINE, input);
  }

  private TestTask.Builder callable(Bytes code, Bytes input) {
    return realm.task(user).callable(TARGET, Keccak.hash(code), input).gasLimit(GAS);
  }

  private WorkerResponse execute(Bytes proof, List<Bytes> codes, TestTask... tasks) {
    List<TaskInput> inputs = new ArrayList<>();
    Arrays.stream(tasks).map(TestTask::input).forEach(inputs::add);
    return worker.call(
        new WorkerRequest.Execute(
            realm.id, testbed.chain.tip().number(), Testbed.PAYEE, inputs, proof, codes));
  }

  private ReleasedBatch run(List<Bytes> codes, TestTask... tasks) {
    Executed executed = (Executed) execute(testbed.chain.proofOfEverything(), codes, tasks);
    return realm.anchor(worker, executed).batches().getLast();
  }

  /** Runs one task of the user with the code and opens its result. */
  private CallResult ask(Bytes code, Bytes input) {
    ethereumHas(code);
    TestTask task = callable(code, input).build();
    ReleasedBatch released = run(List.of(code), task);
    assertThat(released.results().getFirst().receipt().outcome()).isEqualTo(Outcome.EXECUTED);
    CallResult result = task.open(released.results().getFirst());
    assertThat(result.failure().isPresent()).isTrue();
    assertThat(released.batch().callbacks()).isEmpty();
    return result;
  }

  private ErrorCode rejection(WorkerResponse answer) {
    return ((AllRejected) answer).rejected().getFirst().code();
  }

  private TestTask posted(TestTask task) {
    TestTask posted = task.posted();
    testbed.store(posted.order(), slot -> slot);
    testbed.mine();
    return posted;
  }

  // ------------------------------------------------------------------------------------ what works

  @Test
  void theResultGoesSealedToTheSenderAndAsACallbackToTheContract() {
    TestTask task = callable(input(assess(52_345))).build();
    ReleasedBatch released = run(List.of(CREDIT_LINE), task);
    CallResult result = task.open(released.results().getFirst());
    assertThat(result.failure()).isEmpty();
    List<Object> verdict = new ArrayList<>();
    TupleType.parse("(address,address,uint256)")
        .decode(result.output().toByteArray())
        .forEach(verdict::add);
    assertThat(verdict)
        .containsExactly(
            EvmContractsTest.abi(bank.address()),
            EvmContractsTest.abi(user.address()),
            BigInteger.valueOf(7_000));
    Bytes data = Bytes.concat(assess(52_345).slice(0, 4), ASSESSED, result.output());
    CallbackCall callback = new CallbackCall(task.taskId(), TARGET, TARGET, CALLBACK_GAS, data);
    assertThat(released.batch().callbacks()).containsExactly(callback);
    assertThat(released.results().getFirst().receipt().callbackHash())
        .isEqualTo(CallbackCall.listHash(List.of(callback)));
    long rate = testbed.config.parameters().callbackRate();
    assertThat(result.gasUsed())
        .isBetween((CALLBACK_GAS + 60_000) * rate, (CALLBACK_GAS + 60_000) * rate + 100_000);
  }

  @Test
  void withoutACallbackTheResultIsTheSendersAlone() {
    TestTask task = callable(inputWithoutCallback(assess(52_345))).build();
    ReleasedBatch released = run(List.of(CREDIT_LINE), task);
    CallResult result = task.open(released.results().getFirst());
    assertThat(result.failure()).isEmpty();
    assertThat(result.output().length()).isEqualTo(96);
    assertThat(result.gasUsed()).isLessThan(100_000);
    assertThat(released.batch().callbacks()).isEmpty();
  }

  @Test
  void aPostedTaskWithPublicInputRunsAndIsSettled() {
    TestTask task = posted(callable(input(assess(52_345))).open().build());
    ReleasedBatch released = run(List.of(CREDIT_LINE), task);
    assertThat(task.open(released.results().getFirst()).failure()).isEmpty();
    assertThat(released.batch().callbacks()).hasSize(1);
    assertThat(released.batch().outcomes().getFirst().outcome()).isEqualTo(Outcome.EXECUTED);
  }

  @Test
  void tasksOfOtherKindsShareItsBatch() {
    TestTask deployment =
        realm
            .task(owner)
            .deploy(DeployData.immutable(EvmContractsTest.code("Misbehaving"), 0), Bytes.empty())
            .gasLimit(10_000_000)
            .build();
    TestTask first = callable(input(assess(52_345))).build();
    TestTask second = callable(input(assess(60_000))).build();
    ReleasedBatch released = run(List.of(CREDIT_LINE), first, deployment, second);
    assertThat(released.results()).hasSize(3);
    assertThat(second.open(released.results().getLast()).failure()).isEmpty();
    assertThat(released.batch().callbacks()).hasSize(2);
  }

  @Test
  void anOrderIsAcceptedForTheCodeThatTheChainShows() {
    TestTask task = callable(input(assess(52_345))).build();
    assertThat(
            worker.call(new WorkerRequest.Accept(task.input(), testbed.chain.proofOfEverything())))
        .isInstanceOf(Accepted.class);
    TestTask other = callable(MISBEHAVING, input(assess(52_345))).build();
    assertThat(
            Testbed.failure(() ->
                    worker.call(
                        new WorkerRequest.Accept(other.input(), testbed.chain.proofOfEverything())))
                .code())
        .isEqualTo(ErrorCode.CALLABLE_CODE_MISMATCH);
  }

  // ------------------------------------------------------------------------------- code and proofs

  @Test
  void otherCodeAtTheTargetRefusesTheTaskForTheBaseGas() {
    TestTask task = callable(MISBEHAVING, input(assess(52_345))).build();
    ReleasedBatch released = run(List.of(MISBEHAVING, CREDIT_LINE), task);
    TaskResult result = released.results().getFirst();
    assertThat(result.receipt().outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(result.code()).contains(ErrorCode.CALLABLE_CODE_MISMATCH);
    assertThat(result.receipt().gasCharged())
        .isEqualTo(Gas.roundedUp(testbed.config.parameters().baseGas()));
    assertThat(released.batch().callbacks()).isEmpty();
  }

  @Test
  void aDirectOrderWaitsForATargetThatIsNotThereYet() {
    Address late = Address.lastBytesOf(Keccak.hashText("late"));
    TestTask task =
        realm
            .task(user)
            .callable(late, Keccak.hash(CREDIT_LINE), input(assess(52_345)))
            .gasLimit(GAS)
            .build();
    List<Bytes> codes = List.of(CREDIT_LINE);
    assertThat(rejection(execute(testbed.chain.proofOfEverything(), codes, task)))
        .isEqualTo(ErrorCode.CALLABLE_CODE_MISMATCH);
    testbed.chain.contract(late, Keccak.hash(CREDIT_LINE));
    testbed.mine();
    assertThat(task.open(run(codes, task).results().getFirst()).failure()).isEmpty();
  }

  @Test
  void aPostedTaskWhoseTargetHasNoCodeIsRefused() {
    Address nobody = Address.zero();
    TestTask task =
        posted(
            realm
                .task(user)
                .callable(nobody, Keccak.hash(CREDIT_LINE), input(assess(52_345)))
                .gasLimit(GAS)
                .build());
    TaskResult result = run(List.of(CREDIT_LINE), task).results().getFirst();
    assertThat(result.receipt().outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(result.code()).contains(ErrorCode.CALLABLE_CODE_MISMATCH);
  }

  @Test
  void codeThatTheHostInventedOrWithheldLeavesTheTaskAsItWas() {
    TestTask task = callable(input(assess(52_345))).build();
    Bytes proof = testbed.chain.proofOfEverything();
    assertThat(rejection(execute(proof, List.of(), task))).isEqualTo(ErrorCode.CODE_MISMATCH);
    byte[] changed = CREDIT_LINE.toByteArray();
    changed[changed.length / 2] ^= 1;
    assertThat(rejection(execute(proof, List.of(Bytes.of(changed), MISBEHAVING), task)))
        .isEqualTo(ErrorCode.CODE_MISMATCH);
    assertThat(task.open(run(List.of(CREDIT_LINE), task).results().getFirst()).failure()).isEmpty();
  }

  @Test
  void aProofThatLacksTheAccountProvesNothing() {
    TestTask task = callable(input(assess(52_345))).build();
    Bytes proof =
        testbed.chain.proof(
            List.of(
                EnigmaStorage.realmHot(realm.id),
                EnigmaStorage.allocation(realm.id, user.address())));
    assertThat(rejection(execute(proof, List.of(CREDIT_LINE), task)))
        .isEqualTo(ErrorCode.BAD_STATE_PROOF);
  }

  @Test
  void nodesOfAnotherStateProveNothing() {
    ethereumHas(MISBEHAVING);
    // The target had the order's code a block ago; its nodes are shown as the tip's.
    StateProof before =
        StateProof.decode(testbed.chain.proofOfEverything(testbed.chain.tip().number() - 1));
    StateProof now =
        StateProof.decode(
            testbed.chain.proof(
                List.of(
                    EnigmaStorage.realmHot(realm.id),
                    EnigmaStorage.allocation(realm.id, user.address()))));
    List<Bytes> nodes = new ArrayList<>(before.nodes());
    nodes.addAll(now.nodes());
    Bytes proof = new StateProof(testbed.chain.tip().number(), nodes).encode();
    TestTask task = callable(input(assess(52_345))).build();
    assertThat(rejection(execute(proof, List.of(CREDIT_LINE), task)))
        .isEqualTo(ErrorCode.BAD_STATE_PROOF);
  }

  @Test
  void codeIsProvedAtTheBatchsOwnHeader() {
    long before = testbed.chain.tip().number();
    ethereumHas(MISBEHAVING);
    TestTask task = callable(input(assess(52_345))).build();
    Bytes old = testbed.chain.proofOfEverything(before);
    assertThat(rejection(execute(old, List.of(CREDIT_LINE), task)))
        .isEqualTo(ErrorCode.BAD_STATE_PROOF);
  }

  // ----------------------------------------------------------------------- what a callable may do

  @Test
  void aCallableThatRevertsTellsItsSenderAndDeliversNothing() {
    Bytes call =
        EvmContractsTest.call(
            "assess(address,uint256,uint256[],bytes)",
            EvmContractsTest.abi(user.address()),
            BigInteger.ONE,
            new BigInteger[0],
            new byte[1]);
    CallResult result = ask(CREDIT_LINE, input(call));
    assertThat(result.failure()).contains(ErrorCode.EXECUTION_REVERTED);
    assertThat(new String(result.output().toByteArray(), StandardCharsets.US_ASCII))
        .contains("a signature has 65 bytes");
  }

  @Test
  void aCallableThatNeverEndsUsesWhatTheCallbackLeaves() {
    CallResult result = ask(MISBEHAVING, input(EvmContractsTest.call("loop()")));
    assertThat(result.failure()).contains(ErrorCode.OUT_OF_GAS);
    assertThat(result.gasUsed()).isBetween(1L, GAS - 1);
  }

  @Test
  void aCallbackThatTheLimitDoesNotPayIsOutOfGas() {
    ethereumHas(CREDIT_LINE);
    TestTask task = callable(input(assess(52_345), 1_000_000)).gasLimit(900_000).build();
    ReleasedBatch released = run(List.of(CREDIT_LINE), task);
    CallResult result = task.open(released.results().getFirst());
    assertThat(result.failure()).contains(ErrorCode.OUT_OF_GAS);
    assertThat(result.gasUsed()).isEqualTo(900_000);
    assertThat(released.batch().callbacks()).isEmpty();
  }

  @Test
  void aCallableWritesNothing() {
    assertThat(
            ask(MISBEHAVING, input(EvmContractsTest.call("store(uint256)", BigInteger.ONE)))
                .failure())
        .contains(ErrorCode.WRITE_PROTECTION);
    assertThat(
            ask(
                    MISBEHAVING,
                    input(
                        EvmContractsTest.call(
                            "callBackTooOften(address)", EvmContractsTest.abi(user.address()))))
                .failure())
        .contains(ErrorCode.WRITE_PROTECTION);
  }

  @Test
  void aCallableDoesNotSeeTheRealmsStateEvenAtItsContractsAddress() {
    TestTask deployment =
        realm
            .task(owner)
            .deploy(DeployData.immutable(EvmContractsTest.code("Misbehaving"), 0), Bytes.empty())
            .gasLimit(10_000_000)
            .build();
    Address secret = deployment.order().target();
    Bytes stored = EvmContractsTest.call("stored()");
    TestTask write =
        realm
            .task(owner)
            .call(secret, EvmContractsTest.call("store(uint256)", BigInteger.TEN))
            .gasLimit(GAS)
            .build();
    realm.run(worker, deployment, write);
    testbed.chain.contract(secret, Keccak.hash(MISBEHAVING));
    testbed.mine();
    TestTask task =
        realm
            .task(user)
            .callable(secret, Keccak.hash(MISBEHAVING), inputWithoutCallback(stored))
            .gasLimit(GAS)
            .build();
    CallResult result = task.open(run(List.of(MISBEHAVING), task).results().getFirst());
    assertThat(result.output()).isEqualTo(Bytes32.zero().bytes());
    TestTask call = realm.task(user).call(secret, stored).gasLimit(GAS).build();
    assertThat(call.open(realm.runOne(worker, call)).output())
        .isEqualTo(Bytes32.ofUnsigned(10).bytes());
  }

  @Test
  void anInputThatIsNoneIsAFailureOfTheSender() {
    for (Bytes malformed :
        List.of(
            Bytes.empty(), assess(1).slice(0, 7), Bytes.fromHex("0x01020304ffffffff05060708"))) {
      assertThat(ask(CREDIT_LINE, malformed).failure()).contains(ErrorCode.MALFORMED_INPUT);
    }
  }

  @Test
  void aResultThatNoCallbackCarriesIsTooLarge() {
    // PUSH2 length, PUSH0, RETURN
    Bytes longest = Bytes.fromHex("0x610ff85ff3");
    Bytes tooLong = Bytes.fromHex("0x610ff95ff3");
    ethereumHas(longest);
    TestTask task = callable(longest, input(assess(1))).build();
    ReleasedBatch released = run(List.of(longest), task);
    assertThat(task.open(released.results().getFirst()).failure()).isEmpty();
    assertThat(released.batch().callbacks().getFirst().data().length())
        .isEqualTo(CallbackCall.MAXIMUM_DATA);
    assertThat(ask(tooLong, input(assess(1))).failure()).contains(ErrorCode.OUTPUT_TOO_LARGE);
  }
}

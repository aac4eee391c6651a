package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import network.enigma.client.CallOptions;
import network.enigma.client.DeployOptions;
import network.enigma.client.Deployment;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.TaskResult;
import network.enigma.client.TaskStage;
import network.enigma.client.solidity.CompiledContract;
import network.enigma.client.store.MemoryClientStore;
import network.enigma.client.store.TaskRecord;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Gas;
import network.enigma.protocol.Outcome;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bad input gets a typed error and loses nothing: after every test the state is what it was, the
 * allocation has lost exactly the fees that are documented, and the next good call works.
 */
@ExtendWith(SharedNetwork.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int ACCOUNT = 3;

  private final Network network;
  private final MemoryClientStore store = new MemoryClientStore();
  private final EnigmaClient client;
  private SecretContract contract;
  private BigInteger stored = BigInteger.ZERO;
  private long chargedBefore;
  private long feesOfTheTest;

  BadInputTest(Network network) {
    this.network = network;
    this.client = network.client(ACCOUNT, builder -> builder.store(store));
  }

  @BeforeAll
  void deploy() {
    contract =
        client
            .deploy(
                client.compiler().compileSample("samples/Misbehaving.sol"),
                List.of(),
                DeployOptions.DEFAULT)
            .await();
    store();
  }

  private TaskResult store() {
    BigInteger next = stored.add(BigInteger.ONE);
    TaskResult result = contract.call("store", next).await(TaskStage.COMMITTED, PATIENCE).orThrow();
    stored = next;
    return result;
  }

  private BigInteger query() {
    return contract.query("stored").value(BigInteger.class);
  }

  private long charged() {
    return client.allocation(contract.realm()).charged();
  }

  @BeforeEach
  void remember() {
    chargedBefore = charged();
    feesOfTheTest = 0;
  }

  @AfterEach
  void nothingIsLostAndTheNextGoodCallWorks() {
    assertThat(query()).as("the state").isEqualTo(stored);
    TaskResult good = store();
    assertThat(query()).isEqualTo(stored);
    assertThat(charged() - chargedBefore)
        .as("what was charged")
        .isEqualTo(feesOfTheTest + good.fee());
  }

  private static EnigmaException refusal(ErrorCode expected, ThrowingCallable action) {
    EnigmaException refusal = catchThrowableOfType(EnigmaException.class, action);
    assertThat(refusal).as("expected %s", expected).isNotNull();
    assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(expected);
    return refusal;
  }

  /** The failure of a call that ran, was committed and is paid for. */
  private TaskResult failure(
      ErrorCode expected, CallOptions options, String function, Object... arguments) {
    TaskResult result =
        contract.call(options, function, List.of(arguments)).await(TaskStage.COMMITTED, PATIENCE);
    feesOfTheTest += result.fee();
    assertThat(result.outcome()).isEqualTo(Outcome.EXECUTED);
    assertThat(result.failure()).contains(expected);
    refusal(expected, result::orThrow);
    return result;
  }

  private CraftedOrder order() {
    return new CraftedOrder(
        network, client, network.key(ACCOUNT), contract, "store", BigInteger.valueOf(1_000_000));
  }

  private JsonNode submit(CraftedOrder order) {
    return CraftedOrder.submit(network, order.request(order.make(order.salt(), store)));
  }

  private TaskResult follow(TaskRecord record) {
    return client.resume(record.taskId()).await(TaskStage.COMMITTED, PATIENCE);
  }

  private long baseFee() {
    return Gas.fee(
            Gas.charged(0, 1_000_000, false, client.parameters().baseGas()),
            client.parameters().minGasPrice())
        .longValueExact();
  }

  /** The public refusal of an accepted order; it costs the base gas of a task. */
  private void refused(ErrorCode expected, CraftedOrder order, Bytes32 salt) {
    TaskRecord record = order.make(salt, store);
    CraftedOrder.submit(network, order.request(record));
    TaskResult result = follow(record);
    feesOfTheTest += result.fee();
    assertThat(result.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(result.failure()).contains(expected);
    assertThat(result.fee()).isEqualTo(baseFee());
  }

  // ------------------------------------------------------------------------------------------
  // calls that the contract does not have

  @Test
  void aFunctionTheContractDoesNotHaveIsNamedWithThoseItHas() {
    assertThat(refusal(ErrorCode.NO_SUCH_FUNCTION, () -> contract.call("stroe", 1)))
        .hasMessageContaining("stroe")
        .hasMessageContaining("store(uint256)");
  }

  @Test
  void argumentsThatDoNotFitAreNamedWithTheFunction() {
    assertThat(refusal(ErrorCode.ABI_MISMATCH, () -> contract.call("store", "many")))
        .hasMessageContaining("store(uint256)");
    assertThat(refusal(ErrorCode.ABI_MISMATCH, () -> contract.call("store", 1, 2)))
        .hasMessageContaining("store(uint256)");
    refusal(ErrorCode.ABI_MISMATCH, () -> contract.call("store", -1));
    refusal(ErrorCode.ABI_MISMATCH, () -> contract.call("store", BigInteger.ONE.shiftLeft(256)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0x", "0x00", "0xdeadbeef", "0x6057361d", "0x6057361d00ff"})
  void inputThatNoFunctionTakesRevertsAndNeverRunsOutOfGas(String input) {
    CraftedOrder order = order().withPayload(Bytes.fromHex(input));
    TaskRecord record = order.make(order.salt(), store);
    CraftedOrder.submit(network, order.request(record));

    TaskResult result = follow(record);

    feesOfTheTest += result.fee();
    assertThat(result.failure()).contains(ErrorCode.EXECUTION_REVERTED);
    assertThat(result.gasUsed()).isLessThan(100_000);
  }

  // ------------------------------------------------------------------------------------------
  // inputs that are sealed for something else

  @Test
  void inputSealedForAnotherRealmDoesNotOpen() {
    CraftedOrder order =
        order()
            .sealedFor(right ->
                new Envelope.Context(
                    CraftedOrder.randomBytes32(),
                    right.target(),
                    right.kind(),
                    right.sender(),
                    right.salt(),
                    right.codeHash()));
    refused(ErrorCode.DECRYPTION_FAILED, order, order.salt());
  }

  @Test
  void inputSealedByAnotherSenderDoesNotOpen() {
    CraftedOrder order =
        order()
            .sealedFor(right ->
                new Envelope.Context(
                    right.realm(),
                    right.target(),
                    right.kind(),
                    network.key(1).address(),
                    right.salt(),
                    right.codeHash()));
    refused(ErrorCode.DECRYPTION_FAILED, order, order.salt());
  }

  @Test
  void inputSealedForAnotherChainDoesNotOpen() {
    CraftedOrder order = order().sealedForNetwork(CraftedOrder.randomBytes32());
    refused(ErrorCode.DECRYPTION_FAILED, order, order.salt());
  }

  @Test
  void inputSealedForAnotherOrderDoesNotOpen() {
    refused(ErrorCode.DECRYPTION_FAILED, order(), CraftedOrder.randomBytes32());
  }

  @ParameterizedTest
  @CsvSource({
    "0, MALFORMED_ENVELOPE",
    "1, MALFORMED_ENVELOPE",
    "2, UNSUPPORTED_SUITE",
    "3, UNSUPPORTED_SUITE",
    "7, WRONG_TENURE",
    "11, WRONG_TENURE"
  })
  void aFlippedBitInTheEnvelopesHeaderIsRefusedBeforeTheOrderIsAccepted(
      int position, ErrorCode expected) {
    refusal(expected, () -> submit(order().withFlippedBit(position)));
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 1_131, -17, -1})
  void aFlippedBitInWhatIsSealedDoesNotOpen(int position) {
    CraftedOrder order = order().withFlippedBit(position);
    refused(ErrorCode.DECRYPTION_FAILED, order, order.salt());
  }

  @Test
  void aBitFlippedAfterTheOrderWasSignedIsNoticedByTheNode() {
    refusal(ErrorCode.INPUT_HASH_MISMATCH, () -> submit(order().withBitFlippedOnTheWay(-1)));
  }

  // ----------------------------------------------------------------------- orders that cannot run

  @Test
  void aUsedSaltIsRefusedAndTheSameOrderAgainIsTheSameTask() {
    CraftedOrder order =
        new CraftedOrder(network, client, network.key(ACCOUNT), contract, "store", stored);
    TaskRecord record = order.make(order.salt(), store);
    JsonNode first = CraftedOrder.submit(network, order.request(record));
    feesOfTheTest += follow(record).orThrow().fee();

    assertThat(CraftedOrder.submit(network, order.request(record)).path("taskId"))
        .isEqualTo(first.path("taskId"));
    refusal(ErrorCode.USED_SALT, () -> submit(order.withGasLimit(1_000_001)));
  }

  @Test
  void anExpiredOrderIsRefused() {
    // Orders expire by the header the enclave holds, which may be some blocks behind.
    long before = client.blockNumber();
    network.awaitNewestBlock();
    refusal(ErrorCode.EXPIRED_ORDER, () -> submit(order().withExpiry(before - 1)));
  }

  @Test
  void anOrderThatWouldLiveTooLongIsRefused() {
    long tooFar = client.blockNumber() + client.parameters().maxOrderBlocks() + 1_000;
    refusal(ErrorCode.EXPIRY_TOO_FAR, () -> submit(order().withExpiry(tooFar)));
  }

  @Test
  void anUnknownContractIsNamedToTheSenderOnly() {
    Address nowhere = Address.fromHex("0x" + "42".repeat(20));
    CraftedOrder order =
        order()
            .withTarget(nowhere)
            .sealedFor(right ->
                new Envelope.Context(
                    right.realm(),
                    nowhere,
                    right.kind(),
                    right.sender(),
                    right.salt(),
                    right.codeHash()));
    TaskRecord record = order.make(order.salt(), store);
    CraftedOrder.submit(network, order.request(record));

    TaskResult result = follow(record);

    feesOfTheTest += result.fee();
    assertThat(result.outcome()).isEqualTo(Outcome.EXECUTED);
    assertThat(result.failure()).contains(ErrorCode.UNKNOWN_CONTRACT);
    assertThat(result.fee()).isBetween(baseFee(), 2 * baseFee());
  }

  @Test
  void anAllocationThatDoesNotCoverTheOrderIsRefused() {
    refusal(ErrorCode.ALLOCATION_TOO_SMALL, () -> submit(order().withGasPrice(Long.MAX_VALUE)));
    refusal(
        ErrorCode.ALLOCATION_TOO_SMALL,
        () ->
            contract.call(CallOptions.DEFAULT.withGasPrice(-1), "store", List.of(BigInteger.ONE)));
  }

  @ParameterizedTest
  @CsvSource({"0, GAS_LIMIT_TOO_LOW", "1, GAS_LIMIT_TOO_LOW", "-1, GAS_LIMIT_TOO_HIGH"})
  void anImpossibleGasLimitIsRefusedByClientAndNode(long limit, ErrorCode expected) {
    refusal(
        expected,
        () ->
            contract.call(
                CallOptions.DEFAULT.withGasLimit(limit), "store", List.of(BigInteger.ONE)));
    refusal(expected, () -> submit(order().withGasLimit(limit)));
  }

  // ------------------------------------------------------------------------- executions that fail

  @Test
  void aConstructorThatRevertsShowsItsReasonAndDeploysNothing() {
    CompiledContract reverting =
        client
            .compiler()
            .compile(
                Network.home().resolve("contracts/samples/Misbehaving.sol"),
                "RevertingConstructor");

    Deployment deployment =
        client.deploy(
            reverting,
            List.of(),
            DeployOptions.DEFAULT
                .inRealm(contract.realm())
                .withCall(CallOptions.DEFAULT.withGasLimit(1_000_000)));
    TaskResult result = deployment.task().await(TaskStage.COMMITTED, PATIENCE);

    feesOfTheTest += result.fee();
    assertThat(refusal(ErrorCode.CONSTRUCTOR_REVERTED, result::orThrow))
        .hasMessageContaining("NeverDeployed(reason: 42)");
  }

  @Test
  void aRevertShowsItsReason() {
    TaskResult result =
        failure(
            ErrorCode.EXECUTION_REVERTED,
            CallOptions.DEFAULT,
            "storeAndRevert",
            BigInteger.TEN,
            "enough");
    assertThat(result.reason()).contains("AskedFor").contains("enough");
  }

  @Test
  void runningOutOfGasInTheMiddleOfWritesChangesNothing() {
    TaskResult result =
        failure(
            ErrorCode.OUT_OF_GAS,
            CallOptions.DEFAULT.withGasLimit(300_000),
            "writeUntilOutOfGas",
            BigInteger.TEN);
    assertThat(result.gasCharged()).isEqualTo(300_000);
  }

  @Test
  void anInfiniteLoopEndsWithItsGas() {
    TaskResult result =
        failure(ErrorCode.OUT_OF_GAS, CallOptions.DEFAULT.withGasLimit(2_000_000), "loop");
    assertThat(result.gasCharged()).isEqualTo(2_000_000);
  }

  @Test
  void anInvalidInstructionIsNamed() {
    failure(ErrorCode.INVALID_INSTRUCTION, CallOptions.DEFAULT.withGasLimit(200_000), "invalid");
  }

  @Test
  void moreCallbacksThanATaskMayHaveAreRefused() {
    TaskResult result =
        contract.call("callBackTooOften", contract.address()).await(TaskStage.COMMITTED, PATIENCE);
    feesOfTheTest += result.fee();
    assertThat(result.succeeded()).isFalse();
  }

  @Test
  void aMegabyteOfReturnDataIsNamedTooLarge() {
    TaskResult result =
        contract
            .call(CallOptions.DEFAULT.withGasLimit(50_000_000), "returnMegabyte", List.of())
            .await(TaskStage.COMMITTED, PATIENCE);
    feesOfTheTest += result.fee();
    assertThat(result.failure()).contains(ErrorCode.OUTPUT_TOO_LARGE);
  }
}

package network.enigma.runtime.evm;

import static network.enigma.runtime.evm.TestRealm.CONTRACT;
import static network.enigma.runtime.evm.TestRealm.GAS;
import static network.enigma.runtime.evm.TestRealm.OTHER;
import static network.enigma.runtime.evm.TestRealm.USER;
import static network.enigma.runtime.evm.TestRealm.word;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.runtime.Call;
import network.enigma.runtime.CallbackRequest;
import network.enigma.runtime.ExecutionResult;
import network.enigma.runtime.Failure;
import network.enigma.runtime.Limits;
import network.enigma.runtime.Observation;
import network.enigma.runtime.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvmRuntimeTest {
  private final TestRealm realm = new TestRealm(compilation(), observation());

  /** How the contracts run: interpreted here, compiled in {@link CompiledEvmRuntimeTest}. */
  Compilation compilation() {
    return Compilation.none();
  }

  /** Who watches each call; see {@link ObservedEvmRuntimeTest}. */
  @Nullable Supplier<Observation> observation() {
    return null;
  }

  /** Adds one to slot 0 and gives the new value. */
  private static Assembler counter() {
    return new Assembler()
        .push(0)
        .op(Op.SLOAD)
        .push(1)
        .op(Op.ADD, Op.DUP1)
        .push(0)
        .op(Op.SSTORE)
        .store(0)
        .giveBack(32);
  }

  private static void assertFailed(ExecutionResult result, Failure failure) {
    assertThat(result.status()).isEqualTo(Status.FAILED);
    assertThat(result.failure()).isEqualTo(failure);
    assertThat(result.changes()).isEmpty();
    assertThat(result.callbacks()).isEmpty();
  }

  private static Assembler loop() {
    return new Assembler().label("again").jump("again");
  }

  @Nested
  class Deploying {
    @Test
    void aContractKeepsItsStateBetweenCalls() {
      realm.with(CONTRACT, counter());
      assertThat(realm.call(CONTRACT).output()).isEqualTo(word(1));
      assertThat(realm.call(CONTRACT).output()).isEqualTo(word(2));
      assertThat(realm.slot(CONTRACT, 0)).contains(word(2));
    }

    @Test
    void constructorArgumentsFollowTheCode() {
      Bytes creation =
          new Assembler()
              .push(32)
              .op(Op.DUP1, Op.CODESIZE, Op.SUB)
              .push(0)
              .op(Op.CODECOPY)
              .push(0)
              .op(Op.MLOAD)
              .push(7)
              .op(Op.SSTORE)
              .op(Op.STOP)
              .code();
      ExecutionResult result = realm.run(new Call.Deploy(CONTRACT, USER, creation, word(99)), GAS);
      assertThat(result.status()).isEqualTo(Status.SUCCESS);
      assertThat(realm.slot(CONTRACT, 7)).contains(word(99));
    }

    @Test
    void aConstructorThatRevertsLeavesNothingButItsReason() {
      Bytes creation =
          new Assembler().push(1).push(1).op(Op.SSTORE).push(42).store(0).revert(32).code();
      ExecutionResult result = realm.deploy(CONTRACT, creation);
      assertThat(result.status()).isEqualTo(Status.REVERTED);
      assertThat(result.output()).isEqualTo(word(42));
      assertThat(result.changes()).isEmpty();
      assertThat(realm.entries()).isZero();
    }

    @Test
    void codeOfTheLongestLengthIsStoredAndOneByteMoreIsNot() {
      Bytes longest = Bytes.of(new byte[Code.MAXIMUM_LENGTH]);
      Bytes longer = Bytes.of(new byte[Code.MAXIMUM_LENGTH + 1]);
      long gas = 10_000_000;
      Call fits = new Call.Deploy(CONTRACT, USER, Assembler.creationOf(longest), Bytes.empty());
      Call tooLong = new Call.Deploy(OTHER, USER, Assembler.creationOf(longer), Bytes.empty());
      assertThat(realm.run(fits, gas).succeeded()).isTrue();
      assertFailed(realm.run(tooLong, gas), Failure.CODE_TOO_LARGE);
    }

    @Test
    void creationCodeBeyondTheLimitIsRefusedBeforeItRuns() {
      Bytes code = Bytes.of(new byte[Code.MAXIMUM_CREATION_LENGTH + 1]);
      ExecutionResult result =
          realm.run(new Call.Deploy(CONTRACT, USER, code, Bytes.empty()), 10_000_000);
      assertFailed(result, Failure.CODE_TOO_LARGE);
      assertThat(result.gasUsed()).isLessThan(1_000_000);
    }

    @Test
    void codeThatBeginsWithTheReservedByteIsInvalid() {
      assertFailed(
          realm.deploy(CONTRACT, Assembler.creationOf(Bytes.fromHex("0xef00"))),
          Failure.INVALID_CODE);
    }

    @Test
    void aTakenAddressStaysWithItsContract() {
      realm.with(CONTRACT, counter());
      assertFailed(realm.deploy(CONTRACT, loop().creation()), Failure.ADDRESS_TAKEN);
      assertThat(realm.call(CONTRACT).output()).isEqualTo(word(1));
    }

    @Test
    void anUpgradeReplacesCodeAndKeepsState() {
      realm.with(CONTRACT, counter());
      realm.call(CONTRACT);
      Assembler reader = new Assembler().push(0).op(Op.SLOAD).store(0).giveBack(32);
      ExecutionResult upgraded =
          realm.run(new Call.Upgrade(CONTRACT, USER, reader.creation(), Bytes.empty()), GAS);
      assertThat(upgraded.succeeded()).isTrue();
      assertThat(realm.call(CONTRACT).output()).isEqualTo(word(1));
      assertThat(realm.call(CONTRACT).output()).isEqualTo(word(1));
    }

    @Test
    void anUpgradeOfNothingIsAnUnknownContract() {
      assertFailed(
          realm.run(new Call.Upgrade(CONTRACT, USER, counter().creation(), Bytes.empty()), GAS),
          Failure.UNKNOWN_CONTRACT);
    }

    @Test
    void aContractCreatesAnotherThatAnswersInALaterTask() {
      Bytes child = counter().creation();
      Assembler factory = new Assembler();
      factory.push(new BigInteger(1, child.toByteArray()).shiftLeft(8 * (32 - child.length())));
      factory.store(0).push(child.length()).push(0).push(0).op(Op.CREATE).store(0).giveBack(32);
      realm.with(CONTRACT, factory);
      Bytes address = realm.call(CONTRACT).output().slice(12, 32);
      Address created = Address.of(address.toByteArray());
      assertThat(created.toByteArray())
          .isEqualTo(ContractAddress.ofNonce(new Keccak256(), CONTRACT.toByteArray(), 1));
      assertThat(realm.hasCode(created)).isTrue();
      assertThat(realm.hasCode(OTHER)).isFalse();
      assertThat(realm.call(created).output()).isEqualTo(word(1));
    }
  }

  @Nested
  class Gas {
    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void tooLittleGasIsATypedFailureThatUsesTheLimit(long gas) {
      realm.with(CONTRACT, counter());
      ExecutionResult result = realm.call(CONTRACT, word(1), gas);
      assertFailed(result, Failure.OUT_OF_GAS);
      assertThat(result.gasUsed()).isEqualTo(gas);
    }

    @Test
    void theLargestLimitIsALimitLikeAnyOther() {
      realm.with(CONTRACT, counter());
      ExecutionResult result = realm.call(CONTRACT, Bytes.empty(), -1);
      assertThat(result.output()).isEqualTo(word(1));
      assertThat(result.gasUsed()).isBetween(22_000L, 23_000L);
    }

    @Test
    void theLargestLimitIsUsedUpByAFailure() {
      realm.with(CONTRACT, new Assembler().op(0xfe));
      ExecutionResult result = realm.call(CONTRACT, Bytes.empty(), -1);
      assertFailed(result, Failure.INVALID_INSTRUCTION);
      assertThat(result.gasUsed()).isEqualTo(-1);
    }

    @Test
    void anEndlessLoopEndsAtTheLimit() {
      realm.with(CONTRACT, loop());
      ExecutionResult result = realm.call(CONTRACT, Bytes.empty(), 1_000_000);
      assertFailed(result, Failure.OUT_OF_GAS);
      assertThat(result.gasUsed()).isEqualTo(1_000_000);
    }

    @Test
    void runningOutBetweenWritesChangesNothing() {
      Assembler code = new Assembler();
      for (int slot = 0; slot < 3; slot++) {
        code.push(1).push(slot).op(Op.SSTORE);
      }
      realm.with(CONTRACT, code);
      int before = realm.entries();
      assertFailed(realm.call(CONTRACT, Bytes.empty(), 50_000), Failure.OUT_OF_GAS);
      assertThat(realm.entries()).isEqualTo(before);
      assertThat(realm.call(CONTRACT).succeeded()).isTrue();
      assertThat(realm.entries()).isEqualTo(before + 3);
    }

    @Test
    void inputIsPaidByItsBytes() {
      realm.with(CONTRACT, new Assembler().op(Op.STOP));
      assertThat(realm.call(CONTRACT, Bytes.fromHex("0x0001")).gasUsed()).isEqualTo(20);
    }

    @Test
    void clearingASlotIsRefundedUpToAFifth() {
      Assembler code = new Assembler().push(0).op(Op.CALLDATALOAD).push(0).op(Op.SSTORE, Op.STOP);
      realm.with(CONTRACT, code);
      realm.call(CONTRACT, word(5));
      ExecutionResult cleared = realm.call(CONTRACT, word(0));
      long used = 32 * 4 + 2 + 3 + 2 + 2_100 + 2_900;
      assertThat(cleared.gasUsed()).isEqualTo(used - used / 5);
      assertThat(realm.slot(CONTRACT, 0)).isEmpty();
    }

    @Test
    void anUnknownContractCostsWhatTheInputCosts() {
      ExecutionResult result = realm.call(CONTRACT, Bytes.fromHex("0xff"));
      assertFailed(result, Failure.UNKNOWN_CONTRACT);
      assertThat(result.gasUsed()).isEqualTo(16);
    }

    @Test
    void builtInContractsAreNoTargets() {
      assertFailed(
          realm.call(Address.of(Bytes32.ofUnsigned(2).bytes().slice(12, 32).toByteArray())),
          Failure.UNKNOWN_CONTRACT);
    }
  }

  @Nested
  class Bounds {
    @Test
    void memoryIsPaidBeforeItIsTaken() {
      realm.with(CONTRACT, new Assembler().push(1).push(1L << 32).op(Op.MSTORE));
      assertFailed(realm.call(CONTRACT), Failure.OUT_OF_GAS);
    }

    @Test
    void memoryIsBoundedWhateverTheGas() {
      realm.with(CONTRACT, new Assembler().push(1).push(1L << 32).op(Op.MSTORE));
      assertFailed(realm.call(CONTRACT, Bytes.empty(), -1), Failure.MEMORY_TOO_LARGE);
    }

    @Test
    void noGasBuysMemoryBeyondTheAddressableRange() {
      realm.with(
          CONTRACT, new Assembler().push(1).push(BigInteger.ONE.shiftLeft(255)).op(Op.MSTORE));
      assertFailed(realm.call(CONTRACT, Bytes.empty(), -1), Failure.OUT_OF_GAS);
    }

    @Test
    void theMemoryOfAllFramesCountsTogether() {
      realm.with(
          CONTRACT, new Assembler().push(1).push(8 << 20).op(Op.MSTORE).call(CONTRACT, 0, 0));
      assertFailed(realm.call(CONTRACT, Bytes.empty(), -1), Failure.MEMORY_TOO_LARGE);
    }

    @Test
    void whatACallLeftInMemoryIsGoneInTheNext() {
      Assembler writing = new Assembler().push(-1).push(40_000).op(Op.MSTORE, Op.STOP);
      Assembler reading = new Assembler().push(40_000).op(Op.MLOAD).store(0).giveBack(32);
      realm.with(CONTRACT, writing).with(OTHER, reading);
      realm.call(CONTRACT);
      assertThat(realm.call(OTHER).output()).isEqualTo(TestRealm.word(0));
    }

    @Test
    void whatAnEndedCallLeftInMemoryIsZeroForItsCaller() {
      Assembler writing = new Assembler().push(-1).push(64).op(Op.MSTORE, Op.STOP);
      Assembler caller =
          new Assembler()
              .push(7)
              .push(0)
              .op(Op.MSTORE)
              .call(OTHER, 0, 0)
              .op(Op.POP)
              .push(96)
              .op(Op.MLOAD)
              .store(0)
              .giveBack(32);
      realm.with(OTHER, writing).with(CONTRACT, caller);
      assertThat(realm.call(CONTRACT).output()).isEqualTo(TestRealm.word(0));
    }

    @Test
    void aMegabyteOfOutputIsATypedFailure() {
      realm.with(CONTRACT, new Assembler().giveBack(1 << 20));
      assertFailed(realm.call(CONTRACT), Failure.OUTPUT_TOO_LARGE);
    }

    @Test
    void aMegabyteAsAReasonIsATypedFailure() {
      realm.with(CONTRACT, new Assembler().revert(1 << 20));
      assertFailed(realm.call(CONTRACT), Failure.OUTPUT_TOO_LARGE);
    }

    @Test
    void theLongestOutputIsDelivered() {
      realm.with(CONTRACT, new Assembler().giveBack(64 << 10));
      assertThat(realm.call(CONTRACT).output().length()).isEqualTo(64 << 10);
    }

    @Test
    void stateStopsGrowingAtTheRealmsLimit() {
      Assembler code =
          new Assembler()
              .push(0)
              .op(Op.CALLDATALOAD)
              .label("next")
              .op(Op.DUP1, Op.DUP1, Op.SSTORE)
              .push(1)
              .op(Op.SWAP1, Op.SUB, Op.DUP1)
              .jumpIf("next");
      realm.with(CONTRACT, code);
      long room = 10L * World.SLOT_BYTES;
      realm.limits = Limits.network(realm.sizeInBytes() + room);
      assertFailed(realm.call(CONTRACT, word(11)), Failure.STATE_TOO_LARGE);
      assertThat(realm.call(CONTRACT, word(10)).succeeded()).isTrue();
      assertThat(realm.sizeInBytes()).isEqualTo(realm.limits.stateBytes());
      assertFailed(realm.deploy(OTHER, counter().creation()), Failure.STATE_TOO_LARGE);
    }

    /** Calls itself until it fails and gives the number of nested calls that succeeded. */
    private Assembler diver() {
      return new Assembler()
          .push(0)
          .store(0)
          .call(CONTRACT, 0, 32)
          .jumpIf("deeper")
          .push(0)
          .store(0)
          .giveBack(32)
          .label("deeper")
          .push(0)
          .op(Op.MLOAD)
          .push(1)
          .op(Op.ADD)
          .store(0)
          .giveBack(32);
    }

    @Test
    void callsNestExactly1024DeepOnASmallStack() throws InterruptedException {
      realm.with(CONTRACT, diver());
      AtomicReference<ExecutionResult> result = new AtomicReference<>();
      Thread thread =
          new Thread(
              null,
              () -> result.set(realm.call(CONTRACT, Bytes.empty(), 1L << 50)),
              "small stack",
              64 << 10);
      thread.start();
      thread.join();
      assertThat(result.get().output()).isEqualTo(word(1_024));
    }

    @Test
    void callsNestExactly1024DeepOnAVirtualThread() throws InterruptedException {
      realm.with(CONTRACT, diver());
      AtomicReference<ExecutionResult> result = new AtomicReference<>();
      Thread.ofVirtual()
          .start(() -> result.set(realm.call(CONTRACT, Bytes.empty(), 1L << 50)))
          .join();
      assertThat(result.get().output()).isEqualTo(word(1_024));
    }

    @Test
    void theStackHolds1024Words() {
      Assembler full = new Assembler();
      for (int i = 0; i < 1_024; i++) {
        full.op(Op.PUSH0);
      }
      realm.with(CONTRACT, full);
      realm.with(OTHER, new Assembler().op(Op.CALLER).op(new int[1_024]));
      assertThat(realm.call(CONTRACT).succeeded()).isTrue();
      Assembler over = new Assembler();
      for (int i = 0; i < 1_025; i++) {
        over.op(Op.PUSH0);
      }
      Address third = Address.fromHex("0x3000000000000000000000000000000000000003");
      realm.with(third, over);
      assertFailed(realm.call(third), Failure.STACK_OVERFLOW);
    }

    @Test
    void takingFromAnEmptyStackIsATypedFailure() {
      realm.with(CONTRACT, new Assembler().op(Op.ADD));
      assertFailed(realm.call(CONTRACT), Failure.STACK_UNDERFLOW);
    }

    @Test
    void aJumpIntoPushedDataIsATypedFailure() {
      realm.with(CONTRACT, new Assembler().push(4).op(Op.JUMP, Op.PUSH1, Op.JUMPDEST, Op.STOP));
      assertFailed(realm.call(CONTRACT), Failure.INVALID_JUMP);
    }

    @Test
    void readingBeyondReturnDataIsATypedFailure() {
      realm.with(CONTRACT, new Assembler().push(1).push(0).push(0).op(Op.RETURNDATACOPY));
      assertFailed(realm.call(CONTRACT), Failure.RETURN_DATA_OUT_OF_BOUNDS);
    }
  }

  @Nested
  class Surroundings {
    private Bytes read(int... instructions) {
      TestRealm fresh = new TestRealm(compilation(), observation());
      fresh.with(CONTRACT, new Assembler().op(instructions).store(0).giveBack(32));
      return fresh.call(CONTRACT).output();
    }

    @Test
    void aContractSeesTheSenderTheBlockAndZerosForTheRest() {
      assertThat(read(Op.CALLER)).isEqualTo(Bytes32.of(USER.toBigInteger()).bytes());
      assertThat(read(Op.ORIGIN)).isEqualTo(Bytes32.of(USER.toBigInteger()).bytes());
      assertThat(read(Op.ADDRESS)).isEqualTo(Bytes32.of(CONTRACT.toBigInteger()).bytes());
      assertThat(read(Op.CHAINID)).isEqualTo(word(31_337));
      assertThat(read(Op.NUMBER)).isEqualTo(word(1_234));
      assertThat(read(Op.TIMESTAMP)).isEqualTo(word(1_700_000_000));
      assertThat(read(Op.GASPRICE)).isEqualTo(word(77));
      assertThat(read(Op.GASLIMIT)).isEqualTo(word(GAS));
      for (int zero :
          new int[] {Op.CALLVALUE, Op.COINBASE, Op.BASEFEE, Op.BLOBBASEFEE, Op.SELFBALANCE}) {
        assertThat(read(zero)).isEqualTo(word(0));
      }
      assertThat(read(Op.NUMBER, Op.PUSH1, 1, Op.SWAP1, Op.SUB, Op.BLOCKHASH)).isEqualTo(word(0));
    }

    @Test
    void prevRandaoIsTheTasksFirstSecretWord() {
      Bytes first = read(Op.PREVRANDAO);
      assertThat(first)
          .isEqualTo(Bytes.of(realm.environment().random().bytes(0, 32)))
          .isNotEqualTo(word(0));
    }
  }

  @Nested
  class Queries {
    private final Assembler writer = new Assembler().push(1).push(1).op(Op.SSTORE);

    @Test
    void aQueryReads() {
      realm.with(CONTRACT, counter());
      realm.with(OTHER, new Assembler().push(0).op(Op.SLOAD).store(0).giveBack(32));
      assertThat(realm.query(OTHER).output()).isEqualTo(word(0));
    }

    @Test
    void writesLogsCreationsAndCallbacksEndAQuery() {
      assertEndsQuery(writer);
      assertEndsQuery(new Assembler().push(0).push(0).op(Op.LOG0));
      assertEndsQuery(new Assembler().push(0).push(0).push(0).op(Op.CREATE));
      assertEndsQuery(new Assembler().push(0).push(0).push(0).push(0).op(Op.CREATE2));
      assertEndsQuery(new Assembler().push(0).op(Op.SELFDESTRUCT));
      assertEndsQuery(Ports.request(word(1), 1, Bytes.empty()));
    }

    private void assertEndsQuery(Assembler code) {
      TestRealm fresh = new TestRealm(compilation(), observation()).with(CONTRACT, code);
      assertFailed(fresh.query(CONTRACT), Failure.READ_ONLY);
      assertThat(fresh.call(CONTRACT).succeeded()).isTrue();
    }

    @Test
    void aWriteInAContractThatIsCalledEndsTheQueryToo() {
      realm.with(OTHER, writer);
      realm.with(CONTRACT, new Assembler().call(OTHER, 0, 0));
      assertFailed(realm.query(CONTRACT), Failure.READ_ONLY);
    }

    @Test
    void aWriteBelowAStaticCallFailsThatCallOnly() {
      realm.with(OTHER, writer);
      realm.with(CONTRACT, new Assembler().staticCall(OTHER, 0, 0).store(0).giveBack(32));
      assertThat(realm.query(CONTRACT).output()).isEqualTo(word(0));
      assertThat(realm.call(CONTRACT).output()).isEqualTo(word(0));
    }
  }

  @Nested
  class StatelessCalls {
    private ExecutionResult run(Assembler code) {
      return realm.stateless(CONTRACT, code.code(), Bytes.empty(), GAS);
    }

    @Test
    void codeThatIsDeployedNowhereComputesFromItsInput() {
      Assembler twice =
          new Assembler().push(0).op(Op.CALLDATALOAD).push(2).op(Op.MUL).store(0).giveBack(32);
      ExecutionResult result = realm.stateless(CONTRACT, twice.code(), word(21), GAS);
      assertThat(result.output()).isEqualTo(word(42));
      assertThat(result.changes()).isEmpty();
      assertThat(result.gasUsed()).isPositive().isLessThan(1_000);
      assertThat(run(new Assembler().op(Op.CALLER).store(0).giveBack(32)).output())
          .isEqualTo(Bytes32.of(USER.toBigInteger()).bytes());
      assertThat(run(new Assembler().op(Op.ADDRESS).store(0).giveBack(32)).output())
          .isEqualTo(Bytes32.of(CONTRACT.toBigInteger()).bytes());
    }

    @Test
    void theRealmsContractsAndTheirStateAreNotThere() {
      realm.with(CONTRACT, counter());
      realm.with(OTHER, counter());
      realm.call(CONTRACT);
      assertThat(run(new Assembler().push(0).op(Op.SLOAD).store(0).giveBack(32)).output())
          .isEqualTo(word(0));
      assertThat(run(new Assembler().push(OTHER).op(Op.EXTCODESIZE).store(0).giveBack(32)).output())
          .isEqualTo(word(0));
      assertThat(realm.call(CONTRACT).output()).isEqualTo(word(2));
    }

    @Test
    void writesLogsCreationsAndCallbacksEndIt() {
      assertFailed(run(counter()), Failure.READ_ONLY);
      assertFailed(run(new Assembler().push(0).push(0).op(Op.LOG0)), Failure.READ_ONLY);
      assertFailed(run(new Assembler().push(0).push(0).push(0).op(Op.CREATE)), Failure.READ_ONLY);
      assertFailed(run(Ports.request(word(1), 1, Bytes.empty())), Failure.READ_ONLY);
    }

    @Test
    void anEndlessLoopEndsAtTheLimit() {
      ExecutionResult result = run(loop());
      assertFailed(result, Failure.OUT_OF_GAS);
      assertThat(result.gasUsed()).isEqualTo(GAS);
    }

    @Test
    void secretRandomBytesAreThere() {
      Assembler code =
          new Assembler()
              .push(32)
              .store(0)
              .staticCall(Ports.RANDOM, 32, 32)
              .op(Op.POP)
              .giveBack(32);
      assertThat(run(code).output()).isEqualTo(Bytes.of(realm.environment().random().bytes(1, 32)));
    }

    @Test
    void theCodeOfADelegatedAccountIsInvalid() {
      Bytes delegation = Bytes.concat(Bytes.fromHex("0xef0100"), OTHER.bytes());
      assertFailed(realm.stateless(CONTRACT, delegation, Bytes.empty(), GAS), Failure.INVALID_CODE);
    }
  }

  @Nested
  class Ports {
    private static final Address RANDOM =
        Address.fromHex("0x000000000000000000000000456e69676d610001");
    private static final Address CALLBACK =
        Address.fromHex("0x000000000000000000000000456e69676d610002");
    private static final Address CHARGE_FULL_LIMIT =
        Address.fromHex("0x000000000000000000000000456e69676d610003");

    /** Asks for a callback whose data is in memory from 128 on, and gives whether it was taken. */
    private static Assembler request(Bytes target, long gas, Bytes data) {
      Assembler code = new Assembler();
      code.push(new BigInteger(1, target.toByteArray())).store(0);
      code.push(gas).store(32).push(96).store(64).push(data.length()).store(96);
      for (int at = 0; at < data.length(); at += 32) {
        byte[] part = new byte[32];
        byte[] present = data.slice(at, Math.min(at + 32, data.length())).toByteArray();
        System.arraycopy(present, 0, part, 0, present.length);
        code.push(new BigInteger(1, part)).store(128 + at);
      }
      int length = 128 + (data.length() + 31) / 32 * 32;
      return code.call(CALLBACK, length, 0);
    }

    private static Assembler random(int length) {
      return new Assembler().push(length).store(0).staticCall(RANDOM, 32, length);
    }

    @Test
    void eachRequestForRandomBytesGivesNewOnesAndATaskRunAgainTheSame() {
      Assembler code =
          random(32)
              .op(Op.POP)
              .push(0)
              .op(Op.MLOAD)
              .push(32)
              .store(0)
              .staticCall(RANDOM, 32, 32)
              .op(Op.POP)
              .push(0)
              .op(Op.MLOAD)
              .store(32)
              .store(0)
              .giveBack(64);
      realm.with(CONTRACT, code);
      Bytes output = realm.call(CONTRACT).output();
      Bytes first = output.slice(0, 32);
      Bytes second = output.slice(32, 64);
      assertThat(first).isNotEqualTo(second).isNotEqualTo(word(32));
      assertThat(second).isNotEqualTo(word(32));
      assertThat(realm.call(CONTRACT).output()).isEqualTo(output);
      realm.taskSecret = Bytes32.ofUnsigned(2);
      assertThat(realm.call(CONTRACT).output()).isNotEqualTo(output);
    }

    @Test
    void moreRandomBytesThanTheLimitAreRefusedWithTheReason() {
      Assembler code =
          random(4_097)
              .op(Op.POP, Op.RETURNDATASIZE)
              .push(0)
              .push(0)
              .op(Op.RETURNDATACOPY, Op.RETURNDATASIZE)
              .push(0)
              .op(Op.REVERT);
      realm.with(CONTRACT, code);
      ExecutionResult result = realm.call(CONTRACT);
      assertThat(result.status()).isEqualTo(Status.REVERTED);
      assertThat(new String(result.output().toByteArray(), StandardCharsets.UTF_8))
          .contains("at most 4096");
    }

    @Test
    void aCallbackIsAskedForInTheNameOfTheContractAndPaidInFull() {
      Bytes data = Bytes.ofText("the answer that the contract gives to Ethereum");
      realm.with(
          CONTRACT,
          request(Bytes32.of(OTHER.toBigInteger()).bytes(), 100_000, data).store(0).giveBack(32));
      ExecutionResult result = realm.call(CONTRACT);
      assertThat(result.output()).isEqualTo(word(1));
      assertThat(result.callbacks())
          .singleElement()
          .satisfies(callback -> {
            assertThat(callback.origin()).isEqualTo(CONTRACT);
            assertThat(callback.target()).isEqualTo(OTHER);
            assertThat(callback.gas()).isEqualTo(100_000);
            assertThat(callback.data()).isEqualTo(data);
          });
      assertThat(result.gasUsed()).isBetween(320_000L, 325_000L);
    }

    @Test
    void aCallbackThatTheGasDoesNotPayIsRefused() {
      realm.with(CONTRACT, request(word(1), 100_000, Bytes.empty()).store(0).giveBack(32));
      ExecutionResult result = realm.call(CONTRACT, Bytes.empty(), 310_000);
      assertThat(result.output()).isEqualTo(word(0));
      assertThat(result.callbacks()).isEmpty();
      assertThat(result.gasUsed()).isLessThan(10_000);
    }

    @Test
    void aCallbackWithoutGasPaysForTheCall() {
      realm.with(CONTRACT, request(word(1), 0, Bytes.empty()).store(0).giveBack(32));
      ExecutionResult result = realm.call(CONTRACT);
      assertThat(result.callbacks()).hasSize(1);
      assertThat(result.gasUsed()).isGreaterThan(CallbackRequest.OVERHEAD_GAS * 2);
    }

    @Test
    void aCallbackThatOverflowsItsPriceIsRefused() {
      realm.callbackRate = -1;
      realm.with(CONTRACT, request(word(1), 1_000_000, Bytes.empty()).store(0).giveBack(32));
      assertThat(realm.call(CONTRACT, Bytes.empty(), -1).output()).isEqualTo(word(0));
    }

    @Test
    void aCallbackBeyondALimitIsRefused() {
      assertRefused(request(word(1), 1_000_001, Bytes.empty()));
      assertRefused(request(word(1), 1, Bytes.of(new byte[4_097])));
      assertRefused(request(Bytes32.of(BigInteger.ONE.shiftLeft(160)).bytes(), 1, Bytes.empty()));
      assertRefused(new Assembler().call(CALLBACK, 127, 0));
    }

    private void assertRefused(Assembler code) {
      TestRealm fresh =
          new TestRealm(compilation(), observation()).with(CONTRACT, code.store(0).giveBack(32));
      ExecutionResult result = fresh.call(CONTRACT);
      assertThat(result.output()).isEqualTo(word(0));
      assertThat(result.callbacks()).isEmpty();
    }

    @Test
    void aTaskAsksForFourCallbacksAndNoMore() {
      Assembler code = new Assembler();
      for (int i = 0; i < 5; i++) {
        code = append(code, request(word(1), 10, Bytes.empty()));
      }
      realm.with(CONTRACT, code.store(0).giveBack(32));
      ExecutionResult result = realm.call(CONTRACT);
      assertThat(result.output()).isEqualTo(word(0));
      assertThat(result.callbacks()).hasSize(4);
    }

    private static Assembler append(Assembler first, Assembler second) {
      for (byte b : second.code().toByteArray()) {
        first.op(b & 0xff);
      }
      return first;
    }

    @Test
    void aCallbackOfAnUndoneCallIsNotMade() {
      realm.with(OTHER, append(request(word(1), 10, Bytes.empty()), new Assembler().revert(0)));
      realm.with(CONTRACT, new Assembler().call(OTHER, 0, 0).store(0).giveBack(32));
      ExecutionResult result = realm.call(CONTRACT);
      assertThat(result.output()).isEqualTo(word(0));
      assertThat(result.callbacks()).isEmpty();
    }

    @Test
    void nobodyAsksForACallbackInTheNameOfTheCaller() {
      Assembler impostor = new Assembler().push(1).store(0).push(10).store(32).push(96).store(64);
      impostor.push(0).push(0).push(128).push(0).push(CALLBACK).op(Op.GAS, Op.DELEGATECALL);
      realm.with(OTHER, impostor);
      realm.with(CONTRACT, new Assembler().call(OTHER, 0, 0));
      assertThat(realm.call(CONTRACT).callbacks())
          .singleElement()
          .satisfies(callback -> assertThat(callback.origin()).isEqualTo(OTHER));
    }

    @Test
    void aCallbackBelowAStaticCallIsRefused() {
      realm.with(OTHER, request(word(1), 10, Bytes.empty()).store(0).giveBack(32));
      realm.with(CONTRACT, new Assembler().staticCall(OTHER, 0, 32).op(Op.POP).giveBack(32));
      ExecutionResult result = realm.call(CONTRACT);
      assertThat(result.output()).isEqualTo(word(0));
      assertThat(result.callbacks()).isEmpty();
    }

    @Test
    void theFullLimitIsChargedAlsoWhenTheCallIsUndone() {
      realm.with(CONTRACT, new Assembler().call(CHARGE_FULL_LIMIT, 0, 0));
      realm.with(OTHER, new Assembler().call(CHARGE_FULL_LIMIT, 0, 0).revert(0));
      assertThat(realm.call(CONTRACT).chargeFullLimit()).isTrue();
      ExecutionResult undone = realm.call(OTHER);
      assertThat(undone.status()).isEqualTo(Status.REVERTED);
      assertThat(undone.chargeFullLimit()).isTrue();
      assertThat(undone.gasUsed()).isLessThan(GAS);
    }
  }

  @Nested
  class State {
    @Test
    void callsBetweenContractsAreAtomic() {
      realm.with(OTHER, counter());
      realm.with(CONTRACT, new Assembler().call(OTHER, 0, 0).revert(0));
      assertThat(realm.call(CONTRACT).status()).isEqualTo(Status.REVERTED);
      assertThat(realm.slot(OTHER, 0)).isEmpty();
    }

    @Test
    void aFailedInnerCallIsUndoneAndTheOuterGoesOn() {
      realm.with(OTHER, new Assembler().push(9).push(0).op(Op.SSTORE, 0xfe));
      realm.with(
          CONTRACT,
          new Assembler()
              .push(0)
              .push(0)
              .push(0)
              .push(0)
              .push(0)
              .push(OTHER)
              .push(50_000)
              .op(Op.CALL)
              .push(1)
              .op(Op.ADD)
              .push(0)
              .op(Op.SSTORE));
      assertThat(realm.call(CONTRACT).succeeded()).isTrue();
      assertThat(realm.slot(OTHER, 0)).isEmpty();
      assertThat(realm.slot(CONTRACT, 0)).contains(word(1));
    }

    @Test
    void writingWhatIsThereChangesNothing() {
      realm.with(CONTRACT, new Assembler().push(5).push(0).op(Op.SSTORE));
      assertThat(realm.call(CONTRACT).changes()).hasSize(1);
      assertThat(realm.call(CONTRACT).changes()).isEmpty();
    }

    @Test
    void aSlotSetToZeroLeavesTheMap() {
      realm.with(CONTRACT, new Assembler().push(0).op(Op.CALLDATALOAD).push(3).op(Op.SSTORE));
      realm.call(CONTRACT, word(8));
      Bytes key = RealmLedger.slotKey(CONTRACT.toByteArray(), Bytes32.ofUnsigned(3).toByteArray());
      assertThat(realm.call(CONTRACT, word(0)).changes()).containsEntry(key, Optional.empty());
      assertThat(realm.get(key)).isNull();
    }

    @Test
    void theCallerHasNoAccountInTheRealm() {
      realm.with(CONTRACT, counter());
      realm.call(CONTRACT);
      assertThat(realm.get(RealmLedger.accountKey(USER.toByteArray()))).isNull();
    }

    @Test
    void transientStorageLastsAsLongAsTheTask() {
      Assembler code =
          new Assembler()
              .push(1)
              .op(Op.TLOAD)
              .store(0)
              .push(7)
              .push(1)
              .op(Op.TSTORE)
              .push(1)
              .op(Op.TLOAD)
              .store(32)
              .giveBack(64);
      realm.with(CONTRACT, code);
      Bytes expected = Bytes.concat(word(0), word(7));
      assertThat(realm.call(CONTRACT).output()).isEqualTo(expected);
      assertThat(realm.call(CONTRACT).output()).isEqualTo(expected);
    }

    @Test
    void aContractDestroyedInItsOwnTaskLeavesNothing() {
      Bytes child =
          new Assembler().push(1).push(1).op(Op.SSTORE).push(0).op(Op.SELFDESTRUCT).code();
      Assembler factory = new Assembler();
      factory.push(new BigInteger(1, child.toByteArray()).shiftLeft(8 * (32 - child.length())));
      factory.store(0).push(child.length()).push(0).push(0).op(Op.CREATE).store(0).giveBack(32);
      realm.with(CONTRACT, factory);
      int before = realm.entries();
      assertThat(realm.call(CONTRACT).succeeded()).isTrue();
      assertThat(realm.entries()).isEqualTo(before);
    }
  }
}

package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import network.enigma.attestation.simulation.SimulatedAuthority;
import network.enigma.enclave.Testbed.TestWorker;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallResult;
import network.enigma.protocol.DeployData;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Permit;
import network.enigma.protocol.Query;
import network.enigma.protocol.QueryPayload;
import network.enigma.protocol.Role;
import network.enigma.protocol.SealedResult;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.author.AuthorRequest;
import network.enigma.protocol.author.StorageValues;
import network.enigma.protocol.author.TraceEvent;
import network.enigma.protocol.author.TracedCall;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse.Answered;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.crypto.SigningKey;
import network.enigma.runtime.evm.EvmRuntime;
import network.enigma.tee.Entropy;
import network.enigma.tee.EvidenceSource;
import network.enigma.tee.Machine;
import network.enigma.tee.model.ModelChain;
import org.junit.jupiter.api.Test;

/** Traces, console lines and storage for authors: who gets them, sealed, and who does not. */
class AuthorRequestsTest {
  private static final long GAS = 1_000_000;
  private static final String SECRET = "the word that nobody sees";
  private static final EvidenceSource SIMULATED =
      reportData -> SimulatedAuthority.evidence(Role.WORKER, reportData, ModelChain.GENESIS_TIME);

  private final SigningKey owner = TestTask.key("owner");
  private final SigningKey user = TestTask.key("user");

  /** A network with the sample contract deployed. */
  private final class Dapp {
    final Testbed testbed;
    final TestWorker worker;
    final TestRealm realm;
    final Address notebook;

    Dapp(EvidenceSource evidence) {
      testbed = Testbed.start(NetworkConfig.Parameters.testnet(3), new EvmRuntime(), evidence);
      worker = testbed.workers.getFirst();
      realm = testbed.openRealm(owner);
      realm.announce(worker);
      realm.allocate(owner.address(), 100 * TestDapp.ALLOCATED);
      realm.allocate(user.address(), 100 * TestDapp.ALLOCATED);
      testbed.mine();
      TestTask deployment =
          realm
              .task(owner)
              .deploy(DeployData.immutable(EvmContractsTest.code("Notebook"), 0), Bytes.empty())
              .gasLimit(10_000_000)
              .build();
      assertThat(deployment.open(realm.runOne(worker, deployment)).failure()).isEmpty();
      notebook = deployment.order().target();
    }

    CallResult call(Bytes input) {
      TestTask task = realm.task(user).call(notebook, input).gasLimit(GAS).build();
      return task.open(realm.runOne(worker, task));
    }

    Permit.Signed permit(SigningKey signer, Address of, String label) {
      Permit permit =
          new Permit(of, realm.id, notebook, testbed.chain.tip().timestamp() + 1_000, label, 0);
      return new Permit.Signed(
          permit, signer.sign(permit.digest(testbed.domain())), Optional.empty());
    }

    Answered answer(Query query) {
      return (Answered)
          worker.call(new WorkerRequest.AnswerQuery(query, testbed.chain.proofOfEverything()));
    }

    byte[] ask(Address sender, byte[] payload) {
      Bytes32 salt = Keccak.hashText("author");
      Envelope.Sealed sealed =
          Envelope.seal(
              Leases.SUITE,
              realm.inputKey,
              testbed.config.hash(),
              Testbed.GENERATION,
              realm.hot.tenure(),
              new Envelope.Context(
                  realm.id, notebook, TaskKind.QUERY, sender, salt, Bytes32.zero()),
              payload);
      Query query = new Query(realm.id, notebook, sender, salt, sealed.envelope().toBytes());
      return SealedResult.open(
              sealed.responseKey(), query.id(testbed.domain()), answer(query).result())
          .toByteArray(SecretAccess.granted());
    }

    TracedCall trace(SigningKey sender, boolean readOnly, Bytes input) {
      return TracedCall.decode(
          ask(
              sender.address(),
              new AuthorRequest.Trace(
                      permit(sender, sender.address(), AuthorRequest.Trace.LABEL),
                      readOnly,
                      false,
                      GAS,
                      input)
                  .encode()));
    }

    List<Bytes32> storage(SigningKey asker, Bytes32... slots) {
      return StorageValues.decode(
              ask(
                  asker.address(),
                  new AuthorRequest.Storage(
                          permit(asker, asker.address(), AuthorRequest.Storage.LABEL),
                          notebook,
                          List.of(slots))
                      .encode()))
          .values();
    }
  }

  private static Bytes write(String text) {
    return EvmContractsTest.call("write(string,uint8)", text, 1);
  }

  private static Bytes read(long number) {
    return EvmContractsTest.call("read(uint256)", BigInteger.valueOf(number));
  }

  @Test
  void theSenderOfACallSeesWhatItWouldDoAndNothingIsKept() {
    Dapp dapp = new Dapp(SIMULATED);

    TracedCall traced = dapp.trace(user, false, write(SECRET));

    assertThat(traced.result().failure()).isEmpty();
    assertThat(traced.trace().events())
        .hasAtLeastOneElementOfType(TraceEvent.SlotWritten.class)
        .hasAtLeastOneElementOfType(TraceEvent.Logged.class)
        .filteredOn(TraceEvent.Called.class::isInstance)
        .first()
        .satisfies(first -> {
          TraceEvent.Called called = (TraceEvent.Called) first;
          assertThat(called.from()).isEqualTo(user.address());
          assertThat(called.to()).isEqualTo(dapp.notebook);
          assertThat(called.input()).isEqualTo(write(SECRET));
        });
    assertThat(dapp.call(read(1)).failure()).contains(ErrorCode.EXECUTION_REVERTED);

    CallResult real = dapp.call(write(SECRET));
    assertThat(real.failure()).isEmpty();
    assertThat(real.output()).isEqualTo(traced.result().output());
    assertThat(real.gasUsed()).isEqualTo(traced.result().gasUsed());
  }

  @Test
  void aTracedQueryMayNotWrite() {
    Dapp dapp = new Dapp(SIMULATED);
    assertThat(dapp.trace(user, true, write(SECRET)).result().failure())
        .contains(ErrorCode.WRITE_PROTECTION);
    assertThat(dapp.trace(user, true, read(1)).result().failure())
        .contains(ErrorCode.EXECUTION_REVERTED);
  }

  @Test
  void consoleLinesComeWithTheSealedResultAndInNoPublicOne() {
    Dapp dapp = new Dapp(SIMULATED);

    assertThat(dapp.call(write(SECRET)).console())
        .containsExactly(
            EvmContractsTest.call(
                "log(string,address)", "note of", EvmContractsTest.abi(user.address())),
            EvmContractsTest.call("log(string,string)", "stamping", SECRET));
    assertThat(dapp.call(read(9)).console())
        .as("of a call that reverts")
        .containsExactly(
            EvmContractsTest.call("log(string,uint256)", "reading", BigInteger.valueOf(9)));
    TestTask open =
        dapp.realm.task(user).call(dapp.notebook, write(SECRET)).gasLimit(GAS).open().build();
    TaskResult result = dapp.realm.runOne(dapp.worker, open);
    assertThat(open.open(result).failure()).isEmpty();
    assertThat(open.open(result).console()).isEmpty();
  }

  @Test
  void onlyTheRealmsOwnerReadsStorage() {
    Dapp dapp = new Dapp(SIMULATED);
    dapp.call(write(SECRET));

    List<Bytes32> values =
        dapp.storage(owner, Keccak.hashText("never written"), Bytes32.ofUnsigned(3));

    assertThat(values.get(0)).isEqualTo(Bytes32.zero());
    // The motto: five letters and twice their number.
    assertThat(new String(values.get(1).toByteArray(), 0, 5, StandardCharsets.US_ASCII))
        .isEqualTo("short");
    assertThat(Testbed.failure(() -> dapp.storage(user, Bytes32.zero())).code())
        .isEqualTo(ErrorCode.NOT_REALM_OWNER);
  }

  @Test
  void aPermitForQueriesOrOfSomebodyElseIsRefused() {
    Dapp dapp = new Dapp(SIMULATED);
    assertThat(refusal(dapp, dapp.permit(user, user.address(), "Query Notebook")))
        .isEqualTo(ErrorCode.WRONG_PERMIT);
    assertThat(refusal(dapp, dapp.permit(user, user.address(), AuthorRequest.Storage.LABEL)))
        .isEqualTo(ErrorCode.WRONG_PERMIT);
    assertThat(refusal(dapp, dapp.permit(owner, owner.address(), AuthorRequest.Trace.LABEL)))
        .isEqualTo(ErrorCode.WRONG_PERMIT);
    assertThat(refusal(dapp, dapp.permit(owner, user.address(), AuthorRequest.Trace.LABEL)))
        .isEqualTo(ErrorCode.BAD_SIGNATURE);
  }

  private ErrorCode refusal(Dapp dapp, Permit.Signed permit) {
    return Testbed.failure(() ->
            dapp.ask(
                user.address(),
                new AuthorRequest.Trace(permit, true, false, GAS, read(1)).encode()))
        .code();
  }

  @Test
  void anOpenRequestIsRefusedAndNothingOfItLeavesInTheOpen() {
    Dapp dapp = new Dapp(SIMULATED);
    byte[] request =
        new AuthorRequest.Trace(
                dapp.permit(user, user.address(), AuthorRequest.Trace.LABEL),
                true,
                false,
                GAS,
                read(1))
            .encode();
    Query query =
        new Query(
            dapp.realm.id,
            dapp.notebook,
            user.address(),
            Bytes32.zero(),
            new Envelope.PublicInput(Bytes.of(request)).toBytes());
    assertThat(Testbed.failure(() -> dapp.answer(query)).code())
        .isEqualTo(ErrorCode.ORDER_NOT_VALID);
  }

  @Test
  void withoutAVerdictOfSimulationThereIsNoTraceNoStorageAndNoConsole() {
    // Evidence, but bound to something else: as good as none.
    Dapp dapp =
        new Dapp(reportData ->
            SimulatedAuthority.evidence(
                Role.WORKER, Keccak.hashText("another"), ModelChain.GENESIS_TIME));

    assertThat(Testbed.failure(() -> dapp.trace(user, true, read(1))).code())
        .isEqualTo(ErrorCode.DEVELOPMENT_ONLY);
    assertThat(Testbed.failure(() -> dapp.storage(owner, Bytes32.zero())).code())
        .isEqualTo(ErrorCode.DEVELOPMENT_ONLY);
    CallResult written = dapp.call(write(SECRET));
    assertThat(written.failure()).isEmpty();
    assertThat(written.console()).isEmpty();
    assertThat(
            CallResult.decode(
                    dapp.ask(Address.zero(), new QueryPayload(Optional.empty(), read(1)).encode()))
                .console())
        .isEmpty();
  }

  @Test
  void aHardwareNetworkIsNoDevelopmentNetworkWhateverItsEvidence() {
    Machine machine =
        new Machine(
            NetworkConfig.Mode.HARDWARE,
            SimulatedAuthority.measurement(Role.WORKER),
            Entropy.secure(),
            SecretBytes.random(32),
            SIMULATED);
    ModelChain chain = new ModelChain();
    Development development =
        new Development(machine, NetworkConfig.Mode.HARDWARE, Keccak.hashText("network"));

    assertThat(development.network(chain.tip())).isEmpty();
    assertThat(Testbed.failure(() -> development.require(chain.tip())).code())
        .isEqualTo(ErrorCode.DEVELOPMENT_ONLY);
    assertThat(
            new Development(machine, NetworkConfig.Mode.SIMULATION, Keccak.hashText("network"))
                .network(chain.tip()))
        .as("the same evidence in a simulated network")
        .isPresent();
  }
}

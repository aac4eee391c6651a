package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.esaulpaugh.headlong.abi.Tuple;
import com.esaulpaugh.headlong.abi.TupleType;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import network.enigma.chain.BlockTag;
import network.enigma.chain.Call;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.cli.EnigmaCommand;
import network.enigma.client.CallOptions;
import network.enigma.client.CallableContract;
import network.enigma.client.EnigmaClient;
import network.enigma.client.TaskResult;
import network.enigma.client.TaskStage;
import network.enigma.client.abi.ContractAbi;
import network.enigma.contracts.CreditLine;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.crypto.SigningKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * An ordinary Ethereum contract in the style of the first release: its callable runs in an enclave
 * on sealed arguments, its callback receives the result (rule C7, kind CALLABLE).
 */
@ExtendWith(SharedNetwork.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CallableTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int ACCOUNT = 4;
  private static final List<Integer> DEBTS = List.of(10_000, 5_000);

  private final Network network;
  private final EnigmaClient client;
  private final SigningKey bank = SigningKey.generate();
  private ContractAbi abi;
  private Bytes32 realm;
  private CallableContract credit;

  CallableTest(Network network) {
    this.network = network;
    this.client = network.client(ACCOUNT);
  }

  @BeforeAll
  void aBankDeploysItsContractOnEthereum() {
    abi = client.compiler().compileSample("samples/CreditLine.sol").abi();
    realm = client.open();
    credit = client.callable("CreditLine", deploy(), realm, abi);
  }

  private Address deploy() {
    try (EthereumRpc rpc = new EthereumRpc(network.testnet().ethereumUrl())) {
      return new EthereumAccount(rpc, network.key(ACCOUNT))
          .execute(
              Call.deployment(
                      CreditLine.deployment(
                          client.forwarder().toByteArray(), bank.address().toByteArray()))
                  .withGasLimit(2_000_000))
          .contractAddress()
          .orElseThrow();
    }
  }

  /** The bank's signed statement about the applicant's income. */
  private Bytes statement(Address applicant, int income, SigningKey signer) {
    BigInteger[] debts = DEBTS.stream().map(BigInteger::valueOf).toArray(BigInteger[]::new);
    byte[] said =
        TupleType.parse("(address,uint256,uint256[])")
            .encode(
                Tuple.from(
                    com.esaulpaugh.headlong.abi.Address.wrap(applicant.checksummed()),
                    BigInteger.valueOf(income),
                    debts))
            .array();
    Bytes32 digest =
        Keccak.hash(
            "\u0019Ethereum Signed Message:\n32".getBytes(StandardCharsets.US_ASCII),
            Keccak.hash(said).toByteArray());
    return Bytes.of(signer.sign(digest).toByteArray());
  }

  private BigInteger limitOf(CallableContract contract, Address applicant) {
    try (EthereumRpc rpc = new EthereumRpc(network.testnet().ethereumUrl())) {
      return CreditLine.Results.limitOf(
          rpc.callContract(
                  contract.address(),
                  Bytes.of(CreditLine.limitOf(applicant.toByteArray())),
                  BlockTag.LATEST)
              .toByteArray());
    }
  }

  private static Address applicant() {
    return SigningKey.generate().address();
  }

  @Test
  void aDirectTaskDeliversItsResultToTheCallbackAndSealedToItsSender() {
    Address applicant = applicant();

    TaskResult result =
        credit
            .deliver(
                "assessed", "assess", applicant, 52_345, DEBTS, statement(applicant, 52_345, bank))
            .await(TaskStage.COMMITTED, PATIENCE)
            .orThrow();

    assertThat(result.values())
        .containsExactly(bank.address(), applicant, BigInteger.valueOf(7_000));
    assertThat(limitOf(credit, applicant)).isEqualTo(BigInteger.valueOf(7_000));
    assertThat(result.fee()).isPositive();
  }

  @Test
  void aPostedTaskDoesTheSame() {
    Address applicant = applicant();

    TaskResult result =
        credit
            .deliver(
                CallOptions.DEFAULT.withRoute(CallOptions.Route.POSTED).withGasLimit(1_000_000),
                "assessed",
                150_000,
                "assess",
                List.of(applicant, 30_000, DEBTS, statement(applicant, 30_000, bank)))
            .await(TaskStage.COMMITTED, PATIENCE)
            .orThrow();

    assertThat(result.values(2, BigInteger.class)).isEqualTo(BigInteger.valueOf(3_000));
    assertThat(limitOf(credit, applicant)).isEqualTo(BigInteger.valueOf(3_000));
  }

  @Test
  void aCallableThatRevertsTellsItsSenderWhyAndDeliversNothing() {
    Address applicant = applicant();

    TaskResult result =
        credit
            .deliver("assessed", "assess", applicant, 1, DEBTS, Bytes.of(new byte[64]))
            .await(TaskStage.COMMITTED, PATIENCE);

    assertThat(result.outcome()).isEqualTo(Outcome.EXECUTED);
    assertThat(result.failure()).contains(ErrorCode.EXECUTION_REVERTED);
    assertThat(result.reason()).contains("a signature has 65 bytes");
    assertThat(limitOf(credit, applicant)).isEqualTo(BigInteger.ZERO);
  }

  @Test
  void withoutACallbackTheResultIsTheSendersAlone() {
    Address applicant = applicant();

    TaskResult result =
        credit
            .run("assess", applicant, 52_345, DEBTS, statement(applicant, 52_345, bank))
            .await(TaskStage.COMMITTED, PATIENCE)
            .orThrow();

    assertThat(result.values(2, BigInteger.class)).isEqualTo(BigInteger.valueOf(7_000));
    assertThat(limitOf(credit, applicant)).isEqualTo(BigInteger.ZERO);
  }

  @Test
  void aFunctionThatDoesNotTakeTheResultIsNoCallbackOfIt() {
    for (String callback : List.of("limitOf", "onResult")) {
      EnigmaException refusal =
          catchThrowableOfType(
              EnigmaException.class,
              () -> credit.deliver(callback, "assess", applicant(), 1, DEBTS, Bytes.empty()));
      assertThat(refusal.code()).isEqualTo(ErrorCode.ABI_MISMATCH);
    }
    EnigmaException refusal =
        catchThrowableOfType(
            EnigmaException.class, () -> credit.run("assessed", applicant(), applicant(), 1));
    assertThat(refusal.code()).isEqualTo(ErrorCode.ABI_MISMATCH);
    assertThat(refusal).hasMessageContaining("neither pure nor view");
  }

  @Test
  void anAccountWithoutCodeHasNoCallables() {
    EnigmaException refusal =
        catchThrowableOfType(
            EnigmaException.class, () -> client.callable("Nobody", applicant(), realm, abi));
    assertThat(refusal.code()).isEqualTo(ErrorCode.NO_SUCH_CONTRACT);
  }

  @Test
  void whenTheContractHasOtherCodeByThenNothingRuns() {
    CallableContract replaced = client.callable("CreditLine", deploy(), realm, abi);
    try (EthereumRpc rpc = new EthereumRpc(network.testnet().ethereumUrl())) {
      // As if the contract had destroyed itself and come back with other code.
      rpc.call("anvil_setCode", replaced.address().hex(), "0x60015ff3");
    }
    Address applicant = applicant();
    Object[] arguments = {applicant, 52_345, DEBTS, statement(applicant, 52_345, bank)};

    TaskResult posted =
        replaced
            .deliver(
                CallOptions.DEFAULT.withRoute(CallOptions.Route.POSTED).withGasLimit(1_000_000),
                "assessed",
                150_000,
                "assess",
                List.of(arguments))
            .await(TaskStage.COMMITTED, PATIENCE);
    EnigmaException direct =
        catchThrowableOfType(
            EnigmaException.class, () -> replaced.deliver("assessed", "assess", arguments));

    assertThat(posted.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(posted.failure()).contains(ErrorCode.CALLABLE_CODE_MISMATCH);
    assertThat(direct.code()).isEqualTo(ErrorCode.CALLABLE_CODE_MISMATCH);
  }

  @Test
  void theCommandLineDoesItToo(@TempDir Path directory) {
    Address applicant = applicant();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();

    int exit =
        EnigmaCommand.run(
            Map.of(
                "ENIGMA_HOME", directory.toString(),
                "ETH_RPC", network.testnet().ethereumUrl().toString(),
                "ENIGMA_RPC", network.testnet().nodeUrls().getFirst().toString(),
                "ENIGMA_ADDRESS", client.enigma().hex(),
                "ENIGMA_ALLOW_SIMULATED", "1"),
            false,
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            "callable",
            Network.home().resolve("contracts/samples/CreditLine.sol").toString(),
            credit.address().hex(),
            "assess",
            "--account",
            String.valueOf(ACCOUNT),
            "--realm",
            realm.hex(),
            "--callback",
            "assessed",
            "--json",
            applicant.hex(),
            "45000",
            "[10000,5000]",
            statement(applicant, 45_000, bank).hex());

    assertThat(exit).as(err + " " + out).isZero();
    assertThat(out.toString().replace(" ", "")).contains("\"succeeded\":true").contains("6000");
    assertThat(limitOf(credit, applicant)).isEqualTo(BigInteger.valueOf(6_000));
  }
}

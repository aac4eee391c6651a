package network.enigma.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import network.enigma.client.abi.EncodedCall;
import network.enigma.client.author.ConsoleLine;
import network.enigma.client.author.SlotValues;
import network.enigma.client.author.Trace;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallResult;
import network.enigma.protocol.ContractDescription;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Permit;
import network.enigma.protocol.Query;
import network.enigma.protocol.QueryPayload;
import network.enigma.protocol.SealedResult;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.author.AuthorRequest;
import network.enigma.protocol.author.StorageValues;
import network.enigma.protocol.author.TracedCall;
import network.enigma.protocol.crypto.SecretAccess;

/**
 * Asks the enclave that holds a realm something sealed, which it answers sealed and at once:
 * queries, and what contract authors may see on development networks.
 */
final class Questions {
  private static final SecretAccess ACCESS = SecretAccess.granted();
  private static final Duration PERMIT_VALIDITY = Duration.ofDays(1);

  private final Connection connection;
  private final Enigma.Parameters parameters;
  private final Account account;

  Questions(Connection connection, Account account) {
    this.connection = connection;
    this.parameters = connection.parameters();
    this.account = account;
  }

  /**
   * Runs a read-only call on the anchored state.
   *
   * @param named whether it runs in the account's name, by a permit
   * @throws EnigmaException of the call's failure, or of what kept it from running
   */
  QueryResult query(SecretContract contract, EncodedCall call, boolean named) {
    Optional<Permit.Signed> permit =
        named ? Optional.of(permit(contract, "Query " + contract.name())) : Optional.empty();
    QueryPayload payload = new QueryPayload(permit, call.input());
    Answer answer = ask(contract, payload.sender(), payload.encode());
    CallResult result = CallResult.decode(answer.plaintext());
    if (result.failure().isPresent()) {
      ErrorCode failure = result.failure().get();
      throw new EnigmaException(
          failure,
          failure == ErrorCode.EXECUTION_REVERTED
              ? call.signature() + ": " + contract.abi().revertReason(result.output())
              : call.signature() + ": " + failure.explanation());
    }
    return new QueryResult(
        call.outputs().decode(result.output()),
        answer.sequence(),
        ConsoleLine.texts(result.console()));
  }

  /** Traces a call on the anchored state; nothing is sent and nothing kept. */
  Trace trace(
      SecretContract contract,
      EncodedCall call,
      OptionalLong gasLimit,
      boolean readOnly,
      boolean anonymous) {
    requireDevelopmentNetwork();
    AuthorRequest.Trace request =
        new AuthorRequest.Trace(
            permit(contract, AuthorRequest.Trace.LABEL),
            readOnly,
            anonymous,
            gasLimit.orElse(
                readOnly
                    ? parameters.maxTaskGas()
                    : Math.min(Orders.DEFAULT_CALL_GAS, parameters.maxTaskGas())),
            call.input());
    Answer answer = ask(contract, account.owner(), request.encode());
    TracedCall traced = TracedCall.decode(answer.plaintext());
    return new Trace(traced.result(), traced.trace(), answer.sequence());
  }

  /** Reads slots of a contract in the account's own realm. */
  SlotValues slots(SecretContract contract, List<Bytes32> slots) {
    requireDevelopmentNetwork();
    AuthorRequest.Storage request =
        new AuthorRequest.Storage(
            permit(contract, AuthorRequest.Storage.LABEL), contract.address(), slots);
    Answer answer = ask(contract, account.owner(), request.encode());
    List<Bytes32> values = StorageValues.decode(answer.plaintext()).values();
    if (values.size() != slots.size()) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE,
          "%d values for %d slots".formatted(values.size(), slots.size()));
    }
    return new SlotValues(values, answer.sequence());
  }

  private void requireDevelopmentNetwork() {
    if (!connection.isSimulated()) {
      throw new EnigmaException(
          ErrorCode.DEVELOPMENT_ONLY,
          "the network at %s is no development network: nobody sees what a contract does there"
              .formatted(connection.ledger().enigma().hex()));
    }
  }

  /** The terms of a contract, as the enclave that holds it has them. */
  byte[] describe(SecretContract contract) {
    return ask(contract, Address.zero(), ContractDescription.question()).plaintext();
  }

  /**
   * What a holder's enclave answered.
   *
   * @param sequence of the last task whose effect it contains
   */
  private record Answer(byte[] plaintext, long sequence) {}

  /** Asks the holder of the contract's realm something sealed. */
  private Answer ask(SecretContract contract, Address sender, byte[] payload) {
    RealmKey realmKey = connection.realmKeys().current(contract.realm());
    Bytes32 salt = Orders.newSalt();
    Envelope.Context context =
        new Envelope.Context(
            contract.realm(), contract.address(), TaskKind.QUERY, sender, salt, Bytes32.zero());
    Envelope.Sealed sealed = realmKey.seal(connection.networkHash(), context, payload);
    Query query =
        new Query(contract.realm(), contract.address(), sender, salt, sealed.envelope().toBytes());
    ObjectNode parametersNode = Nodes.parameters();
    parametersNode
        .put("realm", query.realm().hex())
        .put("target", query.target().hex())
        .put("sender", query.sender().hex())
        .put("salt", query.salt().hex())
        .put("envelope", query.envelope().hex());
    JsonNode answer = connection.nodes().query(query.realm(), parametersNode);
    return new Answer(
        SealedResult.open(
                sealed.responseKey(),
                query.id(connection.domain()),
                Bytes.fromHex(answer.path("result").asText()))
            .toByteArray(ACCESS),
        Long.decode(answer.path("sequence").asText()));
  }

  private Permit.Signed permit(SecretContract contract, String label) {
    long epoch = connection.ledger().allocation(contract.realm(), account.owner()).sessionEpoch();
    Permit permit =
        new Permit(
            account.owner(),
            contract.realm(),
            contract.address(),
            Instant.now().plus(PERMIT_VALIDITY).getEpochSecond(),
            label,
            epoch);
    return new Permit.Signed(
        permit, account.key().sign(permit.digest(connection.domain())), account.session());
  }
}

package network.enigma.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import network.enigma.protocol.VectorFile.Entry;
import network.enigma.protocol.crypto.SealingKeyPair;
import network.enigma.protocol.crypto.Secp256k1;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.crypto.SigningKey;
import network.enigma.protocol.crypto.Suite;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import org.junit.jupiter.api.Test;

/** Java's side of the vectors that Solidity and TypeScript check too. */
final class VectorsTest {
  private static TaskOrder order(Entry vector) {
    return new TaskOrder(
        vector.address("sender"),
        vector.bytes32("realm"),
        vector.address("target"),
        TaskKind.fromNumber(vector.small("kind")),
        vector.bytes32("codeHash"),
        vector.bytes32("inputHash"),
        vector.uint("gasLimit"),
        vector.uint("gasPrice"),
        vector.uint("expiry"),
        vector.bytes32("salt"));
  }

  @Test
  void taskOrdersHaveTheirIdSignatureAndEncoding() {
    for (Entry vector : VectorFile.list("task-order", "vectors")) {
      TaskOrder order = order(vector);
      Eip712Domain domain = vector.domain();
      assertThat(domain.separator()).isEqualTo(vector.bytes32("domainSeparator"));
      assertThat(order.structHash()).isEqualTo(vector.bytes32("structHash"));
      assertThat(order.taskId(domain)).isEqualTo(vector.bytes32("taskId"));
      assertThat(order.maximumFee()).isEqualTo(new BigInteger(vector.text("maximumFee")));
      assertThat(order.encode()).isEqualTo(vector.raw("encoded"));
      assertThat(TaskOrder.decode(vector.raw("encoded"))).isEqualTo(order);
      Signature signature = Signature.fromHex(vector.text("signature"));
      assertThat(SigningKey.fromHex(vector.text("privateKey")).sign(order.taskId(domain)))
          .isEqualTo(signature);
      assertThat(Secp256k1.recover(order.taskId(domain), signature)).isEqualTo(order.sender());
    }
  }

  @Test
  void realmsHaveTheirIdAndGenesis() {
    for (Entry vector : VectorFile.list("ids", "realms")) {
      Bytes32 realm =
          Realms.realmId(vector.domain(), vector.address("owner"), vector.bytes32("salt"));
      assertThat(realm).isEqualTo(vector.bytes32("realm"));
      assertThat(Realms.genesisStateHash(realm)).isEqualTo(vector.bytes32("genesisStateHash"));
    }
  }

  @Test
  void contractsHaveTheirAddress() {
    for (Entry vector : VectorFile.list("ids", "contracts")) {
      DeployData data =
          new DeployData(
              vector.bytes("code"),
              vector.small("dialect"),
              vector.address("authority"),
              vector.uint("delay"));
      assertThat(data.codeHash()).isEqualTo(vector.bytes32("codeHash"));
      assertThat(
              data.target(
                  vector.bytes32("realm"), vector.address("deployer"), vector.bytes32("salt")))
          .isEqualTo(vector.address("address"));
    }
  }

  @Test
  void inputKeysAndRostersHaveTheirHash() {
    for (Entry vector : VectorFile.list("ids", "inputKeys")) {
      Suite suite = Suite.fromId(vector.small("suite")).orElseThrow();
      assertThat(SealingKeyPair.of(suite, vector.secret("privateKey")).publicKey())
          .isEqualTo(vector.bytes("publicKey"));
      assertThat(Realms.inputKeyHash(suite, vector.bytes("publicKey")))
          .isEqualTo(vector.bytes32("inputKeyHash"));
    }
    for (Entry vector : VectorFile.list("ids", "rosters")) {
      assertThat(Realms.rosterHash(vector.texts("members").stream().map(Address::fromHex).toList()))
          .isEqualTo(vector.bytes32("rosterHash"));
    }
  }

  private static Envelope.Context context(Entry vector) {
    return new Envelope.Context(
        vector.bytes32("realm"),
        vector.address("target"),
        TaskKind.fromNumber(vector.small("kind")),
        vector.address("sender"),
        vector.bytes32("salt"),
        vector.bytes32("codeHash"));
  }

  @Test
  void associatedDataBindTheContext() {
    for (Entry vector : VectorFile.list("aad", "vectors")) {
      assertThat(context(vector).associatedData(vector.uint("generation"), vector.uint("tenure")))
          .isEqualTo(vector.raw("associatedData"));
    }
  }

  @Test
  void sealedEnvelopesOfBothLanguagesOpen() {
    List<String> sealedBy = new ArrayList<>();
    for (Entry vector : VectorFile.list("envelope", "sealed")) {
      sealedBy.add(vector.text("sealedBy"));
      SealingKeyPair key =
          SealingKeyPair.of(
              Suite.fromId(vector.small("suite")).orElseThrow(), vector.secret("privateKey"));
      assertThat(Envelope.info(vector.bytes32("networkHash"))).isEqualTo(vector.raw("info"));
      Envelope envelope = Envelope.decode(vector.bytes("envelope"));
      assertThat(envelope.toBytes()).isEqualTo(vector.bytes("envelope"));
      assertThat(envelope.inputHash()).isEqualTo(vector.bytes32("inputHash"));
      Envelope.SealedInput sealed = (Envelope.SealedInput) envelope;
      assertThat(sealed.generation()).isEqualTo(vector.uint("generation"));
      assertThat(sealed.tenure()).isEqualTo(vector.uint("tenure"));
      Envelope.OpenedInput opened =
          sealed.open(key, vector.bytes32("networkHash"), context(vector));
      assertThat(opened.payload()).isEqualTo(vector.secret("payload"));
      assertThat(opened.responseKey())
          .isEqualTo(
              new ResponseKey(vector.bytes("encapsulation"), vector.secret("responseSecret")));
    }
    assertThat(sealedBy).contains("java", "typescript");
  }

  @Test
  void publicEnvelopesCarryTheirPayload() {
    for (Entry vector : VectorFile.list("envelope", "public")) {
      Envelope envelope = new Envelope.PublicInput(vector.bytes("payload"));
      assertThat(envelope.toBytes()).isEqualTo(vector.bytes("envelope"));
      assertThat(envelope.inputHash()).isEqualTo(vector.bytes32("inputHash"));
      assertThat(Envelope.decode(vector.bytes("envelope"))).isEqualTo(envelope);
    }
  }

  @Test
  void malformedEnvelopesAreRefusedWithTheirError() {
    for (Entry vector : VectorFile.list("envelope", "malformed")) {
      assertThatThrownBy(() -> Envelope.decode(vector.bytes("envelope")))
          .as(vector.text("why"))
          .isInstanceOfSatisfying(
              EnigmaException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.valueOf(vector.text("error"))));
    }
  }

  @Test
  void paddingReachesTheListedLengths() {
    for (Entry vector : VectorFile.list("padding", "lengths")) {
      assertThat(Padding.paddedLength(vector.small("payloadLength")))
          .isEqualTo(vector.small("paddedLength"));
    }
    for (Entry vector : VectorFile.list("padding", "padded")) {
      assertThat(Padding.pad(vector.raw("payload"))).isEqualTo(vector.raw("padded"));
      assertThat(Padding.unpad(vector.raw("padded"))).isEqualTo(vector.raw("payload"));
    }
  }

  @Test
  void wrongPaddingIsRefused() {
    for (Entry vector : VectorFile.list("padding", "bad")) {
      assertThatThrownBy(() -> Padding.unpad(vector.raw("padded")))
          .as(vector.text("why"))
          .isInstanceOfSatisfying(
              EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_PADDING));
    }
  }

  @Test
  void responsesOpenAndSealToTheSameBytes() {
    for (Entry vector : VectorFile.list("response", "vectors")) {
      ResponseKey key =
          new ResponseKey(vector.bytes("encapsulation"), vector.secret("responseSecret"));
      Bytes32 taskId = vector.bytes32("taskId");
      assertThat(SealedResult.open(key, taskId, vector.bytes("sealed")))
          .isEqualTo(vector.secret("result"));
      assertThat(SealedResult.seal(key, taskId, vector.raw("result"), vector.bytes32("nonce")))
          .isEqualTo(vector.bytes("sealed"));
    }
  }

  @Test
  void callResultsHaveTheirEncoding() {
    for (Entry vector : VectorFile.list("call-result", "vectors")) {
      Optional<ErrorCode> failure =
          vector.small("code") == 0 ? Optional.empty() : ErrorCode.fromNumber(vector.small("code"));
      CallResult result =
          new CallResult(
              failure,
              vector.uint("gasUsed"),
              vector.bytes("output"),
              vector.texts("console").stream().map(Bytes::fromHex).toList());
      assertThat(result.encode()).isEqualTo(vector.raw("encoded"));
      assertThat(CallResult.decode(vector.raw("encoded"))).isEqualTo(result);
    }
  }

  @Test
  void batchesLeadFromGenesisToTheirStateHashes() {
    Bytes32 previous = Bytes32.zero();
    for (Entry vector : VectorFile.list("state-hash", "vectors")) {
      if (previous.isZero()) {
        previous = Realms.genesisStateHash(vector.bytes32("realm"));
      }
      assertThat(previous).isEqualTo(vector.bytes32("previous"));
      List<Charge> charges =
          vector.list("charges").stream()
              .map(charge -> new Charge(charge.address("payer"), charge.uint("amount")))
              .toList();
      List<TaskOutcome> outcomes =
          vector.list("outcomes").stream()
              .map(outcome ->
                  new TaskOutcome(
                      outcome.bytes32("taskId"),
                      Outcome.fromNumber(outcome.small("outcome")),
                      outcome.small("code"),
                      outcome.uint("fee")))
              .toList();
      List<CallbackCall> callbacks =
          vector.list("callbacks").stream()
              .map(callback ->
                  new CallbackCall(
                      callback.bytes32("taskId"),
                      callback.address("secretContract"),
                      callback.address("target"),
                      callback.uint("gas"),
                      callback.bytes("data")))
              .toList();
      Batch batch =
          new Batch(
              vector.bytes32("realm"),
              BatchKind.fromNumber(vector.small("kind")),
              vector.uint("lease"),
              vector.uint("tenure"),
              vector.uint("firstSequence"),
              vector.uint("count"),
              vector.uint("headerNumber"),
              vector.bytes32("headerHash"),
              vector.bytes32("deltaHash"),
              vector.bytes32("receiptsRoot"),
              charges,
              outcomes,
              callbacks,
              vector.address("payee"));
      assertThat(batch.packedCharges()).isEqualTo(vector.raw("packedCharges"));
      assertThat(Batch.unpackCharges(vector.raw("packedCharges"))).isEqualTo(charges);
      assertThat(batch.chargesHash()).isEqualTo(vector.bytes32("chargesHash"));
      assertThat(batch.packedOutcomes()).isEqualTo(vector.raw("packedOutcomes"));
      assertThat(Batch.unpackOutcomes(vector.raw("packedOutcomes"))).isEqualTo(outcomes);
      assertThat(batch.outcomesHash()).isEqualTo(vector.bytes32("outcomesHash"));
      assertThat(batch.callbacksHash()).isEqualTo(vector.bytes32("callbacksHash"));
      assertThat(callbacks.stream().map(CallbackCall::hash).toList())
          .isEqualTo(
              vector.list("callbacks").stream().map(callback -> callback.bytes32("hash")).toList());
      assertThat(batch.endSequence()).isEqualTo(vector.uint("endSequence"));
      assertThat(batch.stateHash(previous)).isEqualTo(vector.bytes32("stateHash"));
      assertThat(batch.head(previous).digest(vector.domain()))
          .isEqualTo(vector.bytes32("headDigest"));
      assertThat(batch.encode()).isEqualTo(vector.raw("encoded"));
      assertThat(Batch.decode(vector.raw("encoded"))).isEqualTo(batch);
      previous = batch.stateHash(previous);
    }
  }

  @Test
  void receiptsLeadToTheRootOfTheirTree() {
    for (Entry vector : VectorFile.list("merkle", "trees")) {
      Bytes32 root = vector.bytes32("root");
      List<Receipt> receipts = new ArrayList<>();
      for (Entry each : vector.list("receipts")) {
        Receipt receipt =
            new Receipt(
                each.bytes32("taskId"),
                each.uint("sequence"),
                Outcome.fromNumber(each.small("outcome")),
                each.uint("gasCharged"),
                each.bytes32("resultHash"),
                each.bytes32("callbackHash"));
        assertThat(receipt.leaf()).isEqualTo(each.bytes32("leaf"));
        receipts.add(receipt);
      }
      MerkleTree tree = MerkleTree.ofReceipts(receipts);
      assertThat(tree.root()).isEqualTo(root);
      assertThat(tree.size()).isEqualTo(vector.small("count"));
      for (int i = 0; i < receipts.size(); i++) {
        List<Bytes32> path = vector.list("receipts").get(i).words("path");
        assertThat(tree.path(i)).isEqualTo(path);
        assertThat(MerkleTree.verify(receipts.get(i).leaf(), i, receipts.size(), path, root))
            .isTrue();
      }
    }
    for (Entry vector : VectorFile.list("merkle", "refusals")) {
      assertThat(Receipt.refusalHash(ErrorCode.fromNumber(vector.small("code")).orElseThrow()))
          .isEqualTo(vector.bytes32("refusalHash"));
    }
  }

  @Test
  void drawsChooseTheListedSeatsAndRanks() {
    for (Entry vector : VectorFile.list("draw", "vectors")) {
      List<Long> workers = vector.texts("workers").stream().map(Long::valueOf).toList();
      List<Long> seats = new ArrayList<>();
      for (int i = 0; i < Draw.DRAWS; i++) {
        seats.add(
            Draw.seat(
                vector.bytes32("seed"),
                vector.bytes32("realm"),
                vector.uint("tenure"),
                i,
                workers.size()));
      }
      assertThat(seats).isEqualTo(vector.texts("draws").stream().map(Long::valueOf).toList());
      assertThat(
              Draw.ranks(
                  vector.bytes32("seed"),
                  vector.bytes32("realm"),
                  vector.uint("tenure"),
                  workers.size(),
                  seat -> workers.get((int) seat)))
          .isEqualTo(vector.texts("ranks").stream().map(Long::valueOf).toList())
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void feesAndChargedGasAreRoundedAsListed() {
    for (Entry vector : VectorFile.list("gas", "fees")) {
      assertThat(Gas.fee(vector.uint("gas"), vector.uint("price")))
          .isEqualTo(new BigInteger(vector.text("fee")));
    }
    for (Entry vector : VectorFile.list("gas", "charged")) {
      assertThat(
              Gas.charged(
                  vector.uint("used"),
                  vector.uint("gasLimit"),
                  vector.flag("fullLimit"),
                  vector.uint("baseGas")))
          .isEqualTo(vector.uint("charged"));
    }
  }

  @Test
  void sessionKeysAreSignedByTheirOwners() {
    for (Entry vector : VectorFile.list("session-key", "vectors")) {
      SessionKey session =
          new SessionKey(
              vector.address("owner"),
              vector.address("key"),
              vector.bytes32("realm"),
              vector.uint("notAfter"),
              vector.uint("maxFee"),
              vector.uint("epoch"));
      assertThat(session.structHash()).isEqualTo(vector.bytes32("structHash"));
      assertThat(session.digest(vector.domain())).isEqualTo(vector.bytes32("digest"));
      Signature signature = Signature.fromHex(vector.text("ownerSignature"));
      assertThat(
              SigningKey.fromHex(vector.text("ownerPrivateKey"))
                  .sign(session.digest(vector.domain())))
          .isEqualTo(signature);
      session.requireValid(
          vector.domain(), signature, session.realm(), session.notAfter(), session.epoch());
      WireWriter writer = new WireWriter();
      session.write(writer);
      assertThat(SessionKey.read(new WireReader(writer.toByteArray()))).isEqualTo(session);
    }
  }

  @Test
  void callableInputsHaveTheirEncodingsAndCallbackData() {
    for (Entry vector : VectorFile.list("callable-input", "vectors")) {
      CallableInput input = CallableInput.decode(vector.raw("payload"));
      assertThat(input.encode()).isEqualTo(vector.raw("payload"));
      assertThat(input.call()).isEqualTo(vector.bytes("call"));
      assertThat(input.callback().isPresent()).isEqualTo(vector.node().has("callback"));
      input
          .callback()
          .ifPresent(callback -> {
            assertThat(callback.selector()).isEqualTo(vector.bytes("callback"));
            assertThat(callback.gas()).isEqualTo(vector.uint("callbackGas"));
            assertThat(input.data(vector.bytes("result"))).contains(vector.bytes("data"));
          });
    }
  }

  @Test
  void descriptionsOfContractsHaveTheirEncodingsAndLeadToTheAddress() {
    assertThat(ContractDescription.question())
        .isEqualTo(
            Hex.decode(VectorFile.read("contract-description").required("question").asText()));
    for (Entry vector : VectorFile.list("contract-description", "vectors")) {
      ContractDescription description = ContractDescription.decode(vector.raw("message"));
      assertThat(description.encode()).isEqualTo(vector.raw("message"));
      switch (description) {
        case ContractDescription.Nothing nothing -> assertThat(vector.small("kind")).isZero();
        case ContractDescription.Made made -> assertThat(vector.small("kind")).isEqualTo(1);
        case ContractDescription.Deployed(ContractTerms terms, Optional<Bytes32> codeHash) -> {
          assertThat(terms)
              .isEqualTo(
                  new ContractTerms(
                      vector.address("deployer"),
                      vector.bytes32("salt"),
                      vector.bytes32("deployedCodeHash"),
                      vector.small("dialect"),
                      vector.address("authority"),
                      vector.uint("delay")));
          assertThat(terms.address(vector.bytes32("realm"))).isEqualTo(vector.address("address"));
          assertThat(terms.upgrader().isPresent()).isEqualTo(!terms.authority().isZero());
          assertThat(codeHash.map(Bytes32::hex).orElse(null))
              .isEqualTo(vector.node().path("codeHash").textValue());
        }
      }
    }
  }

  @Test
  void permitsAndQueriesHaveTheirDigestsAndEncodings() {
    for (Entry vector : VectorFile.list("query-permit", "permits")) {
      Permit permit =
          new Permit(
              vector.address("owner"),
              vector.bytes32("realm"),
              vector.address("target"),
              vector.uint("notAfter"),
              vector.text("label"),
              vector.uint("epoch"));
      assertThat(permit.structHash()).isEqualTo(vector.bytes32("structHash"));
      assertThat(permit.digest(vector.domain())).isEqualTo(vector.bytes32("digest"));
      assertThat(permit.signer(vector.domain(), Signature.fromHex(vector.text("signature"))))
          .isEqualTo(permit.owner());
    }
    for (Entry vector : VectorFile.list("query-permit", "queries")) {
      QueryPayload payload = QueryPayload.decode(vector.raw("payload"));
      assertThat(payload.encode()).isEqualTo(vector.raw("payload"));
      assertThat(payload.input()).isEqualTo(vector.bytes("input"));
      assertThat(payload.sender()).isEqualTo(vector.address("sender"));
      Query query = Query.decode(vector.raw("encoded"));
      assertThat(query.encode()).isEqualTo(vector.raw("encoded"));
      assertThat(query.envelope()).isEqualTo(vector.bytes("envelope"));
      assertThat(query.id(vector.domain())).isEqualTo(vector.bytes32("queryId"));
      assertThat(payload.permit().isEmpty()).isEqualTo(vector.text("signedBy").equals("nobody"));
      payload
          .permit()
          .ifPresent(signed -> {
            assertThat(signed.permit().label()).isEqualTo(vector.text("label"));
            assertThat(signed.session().isPresent())
                .isEqualTo(vector.text("signedBy").equals("session"));
            assertThat(
                    signed.requireValid(
                        vector.domain(),
                        query.realm(),
                        query.target(),
                        signed.permit().notAfter(),
                        signed.permit().epoch()))
                .isEqualTo(query.sender());
          });
    }
  }

  @Test
  void leaseNumbersGrowWithHeaderAndAttempt() {
    long last = -1;
    for (Entry vector : VectorFile.list("lease", "vectors")) {
      long lease = LeaseNumber.of(vector.uint("headerNumber"), vector.small("attempt"));
      assertThat(lease).isEqualTo(vector.uint("lease")).isGreaterThan(last);
      assertThat(LeaseNumber.headerNumber(lease)).isEqualTo(vector.uint("headerNumber"));
      assertThat(LeaseNumber.attempt(lease)).isEqualTo(vector.small("attempt"));
      last = lease;
    }
  }

  private static Head head(Entry vector, String which) {
    return new Head(
        vector.bytes32(which + "Realm"),
        vector.uint(which + "Lease"),
        vector.uint(which + "EndSequence"),
        vector.bytes32(which + "StateHash"));
  }

  @Test
  void onlyContradictingHeadsOfOneEnclaveAreEquivocation() {
    for (Entry vector : VectorFile.list("head", "vectors")) {
      Head first = head(vector, "first");
      Head second = head(vector, "second");
      Eip712Domain domain = vector.domain();
      assertThat(first.digest(domain)).isEqualTo(vector.bytes32("firstDigest"));
      assertThat(second.digest(domain)).isEqualTo(vector.bytes32("secondDigest"));
      Equivocation proof =
          new Equivocation(
              first,
              Signature.fromHex(vector.text("firstSignature")),
              second,
              Signature.fromHex(vector.text("secondSignature")));
      assertThat(Equivocation.contradict(first, second)).isEqualTo(vector.flag("contradict"));
      if (vector.flag("contradict")) {
        assertThat(proof.offender(domain)).isEqualTo(vector.address("enclave"));
      } else {
        assertThatThrownBy(() -> proof.offender(domain)).isInstanceOf(EnigmaException.class);
      }
    }
  }

  @Test
  void admissionsAndReportDataHaveTheirHashes() {
    for (Entry vector : VectorFile.list("admission", "admissions")) {
      Admission admission =
          new Admission(
              vector.address("operator"),
              vector.address("enclave"),
              vector.small("role"),
              vector.bytes32("measurement"),
              vector.small("tee"),
              vector.bytes32("platformHash"),
              vector.uint("tcbNumber"),
              vector.uint("notAfter"),
              vector.bytes32("evidenceHash"));
      assertThat(admission.structHash()).isEqualTo(vector.bytes32("structHash"));
      assertThat(admission.digest(vector.domain())).isEqualTo(vector.bytes32("digest"));
      assertThat(Admission.decode(admission.encode())).isEqualTo(admission);
    }
    for (Entry vector : VectorFile.list("admission", "reports")) {
      assertThat(
              ReportData.hash(
                  vector.bytes32("networkHash"),
                  Role.fromNumber(vector.small("role")),
                  vector.address("enclave"),
                  vector.address("operator"),
                  vector.bytes32("nonce")))
          .isEqualTo(vector.bytes32("reportData"));
    }
  }

  private static Eip712Message message(Entry vector) {
    Entry fields = new Entry(vector.node().required("fields"));
    return switch (vector.text("name")) {
      case "Backup" ->
          new Backup(
              fields.bytes32("realm"),
              fields.uint("lease"),
              fields.uint("endSequence"),
              fields.bytes32("stateHash"));
      case "Grant" ->
          new Grant(
              fields.bytes32("realm"),
              fields.uint("tenure"),
              fields.uint("lease"),
              fields.address("enclave"));
      case "Announcement" ->
          new Announcement(
              fields.bytes32("realm"),
              fields.uint("tenure"),
              fields.small("suite"),
              fields.bytes32("inputKeyHash"));
      case "Seed" -> new Seed(fields.uint("epoch"), fields.bytes32("seed"));
      case "Incarnation" -> new Incarnation(fields.uint("number"), fields.bytes32("nonce"));
      case "Acceptance" ->
          new Acceptance(
              fields.bytes32("taskId"), fields.bytes32("realm"), fields.uint("headerNumber"));
      case String other -> throw new IllegalArgumentException(other);
    };
  }

  @Test
  void signedMessagesHaveTheirDigests() {
    for (Entry vector : VectorFile.list("messages", "vectors")) {
      Eip712Message message = message(vector);
      assertThat(message.structHash()).isEqualTo(vector.bytes32("structHash"));
      assertThat(message.digest(vector.domain())).isEqualTo(vector.bytes32("digest"));
    }
  }

  @Test
  void networkConfigurationsHaveTheirHashAndEncoding() {
    for (Entry vector : VectorFile.list("network-config", "vectors")) {
      NetworkConfig config =
          new NetworkConfig(
              NetworkConfig.Mode.values()[vector.small("mode")],
              NetworkConfig.HeaderSource.values()[vector.small("headerSource")],
              NetworkConfig.FinalityRule.values()[vector.small("finalityRule")],
              vector.uint("finalityDepth"),
              vector.uint("chainId"),
              vector.bytes32("genesisRoot"),
              vector.bytes32("firstCheckpoint"),
              vector.address("enigma"),
              vector.bytes32("enigmaCodeHash"),
              new NetworkConfig.Parameters(
                  vector.uint("epochBlocks"),
                  vector.uint("tenureEpochs"),
                  vector.uint("failoverBlocks"),
                  vector.uint("maxOrderBlocks"),
                  vector.uint("maxBatchAge"),
                  vector.uint("maxHeaderLag"),
                  vector.small("minBackups"),
                  vector.uint("drawDelay"),
                  vector.uint("maxLeases"),
                  vector.uint("maxStateBytes"),
                  vector.uint("maxTaskGas"),
                  vector.uint("minGasPrice"),
                  vector.uint("baseGas"),
                  vector.uint("callbackRate")));
      assertThat(config.hash()).isEqualTo(vector.bytes32("hash"));
      assertThat(config.encode()).isEqualTo(vector.raw("encoded"));
      assertThat(NetworkConfig.decode(vector.raw("encoded"))).isEqualTo(config);
    }
  }

  @Test
  void errorCodesKeepNameNumberAndKind() {
    List<Entry> codes = VectorFile.list("error-codes", "codes");
    for (Entry vector : codes) {
      ErrorCode code = ErrorCode.valueOf(vector.text("name"));
      assertThat(code.number()).isEqualTo(vector.small("number"));
      assertThat(code.kind().name()).isEqualTo(vector.text("kind"));
      assertThat(code.explanation()).isEqualTo(vector.text("explanation"));
      assertThat(code.remedy()).isEqualTo(vector.text("remedy"));
    }
    assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::name))
        .as("write new codes with: VectorGenerator protocol/src/test/resources/vectors error-codes")
        .containsExactlyElementsOf(codes.stream().map(code -> code.text("name")).toList());
  }

  @Test
  void responseSecretsNeverAppearInText() {
    Entry vector = VectorFile.list("envelope", "sealed").getFirst();
    ResponseKey key =
        new ResponseKey(vector.bytes("encapsulation"), vector.secret("responseSecret"));
    assertThat(key.toString()).doesNotContain(vector.text("responseSecret").substring(2));
    assertThat(key.secret().toByteArray(SecretAccess.granted()))
        .isEqualTo(vector.raw("responseSecret"));
  }
}

package network.enigma.enclave;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import network.enigma.attestation.DevelopmentNetwork;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.StateProof;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.ethereum.storage.RealmHot;
import network.enigma.protocol.Acceptance;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ContractDescription;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Permit;
import network.enigma.protocol.Query;
import network.enigma.protocol.QueryPayload;
import network.enigma.protocol.Realms;
import network.enigma.protocol.ReportData;
import network.enigma.protocol.ResponseKey;
import network.enigma.protocol.SealedResult;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.author.AuthorRequest;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.protocol.channel.TaskInput;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.runtime.Runtime;
import network.enigma.tee.ChainView;
import network.enigma.tee.EnclaveIdentity;
import network.enigma.tee.Machine;
import network.enigma.tee.SealedState;
import network.enigma.tee.message.AckQuorum;
import network.enigma.tee.message.HeadAcknowledgement;
import network.enigma.tee.message.KnownHead;
import network.enigma.tee.message.Verified;

/** A configured worker enclave: the realms it holds and what it does with them. */
final class Worker {
  private final Network network;
  private final Bytes sealedState;
  private final Rosters rosters;
  private final Leases leases;
  private final Backups backups;
  private final VerifiedOrders verified = new VerifiedOrders();
  private final TaskOpener opener;
  private final OrderRules rules;
  private final Development development;
  private final Execution execution;
  private final Map<Bytes32, HeldRealm> realms = new ConcurrentHashMap<>();

  private Worker(Network network, Bytes sealedState, List<Runtime> runtimes) {
    this.network = network;
    this.sealedState = sealedState;
    this.rosters = new Rosters(network.chain(), network.parameters().maxHeaderLag());
    this.leases = new Leases(network, rosters);
    this.backups = new Backups(network, rosters);
    this.opener = new TaskOpener(network, verified);
    this.rules = new OrderRules(network.parameters());
    this.development = new Development(network.machine(), network.config().mode(), network.hash());
    this.execution = new Execution(network, development, runtimes);
  }

  /** Configures the enclave, with the identity the host kept for it or a new one. */
  static Worker start(Machine machine, List<Runtime> runtimes, SharedRequest.Configure request) {
    NetworkConfig config = request.config();
    if (machine.mode() != config.mode()) {
      throw new EnigmaException(
          ErrorCode.INVALID_CONFIGURATION,
          "this enclave runs in mode "
              + machine.mode()
              + " and the network wants "
              + config.mode());
    }
    if (config.headerSource() != NetworkConfig.HeaderSource.NODE) {
      throw new EnigmaException(
          ErrorCode.INVALID_CONFIGURATION,
          "this release follows header source NODE only, not " + config.headerSource());
    }
    Bytes32 hash = config.hash();
    EnclaveIdentity identity;
    Bytes sealedState = request.sealedState();
    if (sealedState.isEmpty()) {
      identity = EnclaveIdentity.generate(machine.entropy());
      WireWriter writer = new WireWriter();
      identity.write(writer);
      sealedState =
          SealedState.seal(
              machine, WorkerEnclave.role(), hash, SecretBytes.of(writer.toByteArray()));
    } else {
      WireReader reader =
          new WireReader(
              SealedState.open(machine, WorkerEnclave.role(), hash, sealedState)
                  .toByteArray(SecretAccess.granted()));
      identity = EnclaveIdentity.read(reader);
      reader.end();
    }
    Network network =
        new Network(config, hash, config.domain(), machine, identity, new ChainView(config));
    return new Worker(network, sealedState, runtimes);
  }

  Network network() {
    return network;
  }

  Leases leases() {
    return leases;
  }

  Backups backups() {
    return backups;
  }

  SharedResponse.Identity identity() {
    return new SharedResponse.Identity(
        network.identity().address(), network.identity().sealingKey(), sealedState);
  }

  SharedResponse.Evidence attest(SharedRequest.Attest request) {
    return new SharedResponse.Evidence(
        network
            .machine()
            .evidence()
            .evidence(
                ReportData.hash(
                    network.hash(),
                    WorkerEnclave.role(),
                    network.identity().address(),
                    request.operator(),
                    request.nonce())));
  }

  SharedResponse.ChainTip advance(SharedRequest.AdvanceHeaders request) {
    BlockHeader tip = network.chain().advance(request.headers());
    // Before the first task, which then does not wait for it.
    development.network(tip);
    return new SharedResponse.ChainTip(tip.number(), tip.hash());
  }

  private HeldRealm held(Bytes32 realm) {
    HeldRealm held = realms.get(realm);
    if (held == null) {
      throw new EnigmaException(
          ErrorCode.NOT_HOLDER, "this enclave holds no lease of realm " + realm);
    }
    return held;
  }

  WorkerResponse take(WorkerRequest.TakeLease request) {
    Leases.Taken taken = leases.take(request);
    realms.merge(
        request.realm(),
        taken.realm(),
        (before, after) -> {
          if (Long.compareUnsigned(before.lease().number(), after.lease().number()) >= 0) {
            throw new EnigmaException(
                ErrorCode.LEASE_FENCED,
                "this enclave holds lease " + before.lease().number() + " already");
          }
          before.drop();
          return after;
        });
    return taken.answer();
  }

  WorkerResponse drop(WorkerRequest.DropRealm request) {
    HeldRealm held = realms.remove(request.realm());
    if (held != null) {
      held.drop();
    }
    backups.drop(request.realm());
    return new WorkerResponse.Done();
  }

  WorkerResponse accept(WorkerRequest.Accept request) {
    TaskInput task = request.task();
    TaskOrder order = task.order();
    HeldRealm held = held(order.realm());
    held.requireLive(network.chain(), network.parameters().maxBatchAge());
    RealmFacts.Reader facts = held.facts().with(request.proof());
    BlockHeader tip = network.chain().tip();
    Bytes32 taskId = order.taskId(network.domain());
    TaskOpener.requireWellFormed(order.realm(), task);
    requireReadableHeader(held, task);
    verified.requireAuthorized(network.domain(), task, taskId);
    held.read(state -> {
      rules.requireEligible(
          task,
          taskId,
          tip,
          facts,
          payer -> OrderRules.unsigned(state.spent(payer)).add(held.margin(payer)));
      UsedSalt used = state.usedSalt(UsedSalt.key(order.sender(), order.salt()));
      if (used != null) {
        throw new EnigmaException(
            ErrorCode.USED_SALT, "the sender has used this salt in the realm already");
      }
      return taskId;
    });
    // A posted one ends in a receipt whatever its target turns out to be.
    if (order.kind() == TaskKind.CALLABLE && !task.posted()) {
      Callables.requireCode(order, facts);
    }
    opener.openAhead(held, task, taskId);
    Acceptance acceptance = new Acceptance(taskId, order.realm(), tip.number());
    return new WorkerResponse.Accepted(
        taskId,
        tip.number(),
        tip.hash(),
        network.identity().sign(acceptance.digest(network.domain())));
  }

  /**
   * Refuses at once what would be refused when it runs, as far as it shows without opening the
   * envelope.
   */
  private void requireReadableHeader(HeldRealm held, TaskInput task) {
    switch (task.order().kind()) {
      case DEPLOY -> {
        int dialect = task.deploy().orElseThrow().dialect();
        if (!execution.supports(dialect)) {
          throw new EnigmaException(
              ErrorCode.UNSUPPORTED_DIALECT, "there is no runtime for dialect " + dialect);
        }
      }
      case CALL, UPGRADE, QUERY, CALLABLE -> {}
    }
    if (Envelope.decode(task.envelope()) instanceof Envelope.SealedInput sealed
        && held.keys().of(sealed.generation(), sealed.tenure()).isEmpty()) {
      throw new EnigmaException(
          ErrorCode.WRONG_TENURE,
          "the input is sealed to generation "
              + sealed.generation()
              + ", tenure "
              + sealed.tenure()
              + "; the realm is at "
              + held.keys().current());
    }
  }

  WorkerResponse execute(WorkerRequest.Execute request) {
    HeldRealm held = held(request.realm());
    RealmFacts.Reader facts = held.facts().with(request.proof());
    BlockHeader header = header(request.headerNumber());
    requireAnnounced(held, facts, header);
    List<TaskInput> tasks = request.tasks().subList(0, BatchMaker.fitting(request.tasks()));
    List<OpenedTask> opened = opener.open(held, tasks);
    Callables callables = new Callables(request.codes(), facts, header.number());
    List<WorkerResponse.Rejected> rejected = new ArrayList<>();
    Optional<MadeBatch> made =
        held.make(
            network.chain(),
            header,
            network.parameters().maxBatchAge(),
            tip -> {
              BatchMaker maker =
                  new BatchMaker(network, held, facts, rules, callables, execution, header, tip);
              opened.forEach(maker::run);
              rejected.addAll(maker.rejected());
              return maker.isEmpty()
                  ? Optional.empty()
                  : Optional.of(maker.finish(request.payee()));
            });
    return made.<WorkerResponse>map(batch -> executed(held, tasks.size(), rejected, batch))
        .orElseGet(() -> new WorkerResponse.AllRejected(rejected));
  }

  /**
   * Nothing is made under a lease of a tenure whose key is not on chain: until then the tenure
   * before goes on (Rules K2, K3).
   */
  private static void requireAnnounced(
      HeldRealm held, RealmFacts.Reader facts, BlockHeader header) {
    int announced = facts.hot(header.number()).tenure();
    if (announced < held.lease().tenure()) {
      throw new EnigmaException(
          ErrorCode.KEY_PENDING,
          "the key of tenure " + held.lease().tenure() + " is not announced yet");
    }
    if (announced > held.lease().tenure()) {
      held.drop();
      throw new EnigmaException(
          ErrorCode.NOT_HOLDER, "the realm is in tenure " + announced + "; this lease is over");
    }
  }

  private BlockHeader header(long number) {
    BlockHeader header = network.chain().header(number);
    return network.chain().recentHeader(number, header.hash());
  }

  /**
   * A snapshot's header shows the tenure it is sealed in: by that the contract and the key managers
   * tell whether the keys of the tenure before are still needed (Rule K3).
   */
  private void requireTenureAt(HeldRealm held, Bytes proof, BlockHeader header) {
    EnigmaFacts shown =
        facts(proof)
            .filter(each -> each.header().number() == header.number())
            .orElseThrow(() ->
                new EnigmaException(
                    ErrorCode.BAD_STATE_PROOF, "a snapshot takes a proof of its own header"));
    int tenure = shown.realmHot(held.lease().realm()).tenure();
    if (tenure != held.lease().tenure()) {
      throw new EnigmaException(
          ErrorCode.KEY_PENDING,
          "block "
              + header.number()
              + " has the realm in tenure "
              + tenure
              + ", the lease is of tenure "
              + held.lease().tenure());
    }
  }

  WorkerResponse snapshot(WorkerRequest.Snapshot request) {
    HeldRealm held = held(request.realm());
    RealmFacts.Reader facts = held.facts().with(request.proof());
    BlockHeader header = header(request.headerNumber());
    requireAnnounced(held, facts, header);
    requireTenureAt(held, request.proof(), header);
    MadeBatch made =
        held.make(
                network.chain(),
                header,
                network.parameters().maxBatchAge(),
                tip -> {
                  BatchMaker maker =
                      new BatchMaker(
                          network,
                          held,
                          facts,
                          rules,
                          new Callables(List.of(), facts, header.number()),
                          execution,
                          header,
                          tip);
                  return Optional.of(
                      maker.snapshot(held.everything(header.number()), request.payee()));
                })
            .orElseThrow();
    return executed(held, 0, List.of(), made);
  }

  private WorkerResponse.Executed executed(
      HeldRealm held, int taken, List<WorkerResponse.Rejected> rejected, MadeBatch made) {
    return new WorkerResponse.Executed(
        taken,
        rejected,
        made.batch().lease(),
        made.batch().endSequence(),
        made.stateHash(),
        made.sealed(),
        made.signature(),
        made.anchor(network, held.oldestUncommitted(made)));
  }

  WorkerResponse release(WorkerRequest.Release request) {
    HeldRealm held = held(request.realm());
    KnownHead head = held.head(request.endSequence());
    List<Verified<HeadAcknowledgement>> acknowledgements = new ArrayList<>();
    for (Bytes message : request.acknowledgements()) {
      Verified<HeadAcknowledgement> each = HeadAcknowledgement.open(message, network.hash());
      network.chain().recentHeader(each.body().headerNumber(), each.body().headerHash());
      acknowledgements.add(each);
    }
    AckQuorum.require(
        acknowledgements,
        request.realm(),
        head,
        rosters.of(
            acknowledgements.stream().map(Verified::sender).toList(), facts(request.proof())),
        network.parameters().maxHeaderLag());
    return held.release(head);
  }

  private Optional<EnigmaFacts> facts(Bytes proof) {
    return proof.isEmpty()
        ? Optional.empty()
        : Optional.of(network.chain().proveRecent(StateProof.decode(proof)));
  }

  WorkerResponse confirm(WorkerRequest.ConfirmCommitted request) {
    HeldRealm held = held(request.realm());
    EnigmaFacts facts = network.chain().proveRecent(StateProof.decode(request.proof()));
    RealmHot hot = facts.realmHot(request.realm());
    Bytes32 stored = facts.storedStateHash(request.realm());
    return held.confirm(
        hot.sequence(),
        stored.isZero() ? Realms.genesisStateHash(request.realm()) : stored,
        hot.lease(),
        facts.header().number() > hot.since() + network.parameters().maxOrderBlocks());
  }

  WorkerResponse openStep(WorkerRequest.OpenStep request) {
    return held(request.realm()).openStep(request.sealed());
  }

  WorkerResponse query(WorkerRequest.AnswerQuery request) {
    Query query = request.query();
    HeldRealm held = held(query.realm());
    held.requireLive(network.chain(), network.parameters().maxBatchAge());
    RealmFacts.Reader facts = held.facts().with(request.proof());
    BlockHeader tip = network.chain().tip();
    RealmHot hot = facts.hot(tip.number());
    if (Long.compareUnsigned(hot.lease(), held.lease().number()) > 0
        || hot.tenure() > held.lease().tenure()) {
      held.drop();
      throw new EnigmaException(
          ErrorCode.NOT_HOLDER, "the realm has another holder; this enclave's state may be old");
    }
    TaskOrder order = query.order();
    Bytes32 queryId = query.id(network.domain());
    OpenedTask.Opened opened =
        opener.open(held.keys(), query.envelope(), Envelope.Context.of(order));
    byte[] plaintext = opened.payload().toByteArray(SecretAccess.granted());
    if (ContractDescription.isQuestion(plaintext)) {
      return held.readAnchored(anchored ->
          new WorkerResponse.Answered(
              execution.describe(anchored.state(), query.target(), queryId, opened.responseKey()),
              anchored.sequence(),
              anchored.stateHash()));
    }
    if (AuthorRequest.isOne(plaintext)) {
      return answerAuthor(held, facts, tip, query, opened, plaintext);
    }
    QueryPayload payload = QueryPayload.decode(plaintext);
    if (!payload.sender().equals(query.sender())) {
      throw new EnigmaException(
          ErrorCode.WRONG_PERMIT, "the permit is not of the account the query names");
    }
    Address caller =
        payload.permit().map(permit -> owner(facts, query, permit, tip)).orElse(Address.zero());
    return held.readAnchored(anchored ->
        new WorkerResponse.Answered(
            execution.query(
                anchored.state(),
                tip,
                order,
                queryId,
                caller,
                payload.input(),
                opened.responseKey(),
                held.keys().current().taskRandomness(queryId, anchored.stateHash())),
            anchored.sequence(),
            anchored.stateHash()));
  }

  private Address owner(
      RealmFacts.Reader facts, Query query, Permit.Signed permit, BlockHeader tip) {
    long epoch = facts.allocation(permit.permit().owner(), tip.number()).sessionEpoch();
    return permit.requireValid(
        network.domain(), query.realm(), query.target(), tip.timestamp(), epoch);
  }

  /**
   * Answers what only authors on a development network may ask. What it shows is secret: it leaves
   * sealed to the asker or not at all.
   */
  private WorkerResponse answerAuthor(
      HeldRealm held,
      RealmFacts.Reader facts,
      BlockHeader tip,
      Query query,
      OpenedTask.Opened opened,
      byte[] plaintext) {
    DevelopmentNetwork developing = development.require(tip);
    ResponseKey responseKey =
        opened
            .responseKey()
            .orElseThrow(() ->
                new EnigmaException(
                    ErrorCode.ORDER_NOT_VALID, "an author's request has to be sealed"));
    AuthorRequest request = AuthorRequest.decode(plaintext);
    Permit permit = request.permit().permit();
    if (!permit.owner().equals(query.sender()) || !permit.label().equals(request.label())) {
      throw new EnigmaException(
          ErrorCode.WRONG_PERMIT,
          "the request wants a permit of the account the query names, with the label '"
              + request.label()
              + "'");
    }
    Address owner = owner(facts, query, request.permit(), tip);
    if (request instanceof AuthorRequest.Storage
        && !facts.owner(tip.number()).owner().equals(owner)) {
      throw new EnigmaException(
          ErrorCode.NOT_REALM_OWNER, "only the realm's owner reads the storage of its contracts");
    }
    Bytes32 queryId = query.id(network.domain());
    return held.readAnchored(anchored -> {
      byte[] answer =
          switch (request) {
            case AuthorRequest.Trace trace ->
                execution
                    .trace(
                        anchored.state(),
                        tip,
                        query.order(),
                        trace,
                        trace.anonymous() ? Address.zero() : owner,
                        held.keys().current().taskRandomness(queryId, anchored.stateHash()),
                        developing)
                    .encode();
            case AuthorRequest.Storage storage ->
                execution.storage(anchored.state(), storage, developing).encode();
          };
      return new WorkerResponse.Answered(
          SealedResult.seal(responseKey, queryId, answer),
          anchored.sequence(),
          anchored.stateHash());
    });
  }
}

package network.enigma.node.keymanager;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.chain.BlockTag;
import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumRpc;
import network.enigma.chain.ProofSource;
import network.enigma.contracts.Enigma;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.ethereum.storage.KeyManagerSlots;
import network.enigma.node.register.EvidenceCompletion;
import network.enigma.platform.EnclaveChannel;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;

/**
 * Speaks with a key-manager enclave: keeps its headers current and finds the proofs its requests
 * need.
 */
final class KeyManagerHost {
  private final NetworkConfig config;
  private final EnclaveChannel channel;
  private final EthereumRpc ethereum;
  private final EnigmaContract contract;
  private final ProofSource proofs;
  private final HeaderFeed headers;
  private final KeptFile sealedState;
  private final KeptFile listing;
  private final EvidenceCompletion completion;
  private volatile SharedResponse.Identity identity;
  private volatile long incarnation;

  KeyManagerHost(
      NetworkConfig config,
      EnclaveChannel channel,
      EthereumRpc ethereum,
      KeptFile sealedState,
      KeptFile listing,
      EvidenceCompletion completion) {
    this.config = config;
    this.channel = channel;
    this.ethereum = ethereum;
    this.contract = new EnigmaContract(ethereum, config.enigma());
    this.proofs = new ProofSource(ethereum);
    this.sealedState = sealedState;
    this.listing = listing;
    this.completion = completion;
    this.headers = new HeaderFeed(ethereum, config, this::advance);
    this.identity = configure();
  }

  /** Starts the enclave's part, with what it gave to keep the last time. */
  private SharedResponse.Identity configure() {
    incarnation = channel.incarnation();
    SharedResponse.Identity answer =
        ask(new SharedRequest.Configure(config, sealedState.read()), SharedResponse.Identity.class);
    sealedState.write(answer.sealedState());
    headers.restart();
    return answer;
  }

  /**
   * Configures an enclave that was started again since.
   *
   * @return whether it was
   */
  synchronized boolean reconfigureIfRestarted() {
    if (channel.incarnation() == incarnation) {
      return false;
    }
    identity = configure();
    headers.advance();
    return true;
  }

  Address enclave() {
    return identity.enclave();
  }

  EnigmaContract contract() {
    return contract;
  }

  BlockHeader advanceHeaders() {
    return headers.advance();
  }

  private void advance(SharedRequest.AdvanceHeaders request) {
    ask(request, SharedResponse.ChainTip.class);
  }

  /** Evidence of the enclave, as its machine gives it. */
  private EvidenceBundle attest(Address operator, Bytes32 nonce) {
    return EvidenceBundle.decode(
        ask(new SharedRequest.Attest(operator, nonce), SharedResponse.Evidence.class).evidence());
  }

  /** Evidence to be listed with; kept, and shown to anybody from now on. */
  EnclaveEvidence evidence(Address operator, Bytes32 nonce) {
    EnclaveEvidence evidence =
        new EnclaveEvidence(
            config.hash(),
            config.mode(),
            Role.KEY_MANAGER,
            enclave(),
            operator,
            nonce,
            attest(operator, nonce));
    EnclaveEvidence complete = complete(evidence);
    listing.write(evidence.encode());
    return complete;
  }

  /**
   * What the enclave was listed with. The evidence is what is on chain; collateral that the machine
   * did not give is of now, so that it can be judged now.
   */
  private EnclaveEvidence listedWith() {
    Bytes kept = listing.read();
    if (kept.isEmpty()) {
      throw new EnigmaException(
          ErrorCode.EVIDENCE_UNAVAILABLE,
          "this host does not have the evidence its key manager was listed with");
    }
    return complete(EnclaveEvidence.decode(kept));
  }

  private EnclaveEvidence complete(EnclaveEvidence evidence) {
    return new EnclaveEvidence(
        evidence.networkHash(),
        evidence.mode(),
        evidence.role(),
        evidence.enclave(),
        evidence.operator(),
        evidence.nonce(),
        completion.complete(evidence.bundle()));
  }

  /**
   * What the enclave needs to put collateral beside evidence that it makes itself; empty where its
   * machine gives collateral.
   */
  private Bytes completed() {
    EvidenceBundle bare = attest(enclave(), Bytes32.zero());
    EvidenceBundle complete = completion.complete(bare);
    return complete.equals(bare) ? Bytes.empty() : complete.encode();
  }

  /** Answers a call of another host; a refusal is an answer too. */
  byte[] handle(byte[] bytes) {
    try {
      return handle(KeyManagerCall.decode(bytes)).encode();
    } catch (EnigmaException e) {
      return SharedResponse.Failure.of(e).encode();
    }
  }

  private KeyManagerResponse handle(KeyManagerCall call) {
    return switch (call) {
      case KeyManagerCall.Identify() ->
          // The sealed state is nobody's but this host's.
          new SharedResponse.Identity(identity.enclave(), identity.sealingKey(), Bytes.empty());
      case KeyManagerCall.Admit admit ->
          answer(
              new KeyManagerRequest.Admit(
                  admit.operator(),
                  admit.enclave(),
                  admit.role(),
                  admit.nonce(),
                  admit.evidence()));
      case KeyManagerCall.GrantLease grant -> grant(grant);
      case KeyManagerCall.AcknowledgeHead acknowledge -> acknowledge(acknowledge);
      case KeyManagerCall.ReleaseSeed(long epoch) -> releaseSeed(epoch);
      case KeyManagerCall.ServeMaster serve ->
          answer(
              new KeyManagerRequest.ServeMaster(
                  serve.message(),
                  masterProof(serve.generation(), serve.requester()),
                  completed()));
      case KeyManagerCall.ReadHeads read ->
          answer(
              new KeyManagerRequest.ReadHeads(
                  read.message(), currentMembersProof(List.of(read.requester()))));
      case KeyManagerCall.GetEvidence() -> new SharedResponse.Evidence(listedWith().encode());
    };
  }

  private KeyManagerResponse grant(KeyManagerCall.GrantLease call) {
    BlockHeader header = headers.header(call.headerNumber(), call.headerHash());
    return answer(
        new KeyManagerRequest.GrantLease(
            call.message(), call.overdue(), prove(header, leaseSlots(call, header))));
  }

  private List<Bytes32> leaseSlots(KeyManagerCall.GrantLease call, BlockHeader header) {
    Enigma.RealmView realm = contract.realm(call.realm(), BlockTag.of(header.number()));
    List<Bytes32> slots = new ArrayList<>();
    slots.add(EnigmaStorage.counters());
    slots.add(EnigmaStorage.tcbMinima());
    slots.addAll(EnigmaStorage.realm(call.realm()));
    slots.addAll(EnigmaStorage.generation(realm.generation()));
    slots.addAll(EnigmaStorage.generation(realm.nextGeneration()));
    slots.add(EnigmaStorage.workerId(call.enclave()));
    slots.add(EnigmaStorage.workerCore(contract.workerOf(call.enclave())));
    slots.add(EnigmaStorage.workerCore(realm.worker()));
    realm.ranks().forEach(worker -> slots.add(EnigmaStorage.workerCore(worker)));
    if (call.overdue().isZero()) {
      slots.add(EnigmaStorage.challenge(call.realm()));
    } else {
      slots.add(EnigmaStorage.task(call.realm(), call.overdue()));
    }
    return slots;
  }

  private KeyManagerResponse acknowledge(KeyManagerCall.AcknowledgeHead call) {
    KeyManagerResponse first = acknowledge(call, Optional.empty());
    if (first instanceof SharedResponse.Failure behind
        && (behind.code() == ErrorCode.UNKNOWN_HEADER || behind.code() == ErrorCode.QUORUM_STALE)) {
      // A block came that the worker saw first.
      headers.advance();
      first = acknowledge(call, Optional.empty());
    }
    if (!(first instanceof SharedResponse.Failure failure)) {
      return first;
    }
    // Its headers may be behind still, or it does not know yet what was committed.
    return switch (failure.code()) {
      case UNKNOWN_HEADER, QUORUM_STALE, HEAD_REFUSED, COMMIT_OVERDUE -> {
        BlockHeader tip = headers.advance();
        Bytes proof =
            prove(
                tip,
                List.of(
                    EnigmaStorage.realmHot(call.realm()), EnigmaStorage.stateHash(call.realm())));
        yield acknowledge(call, Optional.of(proof));
      }
      default -> first;
    };
  }

  private KeyManagerResponse acknowledge(
      KeyManagerCall.AcknowledgeHead call, Optional<Bytes> proof) {
    return answer(new KeyManagerRequest.AcknowledgeHead(call.message(), proof));
  }

  private KeyManagerResponse releaseSeed(long epoch) {
    BlockHeader tip = headers.advance();
    Enigma.NetworkView network = contract.network();
    List<Bytes32> slots = new ArrayList<>(EnigmaStorage.generation(network.generation()));
    slots.add(EnigmaStorage.counters());
    return answer(new KeyManagerRequest.ReleaseSeed(epoch, prove(tip, slots)));
  }

  /** Makes the master secret of a generation. */
  Bytes32 generateMaster(long generation) {
    KeyManagerResponse.MasterHeld held =
        ask(new KeyManagerRequest.GenerateMaster(generation), KeyManagerResponse.MasterHeld.class);
    sealedState.write(held.sealedState());
    return held.checkHash();
  }

  /** Fetches the master secret of a generation from another key manager. */
  void fetchMaster(long generation, KeyManagerClient other) {
    headers.advance();
    Bytes request =
        ask(
                new KeyManagerRequest.RequestMaster(generation, completed()),
                KeyManagerResponse.Message.class)
            .message();
    Address sender = other.identify().enclave();
    Bytes transfer =
        other.serveMaster(new KeyManagerCall.ServeMaster(request, enclave(), generation)).message();
    KeyManagerResponse.MasterHeld held =
        ask(
            new KeyManagerRequest.ReceiveMaster(transfer, masterProof(generation, sender)),
            KeyManagerResponse.MasterHeld.class);
    sealedState.write(held.sealedState());
  }

  /** The question of a restarted enclave for the heads it forgot. */
  KeyManagerResponse.HeadsRequest requestHeads() {
    headers.advance();
    return ask(new KeyManagerRequest.RequestHeads(), KeyManagerResponse.HeadsRequest.class);
  }

  void loadHeads(List<Bytes> reports, Collection<Address> senders) {
    headers.advance();
    Collection<Address> proved = new HashSet<>(senders);
    proved.add(enclave());
    ask(
        new KeyManagerRequest.LoadHeads(reports, currentMembersProof(proved)),
        KeyManagerResponse.Counting.class);
  }

  /** What puts the nonce of the enclave's life on chain. */
  KeyManagerResponse.NonceSigned signNonce() {
    return ask(
        new KeyManagerRequest.SignNonce(incarnationProof()), KeyManagerResponse.NonceSigned.class);
  }

  void resumeByNonce() {
    ask(new KeyManagerRequest.ResumeByNonce(incarnationProof()), KeyManagerResponse.Counting.class);
  }

  private Bytes incarnationProof() {
    return prove(headers.advance(), KeyManagerSlots.incarnation(enclave()));
  }

  /**
   * Lets the enclave count as a member of the first generation.
   *
   * @return whether it is one, and has never run before
   */
  boolean countAsFounder() {
    Bytes proof = prove(headers.advance(), KeyManagerSlots.founder(enclave()));
    KeyManagerResponse answer = answer(new KeyManagerRequest.CountAsFounder(proof));
    if (answer instanceof SharedResponse.Failure failure
        && failure.code() == ErrorCode.HEADS_UNKNOWN) {
      return false;
    }
    KeyManagerClient.expect(answer, KeyManagerResponse.Counting.class);
    return true;
  }

  private Bytes masterProof(long generation, Address peer) {
    BlockHeader tip = headers.advance();
    return prove(tip, KeyManagerSlots.master(generation, peer, measurements(tip)));
  }

  /** Every program that was ever listed: which of them the other side runs, its evidence says. */
  private List<Bytes32> measurements(BlockHeader header) {
    List<Bytes32> all = new ArrayList<>();
    BlockTag block = BlockTag.of(header.number());
    while (true) {
      Bytes32 next =
          ethereum.storageAt(config.enigma(), EnigmaStorage.measurementAt(all.size() + 1), block);
      if (next.isZero()) {
        return all;
      }
      all.add(next);
    }
  }

  private Bytes currentMembersProof(Collection<Address> members) {
    return memberProof(contract.network().generation(), members);
  }

  private Bytes memberProof(long generation, Collection<Address> members) {
    return prove(headers.advance(), KeyManagerSlots.heads(generation, members));
  }

  private Bytes prove(BlockHeader header, List<Bytes32> slots) {
    return proofs.prove(header, config.enigma(), slots).encode();
  }

  private KeyManagerResponse answer(KeyManagerRequest request) {
    return KeyManagerResponse.decode(channel.call(request.encode()));
  }

  private <T extends KeyManagerResponse> T ask(KeyManagerRequest request, Class<T> kind) {
    return KeyManagerClient.expect(answer(request), kind);
  }
}

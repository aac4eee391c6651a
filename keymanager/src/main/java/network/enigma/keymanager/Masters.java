package network.enigma.keymanager;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import network.enigma.attestation.Decision;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Facts;
import network.enigma.ethereum.StateProof;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.ethereum.storage.KeyManager;
import network.enigma.ethereum.storage.ListedMeasurement;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.tee.EnclaveIdentity;
import network.enigma.tee.MasterSecret;
import network.enigma.tee.message.MasterRequest;
import network.enigma.tee.message.MasterTransfer;
import network.enigma.tee.message.Verified;

/**
 * The master secrets of the generations (rule K5). The first member makes one; later ones fetch it
 * from a listed member, both sides verifying evidence, listing and the check hash on chain.
 */
final class Masters {
  private static final int MAXIMUM_OPEN_REQUESTS = 16;

  private final Network network;
  private final Vault vault;
  private final TreeMap<Long, MasterSecret> held = new TreeMap<>();

  /** Requests that wait for a transfer: digest and generation. */
  private final Map<Bytes32, Long> open = new HashMap<>();

  Masters(Network network, Vault vault) {
    this.network = network;
    this.vault = vault;
    vault.masters().forEach(master -> held.put(master.generation(), master));
  }

  synchronized Bytes sealedState() {
    return vault.with(held.values()).seal(network.machine(), network.hash());
  }

  synchronized KeyManagerResponse generate(KeyManagerRequest.GenerateMaster request) {
    MasterSecret master = held.get(request.generation());
    if (master == null) {
      if (held.size() >= Vault.MAXIMUM_MASTERS) {
        throw new EnigmaException(
            ErrorCode.INVALID_ARGUMENT,
            "this key manager holds secrets of " + held.size() + " generations already");
      }
      master = MasterSecret.generate(request.generation(), network.machine().entropy());
      held.put(request.generation(), master);
    }
    return answer(master);
  }

  private KeyManagerResponse.MasterHeld answer(MasterSecret master) {
    return new KeyManagerResponse.MasterHeld(
        master.generation(), master.checkHash(network.hash()), sealedState());
  }

  synchronized KeyManagerResponse request(KeyManagerRequest.RequestMaster request) {
    EnclaveIdentity identity = network.identity();
    Bytes32 nonce = network.machine().entropy().nonce();
    Bytes evidence =
        evidence(
            MasterRequest.reportData(
                network.hash(),
                identity.address(),
                request.generation(),
                identity.sealingKey(),
                nonce),
            request.completed());
    Bytes message =
        new MasterRequest(request.generation(), identity.sealingKey(), nonce, evidence)
            .sign(identity, network.hash());
    if (open.size() >= MAXIMUM_OPEN_REQUESTS) {
      open.clear();
    }
    open.put(MasterRequest.open(message, network.hash()).digest(), request.generation());
    return new KeyManagerResponse.Message(message);
  }

  /**
   * Fresh evidence of this machine. Where the machine gives none of its vendor's collateral, which
   * is the same whatever the evidence is bound to, the host's stands beside it: who reads it checks
   * it as anybody's.
   */
  private Bytes evidence(Bytes32 reportData, Bytes completed) {
    Bytes evidence = network.machine().evidence().evidence(reportData);
    return completed.isEmpty()
        ? evidence
        : new EvidenceBundle(
                EvidenceBundle.decode(evidence).evidence(),
                EvidenceBundle.decode(completed).collateral())
            .encode();
  }

  KeyManagerResponse serve(KeyManagerRequest.ServeMaster request) {
    Verified<MasterRequest> message = MasterRequest.open(request.message(), network.hash());
    MasterRequest body = message.body();
    EnigmaFacts facts = network.chain().proveRecent(StateProof.decode(request.proof()));
    MasterSecret master = confirmed(facts, body.generation());
    requirePeer(
        facts,
        message.sender(),
        body.generation(),
        body.evidence(),
        MasterRequest.reportData(
            network.hash(), message.sender(), body.generation(), body.sealingKey(), body.nonce()));
    Bytes evidence =
        evidence(
            MasterTransfer.reportData(
                network.hash(), network.identity().address(), message.digest()),
            request.completed());
    return new KeyManagerResponse.Message(
        MasterTransfer.seal(network.identity(), network.hash(), message, master, evidence));
  }

  synchronized KeyManagerResponse receive(KeyManagerRequest.ReceiveMaster request) {
    Verified<MasterTransfer> message = MasterTransfer.open(request.message(), network.hash());
    MasterTransfer body = message.body();
    Long generation = open.get(body.request());
    if (generation == null || generation != body.generation()) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE, "the transfer answers no request of this key manager");
    }
    EnigmaFacts facts = network.chain().proveRecent(StateProof.decode(request.proof()));
    requirePeer(
        facts,
        message.sender(),
        body.generation(),
        body.evidence(),
        MasterTransfer.reportData(network.hash(), message.sender(), body.request()));
    MasterSecret master = body.master(network.identity(), network.hash());
    requireCheckHash(facts, master);
    open.remove(body.request());
    held.put(master.generation(), master);
    return answer(master);
  }

  /**
   * The other side is a listed member, runs a program that is listed for key managers now, on a
   * machine not below the least TCB admitted, and its evidence says so.
   */
  private void requirePeer(
      EnigmaFacts facts, Address peer, long generation, Bytes evidence, Bytes32 reportData) {
    // A member of a later generation may hold the secrets of earlier ones, whose realms it serves
    // until they have migrated.
    KeyManager listing = facts.keyManager(peer);
    if (!listing.listed() || listing.generation() < generation) {
      throw new EnigmaException(
          ErrorCode.NOT_LISTED, peer + " is no key manager of generation " + generation);
    }
    Decision.Accepted accepted = network.accept(evidence, reportData);
    int tee = accepted.verdict().tee();
    Facts found = accepted.facts();
    if (found.tcbNumber() < facts.tcbMinimum(tee)) {
      throw new EnigmaException(
          ErrorCode.EVIDENCE_REJECTED,
          peer + " has TCB number " + found.tcbNumber() + ", below the minimum on chain");
    }
    ListedMeasurement listed = facts.measurement(found.measurement());
    if (!listed.listed() || listed.role() != Role.KEY_MANAGER.number() || listed.tee() != tee) {
      throw new EnigmaException(
          ErrorCode.EVIDENCE_REJECTED,
          "program " + found.measurement() + " is not listed for key managers");
    }
  }

  /**
   * The master secret of a generation, checked against the generation record.
   *
   * @throws EnigmaException {@link ErrorCode#NO_MASTER_SECRET} or {@link
   *     ErrorCode#WRONG_MASTER_SECRET}
   */
  MasterSecret confirmed(EnigmaFacts facts, long generation) {
    MasterSecret master = held(generation);
    requireCheckHash(facts, master);
    return master;
  }

  /**
   * The master secret of a generation, unchecked: good for a partial secret of a tenure that is
   * over.
   *
   * @throws EnigmaException {@link ErrorCode#NO_MASTER_SECRET}
   */
  synchronized MasterSecret held(long generation) {
    MasterSecret master = held.get(generation);
    if (master == null) {
      throw new EnigmaException(
          ErrorCode.NO_MASTER_SECRET,
          "this key manager has no master secret of generation " + generation);
    }
    return master;
  }

  private void requireCheckHash(EnigmaFacts facts, MasterSecret master) {
    if (!facts
        .generation(master.generation())
        .checkHash()
        .equals(master.checkHash(network.hash()))) {
      throw new EnigmaException(
          ErrorCode.WRONG_MASTER_SECRET,
          "the master secret of generation "
              + master.generation()
              + " does not match the check hash on chain");
    }
  }
}

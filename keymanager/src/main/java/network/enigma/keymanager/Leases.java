package network.enigma.keymanager;

import java.util.List;
import java.util.Optional;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.StateProof;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.ethereum.storage.RealmHot;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Grant;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.tee.MasterSecret;
import network.enigma.tee.RealmSecret;
import network.enigma.tee.message.HeadAcknowledgement;
import network.enigma.tee.message.HeadAnchor;
import network.enigma.tee.message.LeaseGrant;
import network.enigma.tee.message.LeaseRequest;
import network.enigma.tee.message.TenureSecret;
import network.enigma.tee.message.Verified;

/** Grants leases and acknowledges heads (rules S2, S3). */
final class Leases {
  private final Network network;
  private final Masters masters;
  private final HeadMemory memory;

  Leases(Network network, Masters masters, HeadMemory memory) {
    this.network = network;
    this.masters = masters;
    this.memory = memory;
  }

  KeyManagerResponse grant(KeyManagerRequest.GrantLease request) {
    Verified<LeaseRequest> message = LeaseRequest.open(request.message(), network.hash());
    LeaseRequest body = message.body();
    return memory.whileCounting(() -> {
      BlockHeader header = network.chain().recentHeader(body.headerNumber(), body.headerHash());
      StateProof proof = StateProof.decode(request.proof());
      if (proof.headerNumber() != header.number()) {
        throw new EnigmaException(
            ErrorCode.UNKNOWN_HEADER,
            "the proof is of block "
                + Long.toUnsignedString(proof.headerNumber())
                + ", the request names block "
                + header.number());
      }
      EnigmaFacts facts = network.chain().proveRecent(proof);
      Turn turn =
          Turn.of(
              facts,
              network.config(),
              body.realm(),
              body.tenure(),
              message.sender(),
              request.overdue());
      return grant(facts, turn, message);
    });
  }

  private KeyManagerResponse grant(EnigmaFacts facts, Turn turn, Verified<LeaseRequest> message) {
    LeaseRequest body = message.body();
    NetworkConfig.Parameters parameters = network.config().parameters();
    MasterSecret master = masters.confirmed(facts, turn.generation());
    TenureSecret current = secret(master, body.realm(), body.tenure());
    Optional<TenureSecret> previous = previous(facts, body, turn);
    RealmMemory realm = memory.realm(body.realm());
    Optional<network.enigma.tee.message.KnownHead> head;
    synchronized (realm) {
      realm.settle(facts);
      realm.grant(
          new RealmMemory.Granted(body.lease(), message.sender(), body.tenure(), message.digest()),
          facts.counters().epoch(),
          turn.worker(),
          parameters.maxLeases());
      head = realm.head();
    }
    BlockHeader tip = network.chain().tip();
    LeaseGrant grant =
        new LeaseGrant(
            message.digest(),
            body.realm(),
            body.tenure(),
            body.lease(),
            current,
            previous,
            head,
            tip.number(),
            tip.hash(),
            memory.incarnations());
    Grant publicPart = new Grant(body.realm(), body.tenure(), body.lease(), message.sender());
    return new KeyManagerResponse.LeaseGranted(
        network.identity().address(),
        grant.seal(network.identity(), network.hash(), message),
        network.identity().sign(publicPart.digest(network.domain())));
  }

  private TenureSecret secret(MasterSecret master, Bytes32 realm, long tenure) {
    return new TenureSecret(
        master.generation(),
        tenure,
        List.of(RealmSecret.partial(master, network.hash(), realm, tenure)));
  }

  /**
   * The secret of the tenure before, for a holder that says it still needs it (rule K3): until a
   * snapshot of its own tenure is committed, and orders that were sealed before have expired. Of
   * which generation that secret was is the holder's knowledge: a wrong one gives a value that
   * opens nothing.
   */
  private Optional<TenureSecret> previous(EnigmaFacts facts, LeaseRequest body, Turn turn) {
    if (body.previousGeneration().isEmpty()) {
      return Optional.empty();
    }
    long generation = body.previousGeneration().get();
    if (body.tenure() < 2 || generation > turn.generation()) {
      throw new EnigmaException(
          ErrorCode.LEASE_REFUSED,
          "tenure " + body.tenure() + " has none of generation " + generation + " before it");
    }
    RealmHot hot = facts.realmHot(body.realm());
    long began = hot.tenureEnd() - network.config().parameters().tenureBlocks();
    if (hot.tenure() == body.tenure()
        && hot.rekeyed()
        && facts.header().number() > began + network.config().parameters().maxOrderBlocks()) {
      throw new EnigmaException(
          ErrorCode.LEASE_REFUSED,
          "a snapshot of tenure "
              + body.tenure()
              + " is committed; the secret of the tenure before is no longer given");
    }
    return Optional.of(secret(masters.held(generation), body.realm(), body.tenure() - 1));
  }

  KeyManagerResponse acknowledge(KeyManagerRequest.AcknowledgeHead request) {
    Verified<HeadAnchor> message = HeadAnchor.open(request.message(), network.hash());
    HeadAnchor anchor = message.body();
    return memory.whileCounting(() -> {
      RealmMemory realm = memory.known(anchor.realm());
      Optional<EnigmaFacts> facts =
          request.proof().map(proof -> network.chain().proveRecent(StateProof.decode(proof)));
      synchronized (realm) {
        facts.ifPresent(realm::settle);
        realm.acknowledge(message.sender(), anchor);
      }
      BlockHeader tip = network.chain().tip();
      return new KeyManagerResponse.HeadAcknowledged(
          new HeadAcknowledgement(
                  anchor.realm(), anchor.head(), tip.number(), tip.hash(), memory.incarnations())
              .sign(network.identity(), network.hash()));
    });
  }
}

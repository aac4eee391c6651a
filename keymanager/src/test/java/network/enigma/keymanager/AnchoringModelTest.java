package network.enigma.keymanager;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.tee.Roster;
import network.enigma.tee.message.AckQuorum;
import network.enigma.tee.message.HeadAcknowledgement;
import network.enigma.tee.message.KnownHead;
import network.enigma.tee.message.LeaseGrant;
import network.enigma.tee.message.LeaseQuorum;
import network.enigma.tee.message.LeaseRequest;
import network.enigma.tee.message.Verified;
import org.jspecify.annotations.Nullable;

/**
 * The promise of rules S2 and S3, held against hosts that do as they please: whatever they deliver,
 * keep back, repeat or restart, all anchored heads of a realm lie on one line. The worker enclaves
 * of the model keep their rules; their operators do not.
 */
class AnchoringModelTest {
  private static final int STEPS = 100;
  private static final int QUORUM = 2;

  /** A head with all that came before it. */
  private record Node(@Nullable Node parent, KnownHead known, long header) {
    boolean continues(Node other) {
      for (Node each = this; each != null; each = each.parent) {
        if (each.known.sameState(other.known)) {
          return true;
        }
      }
      return false;
    }
  }

  /** A worker enclave that holds a lease: what it has loaded and made. */
  private static final class Holding {
    private final WorkerIdentity worker;
    private final long lease;
    private @Nullable Node last;

    Holding(WorkerIdentity worker, long lease, @Nullable Node last) {
      this.worker = worker;
      this.lease = lease;
      this.last = last;
    }
  }

  /** A head some enclave signed, and every acknowledgement anybody ever got for it. */
  private record Proposal(
      Node node,
      KeyManagerRequest.AcknowledgeHead request,
      List<Verified<HeadAcknowledgement>> acknowledgements) {}

  private static final class Model {
    private final ModelNetwork network = ModelNetwork.running(0);
    private final Random random;
    private final WorkerIdentity worker = network.worker(1);
    private final List<Holding> holdings = new ArrayList<>();
    private final List<Proposal> proposals = new ArrayList<>();
    private final List<Node> anchored = new ArrayList<>();
    private @Nullable Node committed;
    private final Roster roster = network.roster();
    private int attempts;
    private int states;

    Model(long seed) {
      random = new Random(seed);
    }

    void step() {
      switch (random.nextInt(24)) {
        case 0, 1 -> takeLease();
        case 2, 3, 4, 5, 6 -> propose();
        case 7, 8 -> restart();
        case 9, 10 -> commit();
        case 11 -> network.mine(1 + random.nextInt(ModelNetwork.MAX_BATCH_AGE / 2));
        default -> deliver();
      }
    }

    /** One of so many, more often a late one. */
    private int recent(int size) {
      return Math.max(0, size - 1 - (int) Math.abs(random.nextGaussian() * 1.5));
    }

    private Member anyMember() {
      return network.member(random.nextInt(network.members.size()));
    }

    /**
     * The worker enclave asks for a lease; its host brings the request to some members and the
     * grants back.
     */
    private void takeLease() {
      Bytes request = worker.request(ModelNetwork.REALM, 1, network.chain.tip(), ++attempts);
      KeyManagerRequest.GrantLease ask =
          new KeyManagerRequest.GrantLease(
              request, Bytes32.zero(), network.leaseProof(worker, Bytes32.zero()));
      List<Verified<LeaseGrant>> grants = new ArrayList<>();
      for (Member member : network.members) {
        if (random.nextInt(4) != 0
            && member.ask(ask) instanceof KeyManagerResponse.LeaseGranted granted) {
          grants.add(worker.open(request, granted));
        }
      }
      if (grants.size() < QUORUM) {
        return;
      }
      LeaseQuorum quorum =
          LeaseQuorum.of(
              grants,
              LeaseRequest.open(request, network.config.hash()),
              network.config.hash(),
              roster,
              ModelNetwork.MAX_HEADER_LAG,
              committedSequence());
      Optional<KnownHead> head = quorum.head();
      @Nullable Node loaded =
          head.map(known ->
                  proposals.stream()
                      .map(Proposal::node)
                      .filter(node -> node.known().sameState(known))
                      .findFirst()
                      .orElseThrow())
              .orElse(committed);
      if (loaded != null && committed != null && !loaded.continues(committed)) {
        // Nothing leads from what is on chain to that head: it can only be waited for to be void.
        return;
      }
      holdings.add(new Holding(worker, quorum.lease(), loaded));
    }

    /** A holder makes its next batch, or signs the content it adopted again. */
    private void propose() {
      if (holdings.isEmpty()) {
        return;
      }
      Holding holding = holdings.get(recent(holdings.size()));
      Node parent = holding.last;
      boolean again =
          parent != null && parent.known().lease() != holding.lease && random.nextBoolean();
      KnownHead known =
          again && parent != null
              ? new KnownHead(
                  holding.lease, parent.known().endSequence(), parent.known().stateHash())
              : new KnownHead(
                  holding.lease,
                  parent == null ? 1 : parent.known().endSequence() + 1,
                  Keccak.hashText("state " + ++states));
      long header = again && parent != null ? parent.header() : network.chain.tip().number();
      Node node = new Node(again && parent != null ? parent.parent() : parent, known, header);
      holding.last = node;
      Node oldest = again ? node : oldestUncommitted(node);
      proposals.add(
          new Proposal(
              node,
              network.anchorOnto(
                  holding.worker, known, header, oldest.header(), oldest.known().endSequence()),
              new ArrayList<>()));
    }

    private Node oldestUncommitted(Node node) {
      Node oldest = node;
      for (Node each = node.parent();
          each != null && each.known().endSequence() > committedSequence();
          each = each.parent()) {
        oldest = each;
      }
      return oldest;
    }

    /** A host brings a head to a member, perhaps long after it was signed. */
    private void deliver() {
      if (proposals.isEmpty()) {
        return;
      }
      Proposal proposal = proposals.get(recent(proposals.size()));
      KeyManagerRequest.AcknowledgeHead request =
          random.nextBoolean() ? proposal.request() : network.withProof(proposal.request());
      if (anyMember().ask(request) instanceof KeyManagerResponse.HeadAcknowledged acknowledged) {
        proposal
            .acknowledgements()
            .add(HeadAcknowledgement.open(acknowledged.acknowledgement(), network.config.hash()));
        noteWhatIsAnchored(proposal);
      }
    }

    private void noteWhatIsAnchored(Proposal proposal) {
      for (Verified<HeadAcknowledgement> one : proposal.acknowledgements()) {
        for (Verified<HeadAcknowledgement> other : proposal.acknowledgements()) {
          if (isQuorum(proposal, one, other)) {
            Node node = proposal.node();
            for (Node before : anchored) {
              assertThat(isVoid(before) || node.continues(before) || before.continues(node))
                  .as("%s and %s are anchored", node.known(), before.known())
                  .isTrue();
            }
            anchored.add(node);
            return;
          }
        }
      }
    }

    private long committedSequence() {
      Node last = committed;
      return last == null ? 0 : last.known().endSequence();
    }

    /**
     * Whether a batch of it or before it is uncommitted and too old to be committed, or was when
     * the chain went another way: what is committed was anchored, and compared with it then.
     */
    private boolean isVoid(Node node) {
      Node last = committed;
      if (last != null && !node.continues(last) && !last.continues(node)) {
        return true;
      }
      for (Node each = node; each != null; each = each.parent()) {
        if (each.known().endSequence() > committedSequence()
            && network.chain.tip().number() - each.header() > ModelNetwork.MAX_BATCH_AGE) {
          return true;
        }
      }
      return false;
    }

    /** Somebody commits what was released, as far as the contract admits it. */
    private void commit() {
      List<Node> admissible =
          anchored.stream()
              .filter(node -> node.known().endSequence() > committedSequence())
              .filter(node -> committed == null || node.continues(committed))
              .filter(
                  node -> committed == null || node.known().lease() >= committed.known().lease())
              .filter(this::isYoungInTheNextBlock)
              .toList();
      if (!admissible.isEmpty()) {
        Node node = admissible.get(random.nextInt(admissible.size()));
        committed = node;
        network.setCommitted(
            node.known().lease(), node.known().endSequence(), node.known().stateHash());
      }
    }

    private boolean isYoungInTheNextBlock(Node node) {
      for (Node each = node; each != null; each = each.parent()) {
        if (each.known().endSequence() > committedSequence()
            && network.chain.tip().number() + 1 - each.header() > ModelNetwork.MAX_BATCH_AGE) {
          return false;
        }
      }
      return true;
    }

    private boolean isQuorum(
        Proposal proposal, Verified<HeadAcknowledgement> one, Verified<HeadAcknowledgement> other) {
      try {
        AckQuorum.require(
            List.of(one, other),
            ModelNetwork.REALM,
            proposal.node().known(),
            roster,
            ModelNetwork.MAX_HEADER_LAG);
        return true;
      } catch (EnigmaException e) {
        return false;
      }
    }

    /** A key manager loses its memory and, mostly, reads the heads from the two others. */
    private void restart() {
      Member member = anyMember();
      member.restart();
      if (random.nextInt(40) == 0) {
        return;
      }
      KeyManagerResponse.HeadsRequest question =
          member.ask(new KeyManagerRequest.RequestHeads(), KeyManagerResponse.HeadsRequest.class);
      KeyManagerRequest.ReadHeads read =
          new KeyManagerRequest.ReadHeads(
              question.message(), network.headsProof(List.of(member.address())));
      List<Bytes> reports = new ArrayList<>();
      for (Member other : network.members) {
        if (other != member && other.ask(read) instanceof KeyManagerResponse.Message message) {
          reports.add(message.message());
        }
      }
      member.ask(
          new KeyManagerRequest.LoadHeads(
              reports, network.headsProof(network.members.stream().map(Member::address).toList())));
    }
  }

  @Property(tries = 150)
  void allAnchoredHeadsLieOnOneLine(@ForAll long seed) {
    Model model = new Model(seed);
    for (int step = 0; step < STEPS; step++) {
      model.step();
    }
  }
}

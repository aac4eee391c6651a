package network.enigma.keymanager;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.simulation.SimulatedAuthority;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.ethereum.storage.KeyManagerSlots;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.tee.EvidenceSource;
import network.enigma.tee.model.ModelChain;
import org.junit.jupiter.api.Test;

/** Rule K5: the first member makes the master secret, the others fetch it. */
class MasterSecretTest {
  private static Bytes32 seed(ModelNetwork network, Member member) {
    return member
        .ask(
            new KeyManagerRequest.ReleaseSeed(
                2, network.chain.proof(KeyManagerSlots.releaseSeed(ModelNetwork.GENERATION))),
            KeyManagerResponse.SeedReleased.class)
        .seed();
  }

  @Test
  void theSecondAndThirdMemberFetchItFromTheFirst() {
    ModelNetwork network = ModelNetwork.running();
    network.mine(ModelNetwork.EPOCH_BLOCKS);
    assertThat(network.members.stream().map(member -> seed(network, member)).distinct()).hasSize(1);
  }

  @Test
  void aMemberThatFetchedItServesIt() {
    ModelNetwork network = ModelNetwork.fresh(3);
    network.publishGeneration();
    network.fetchMaster(1, 0);
    network.fetchMaster(2, 1);
    network.mine(ModelNetwork.EPOCH_BLOCKS);
    assertThat(seed(network, network.member(2))).isEqualTo(seed(network, network.member(0)));
  }

  @Test
  void itSurvivesARestart() {
    ModelNetwork network = ModelNetwork.running();
    network.mine(ModelNetwork.EPOCH_BLOCKS);
    Bytes32 before = seed(network, network.member(1));
    network.member(1).restart();
    assertThat(seed(network, network.member(1))).isEqualTo(before);
  }

  @Test
  void anIdentitySurvivesARestart() {
    ModelNetwork network = ModelNetwork.fresh(1);
    var before = network.member(0).address();
    network.member(0).restart();
    assertThat(network.member(0).address()).isEqualTo(before);
  }

  @Test
  void theSealedStateOpensOnNoOtherMachine() {
    ModelNetwork network = ModelNetwork.fresh(2);
    KeyManagerEnclave other = new KeyManagerEnclave(network.member(1).machine());
    KeyManagerResponse answer =
        KeyManagerResponse.decode(
            other.handle(
                new SharedRequest.Configure(network.config, network.member(0).sealedState())
                    .encode()));
    assertThat(answer)
        .isInstanceOfSatisfying(
            SharedResponse.Failure.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.SEALED_STATE_UNREADABLE));
  }

  @Test
  void askingTwiceForItMakesNoSecondOne() {
    ModelNetwork network = ModelNetwork.fresh(1);
    List<Bytes32> hashes =
        Stream.generate(() ->
                network
                    .member(0)
                    .ask(
                        new KeyManagerRequest.GenerateMaster(ModelNetwork.GENERATION),
                        KeyManagerResponse.MasterHeld.class)
                    .checkHash())
            .limit(2)
            .toList();
    assertThat(hashes.get(0)).isEqualTo(hashes.get(1));
  }

  private static Bytes bare(Bytes evidence) {
    return new EvidenceBundle(EvidenceBundle.decode(evidence).evidence(), new Collateral.None())
        .encode();
  }

  /** As real machines do: their host brings what the vendor signs about them. */
  @Test
  void machinesThatGiveNoCollateralHandTheSecretOverWithTheirHosts() {
    ModelNetwork network = ModelNetwork.fresh(2);
    network.publishGeneration();
    Member asking =
        new Member(
            network.config,
            network.chain,
            data ->
                bare(
                    SimulatedAuthority.evidence(
                        Role.KEY_MANAGER, data, network.chain.tip().timestamp())));
    network.members.add(asking);
    network.setListed(asking.address(), true);
    network.mine(1);
    Bytes completed =
        SimulatedAuthority.evidence(
            Role.KEY_MANAGER, Bytes32.zero(), network.chain.tip().timestamp());
    Bytes without = asking.message(new KeyManagerRequest.RequestMaster(ModelNetwork.GENERATION));
    network
        .member(0)
        .refuses(
            new KeyManagerRequest.ServeMaster(without, network.masterProof(asking.address())),
            ErrorCode.EVIDENCE_REJECTED);
    Bytes question =
        asking.message(new KeyManagerRequest.RequestMaster(ModelNetwork.GENERATION, completed));
    Bytes answer =
        network
            .member(0)
            .message(
                new KeyManagerRequest.ServeMaster(
                    question, network.masterProof(asking.address()), completed));
    asking.ask(
        new KeyManagerRequest.ReceiveMaster(
            answer, network.masterProof(network.member(0).address())),
        KeyManagerResponse.MasterHeld.class);
  }

  @Test
  void anEnclaveThatIsNotListedGetsNothing() {
    ModelNetwork network = ModelNetwork.fresh(2);
    network.publishGeneration();
    network.setListed(network.member(1).address(), false);
    network.mine(1);
    Bytes question =
        network.member(1).message(new KeyManagerRequest.RequestMaster(ModelNetwork.GENERATION));
    network
        .member(0)
        .refuses(
            new KeyManagerRequest.ServeMaster(
                question, network.masterProof(network.member(1).address())),
            ErrorCode.NOT_LISTED);
  }

  @Test
  void aSecretThatDoesNotMatchTheCheckHashIsNotServed() {
    ModelNetwork network = ModelNetwork.fresh(2);
    network.publishGeneration();
    network.setGeneration(Keccak.hashText("the check hash of another secret"));
    network.mine(1);
    Bytes question =
        network.member(1).message(new KeyManagerRequest.RequestMaster(ModelNetwork.GENERATION));
    network
        .member(0)
        .refuses(
            new KeyManagerRequest.ServeMaster(
                question, network.masterProof(network.member(1).address())),
            ErrorCode.WRONG_MASTER_SECRET);
  }

  @Test
  void aSecretThatDoesNotMatchTheCheckHashIsNotTaken() {
    ModelNetwork network = ModelNetwork.fresh(2);
    network.publishGeneration();
    Bytes answer = transfer(network, 1, 0);
    network.setGeneration(Keccak.hashText("the check hash of another secret"));
    network.mine(1);
    network
        .member(1)
        .refuses(
            new KeyManagerRequest.ReceiveMaster(
                answer, network.masterProof(network.member(0).address())),
            ErrorCode.WRONG_MASTER_SECRET);
  }

  @Test
  void aTransferIsTakenOnce() {
    ModelNetwork network = ModelNetwork.fresh(2);
    network.publishGeneration();
    KeyManagerRequest.ReceiveMaster receive =
        new KeyManagerRequest.ReceiveMaster(
            transfer(network, 1, 0), network.masterProof(network.member(0).address()));
    network.member(1).ask(receive, KeyManagerResponse.MasterHeld.class);
    network.member(1).refuses(receive, ErrorCode.MALFORMED_MESSAGE);
  }

  @Test
  void aTransferIsOfNoUseToAnotherMember() {
    ModelNetwork network = ModelNetwork.fresh(3);
    network.publishGeneration();
    network.member(2).message(new KeyManagerRequest.RequestMaster(ModelNetwork.GENERATION));
    network
        .member(2)
        .refuses(
            new KeyManagerRequest.ReceiveMaster(
                transfer(network, 1, 0), network.masterProof(network.member(0).address())),
            ErrorCode.MALFORMED_MESSAGE);
  }

  @Test
  void aTransferFromAnEnclaveThatIsNotListedIsNotTaken() {
    ModelNetwork network = ModelNetwork.fresh(2);
    network.publishGeneration();
    Bytes answer = transfer(network, 1, 0);
    network.setListed(network.member(0).address(), false);
    network.mine(1);
    network
        .member(1)
        .refuses(
            new KeyManagerRequest.ReceiveMaster(
                answer, network.masterProof(network.member(0).address())),
            ErrorCode.NOT_LISTED);
  }

  @Test
  void evidenceBoundToSomethingElseGetsNothing() {
    refusedEvidence(reportData ->
        SimulatedAuthority.evidence(
            Role.KEY_MANAGER, Keccak.hashText("other"), ModelChain.GENESIS_TIME));
  }

  @Test
  void expiredEvidenceGetsNothing() {
    refusedEvidence(reportData ->
        SimulatedAuthority.evidence(
            SimulatedAuthority.measurement(Role.KEY_MANAGER),
            reportData,
            ModelChain.GENESIS_TIME - 1));
  }

  @Test
  void evidenceOfWordsGetsNothing() {
    refusedEvidence(reportData -> Bytes.ofText("trust me"));
  }

  @Test
  void aProgramThatIsNotListedGetsNothing() {
    ModelNetwork network = ModelNetwork.fresh(1);
    Bytes32 program = Keccak.hashText("another program");
    Member stranger =
        new Member(
            network.config,
            network.chain,
            reportData ->
                SimulatedAuthority.evidence(program, reportData, ModelChain.GENESIS_TIME * 2));
    network.members.add(stranger);
    network.publishGeneration();
    Bytes question = stranger.message(new KeyManagerRequest.RequestMaster(ModelNetwork.GENERATION));
    network
        .member(0)
        .refuses(
            new KeyManagerRequest.ServeMaster(
                question,
                network.chain.proof(
                    KeyManagerSlots.master(
                        ModelNetwork.GENERATION, stranger.address(), List.of(program)))),
            ErrorCode.EVIDENCE_REJECTED);
  }

  @Test
  void aProgramThatIsListedNoMoreGetsNothing() {
    ModelNetwork network = ModelNetwork.fresh(2);
    network.publishGeneration();
    network.list(SimulatedAuthority.measurement(Role.KEY_MANAGER), false);
    network.mine(1);
    serveRefused(network);
  }

  @Test
  void aMachineBelowTheLeastTcbGetsNothing() {
    ModelNetwork network = ModelNetwork.fresh(2);
    network.publishGeneration();
    network.chain.set(EnigmaStorage.tcbMinima(), Bytes32.ofUnsigned(2));
    network.mine(1);
    serveRefused(network);
  }

  private static void serveRefused(ModelNetwork network) {
    Bytes question =
        network.member(1).message(new KeyManagerRequest.RequestMaster(ModelNetwork.GENERATION));
    network
        .member(0)
        .refuses(
            new KeyManagerRequest.ServeMaster(
                question, network.masterProof(network.member(1).address())),
            ErrorCode.EVIDENCE_REJECTED);
  }

  @Test
  void aMachineBelowTheLeastTcbIsNotBelieved() {
    ModelNetwork network = ModelNetwork.fresh(2);
    network.publishGeneration();
    Bytes answer = transfer(network, 1, 0);
    network.chain.set(EnigmaStorage.tcbMinima(), Bytes32.ofUnsigned(2));
    network.mine(1);
    network
        .member(1)
        .refuses(
            new KeyManagerRequest.ReceiveMaster(
                answer, network.masterProof(network.member(0).address())),
            ErrorCode.EVIDENCE_REJECTED);
  }

  @Test
  void aRequestOfAnotherNetworkGetsNothing() {
    ModelNetwork network = ModelNetwork.fresh(1);
    Member stranger = new Member(ModelNetwork.config(network.chain, 99), network.chain);
    network.members.add(stranger);
    network.publishGeneration();
    network
        .member(0)
        .refuses(
            new KeyManagerRequest.ServeMaster(
                stranger.message(new KeyManagerRequest.RequestMaster(ModelNetwork.GENERATION)),
                network.masterProof(stranger.address())),
            ErrorCode.WRONG_NETWORK);
  }

  private static void refusedEvidence(EvidenceSource evidence) {
    ModelNetwork network = ModelNetwork.fresh(1);
    Member stranger = new Member(network.config, network.chain, evidence);
    network.members.add(stranger);
    network.publishGeneration();
    Bytes question = stranger.message(new KeyManagerRequest.RequestMaster(ModelNetwork.GENERATION));
    network
        .member(0)
        .refuses(
            new KeyManagerRequest.ServeMaster(question, network.masterProof(stranger.address())),
            ErrorCode.EVIDENCE_REJECTED);
  }

  private static Bytes transfer(ModelNetwork network, int to, int from) {
    Bytes question =
        network.member(to).message(new KeyManagerRequest.RequestMaster(ModelNetwork.GENERATION));
    return network
        .member(from)
        .message(
            new KeyManagerRequest.ServeMaster(
                question, network.masterProof(network.member(to).address())));
  }
}

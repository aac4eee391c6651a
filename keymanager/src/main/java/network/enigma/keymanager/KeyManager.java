package network.enigma.keymanager;

import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.ReportData;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.tee.EnclaveIdentity;

/** A configured key manager: its parts, wired. */
record KeyManager(
    Network network,
    Masters masters,
    Admissions admissions,
    HeadMemory memory,
    Leases leases,
    Seeds seeds) {

  static KeyManager start(network.enigma.tee.Machine machine, SharedRequest.Configure request) {
    boolean restarted = !request.sealedState().isEmpty();
    Vault vault =
        restarted
            ? Vault.open(machine, request.config().hash(), request.sealedState())
            : Vault.create(EnclaveIdentity.generate(machine.entropy()));
    Network network = Network.of(machine, vault.identity(), request.config());
    Masters masters = new Masters(network, vault);
    HeadMemory memory = new HeadMemory(network, !restarted);
    return new KeyManager(
        network,
        masters,
        new Admissions(network),
        memory,
        new Leases(network, masters, memory),
        new Seeds(network, masters));
  }

  SharedResponse.Identity identity() {
    return new SharedResponse.Identity(
        network.identity().address(), network.identity().sealingKey(), masters.sealedState());
  }

  SharedResponse.Evidence attest(SharedRequest.Attest request) {
    return new SharedResponse.Evidence(
        network
            .machine()
            .evidence()
            .evidence(
                ReportData.hash(
                    network.hash(),
                    Role.KEY_MANAGER,
                    network.identity().address(),
                    request.operator(),
                    request.nonce())));
  }

  SharedResponse.ChainTip advance(SharedRequest.AdvanceHeaders request) {
    BlockHeader tip = network.chain().advance(request.headers());
    return new SharedResponse.ChainTip(tip.number(), tip.hash());
  }
}

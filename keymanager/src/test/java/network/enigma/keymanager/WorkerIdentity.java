package network.enigma.keymanager;

import java.util.Optional;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.tee.EnclaveIdentity;
import network.enigma.tee.Entropy;
import network.enigma.tee.message.LeaseGrant;
import network.enigma.tee.message.LeaseRequest;
import network.enigma.tee.message.Verified;

/** What a worker enclave does towards key managers. */
final class WorkerIdentity {
  private final int number;
  private final Bytes32 networkHash;
  private final EnclaveIdentity identity = EnclaveIdentity.generate(Entropy.secure());

  WorkerIdentity(int number, Bytes32 networkHash) {
    this.number = number;
    this.networkHash = networkHash;
  }

  int number() {
    return number;
  }

  EnclaveIdentity identity() {
    return identity;
  }

  Address address() {
    return identity.address();
  }

  Bytes request(Bytes32 realm, long tenure, BlockHeader header, int attempt) {
    return request(realm, tenure, header, attempt, Optional.empty());
  }

  Bytes request(
      Bytes32 realm,
      long tenure,
      BlockHeader header,
      int attempt,
      Optional<Long> previousGeneration) {
    return new LeaseRequest(
            realm,
            tenure,
            header.number(),
            header.hash(),
            attempt,
            previousGeneration,
            identity.sealingKey(),
            Entropy.secure().nonce())
        .sign(identity, networkHash);
  }

  static LeaseRequest read(Bytes request, Bytes32 networkHash) {
    return LeaseRequest.open(request, networkHash).body();
  }

  Verified<LeaseGrant> open(Bytes request, KeyManagerResponse.LeaseGranted granted) {
    return LeaseGrant.open(
        identity,
        networkHash,
        LeaseRequest.open(request, networkHash).digest(),
        granted.sealedGrant());
  }
}

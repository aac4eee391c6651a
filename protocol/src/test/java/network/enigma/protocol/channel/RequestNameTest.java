package network.enigma.protocol.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.Test;

class RequestNameTest {
  @Test
  void aRequestIsNamedAfterItsRecord() {
    Bytes32 realm = Bytes32.zero();
    assertThat(RequestName.of(new SharedRequest.AdvanceHeaders(List.of()).encode()))
        .isEqualTo(RequestName.ADVANCE_HEADERS);
    assertThat(RequestName.of(new KeyManagerRequest.GenerateMaster(1).encode()))
        .isEqualTo(RequestName.GENERATE_MASTER);
    assertThat(
            RequestName.of(
                new KeyManagerRequest.AcknowledgeHead(Bytes.empty(), Optional.empty()).encode()))
        .isEqualTo(RequestName.ACKNOWLEDGE_HEAD);
    assertThat(RequestName.of(new WorkerRequest.ConfirmCommitted(realm, Bytes.empty()).encode()))
        .isEqualTo(RequestName.CONFIRM_COMMITTED);
    assertThat(RequestName.of(new WorkerRequest.DropRealm(realm).encode()))
        .isEqualTo(RequestName.DROP_REALM);
  }

  @Test
  void whatNoEnclaveKnowsIsUnknown() {
    assertThat(RequestName.of(new byte[0])).isEqualTo(RequestName.UNKNOWN);
    assertThat(RequestName.of(new byte[] {77})).isEqualTo(RequestName.UNKNOWN);
  }

  @Test
  void aFailureIsARefusal() {
    assertThat(
            RequestName.isRefusal(
                new SharedResponse.Failure(ErrorCode.UNKNOWN_REQUEST, "no").encode()))
        .isTrue();
    assertThat(RequestName.isRefusal(new WorkerResponse.Done().encode())).isFalse();
  }
}

package network.enigma.node.replicate;

import java.time.Duration;
import java.util.List;
import network.enigma.node.peer.WorkerPeers;
import network.enigma.node.storage.LogEntry;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.wire.WireReader;

/** A realm's log on another worker's machine. */
public final class RemoteLog {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private RemoteLog() {}

  /** Fetches the log from the newest committed snapshot on. */
  public static List<LogEntry> fetch(WorkerPeers peers, Address operator, Bytes32 realm) {
    WireReader reader =
        new WireReader(peers.call(operator, new PeerCall.FetchLog(realm).encode(), TIMEOUT));
    List<LogEntry> entries = PeerCall.readEntries(reader);
    reader.end();
    return entries;
  }
}

package network.enigma.node.rpc;

import network.enigma.node.follow.ChainState;
import network.enigma.node.peer.PeerService;
import network.enigma.node.replicate.BackupDesk;
import network.enigma.node.replicate.PeerCall;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** Answers the hosts of other workers. */
public final class PeerDesk implements PeerService.Handler {
  private static final byte[] NOTHING = new byte[0];

  private final ChainState state;
  private final TaskDesk tasks;
  private final BackupDesk backups;
  private final EvidenceDesk evidence;

  public PeerDesk(ChainState state, TaskDesk tasks, BackupDesk backups, EvidenceDesk evidence) {
    this.state = state;
    this.tasks = tasks;
    this.backups = backups;
    this.evidence = evidence;
  }

  @Override
  public byte[] answer(Address caller, byte[] request) {
    if (!state.isOperator(caller)) {
      throw new EnigmaException(ErrorCode.NOT_PERMITTED, caller + " operates no registered worker");
    }
    return switch (PeerCall.decode(request)) {
      case PeerCall.Submit submit -> JsonText.write(tasks.submitHere(submit.task()));
      case PeerCall.GetTask get ->
          JsonText.write(
              tasks.taskHere(
                  get.realm(),
                  get.taskId(),
                  Math.min(get.waitMillis(), TaskDesk.LONGEST_WAIT_MILLIS)));
      case PeerCall.Ask ask -> JsonText.write(tasks.queryHere(ask.query()));
      case PeerCall.Keep keep -> {
        backups.keep(caller, keep.entry());
        yield NOTHING;
      }
      case PeerCall.Hold hold -> backups.hold(caller, hold);
      case PeerCall.FetchLog fetch -> backups.log(fetch.realm());
      case PeerCall.Entrust entrust -> {
        tasks.keep(entrust.orders(), workerOf(caller));
        yield NOTHING;
      }
      case PeerCall.Settled settled -> {
        tasks.settled(settled.realm(), settled.taskIds(), workerOf(caller));
        yield NOTHING;
      }
      case PeerCall.AskProgress ask ->
          PeerCall.writeProgress(tasks.progress(ask.realm(), ask.taskIds()));
      case PeerCall.GetEvidence get -> JsonText.write(evidence.own());
    };
  }

  /** A log is read from disk as a whole: only when there is room for it. */
  @Override
  public long room(byte[] request) {
    return PeerCall.isFetchLog(request) && PeerCall.decode(request) instanceof PeerCall.FetchLog log
        ? backups.logBytes(log.realm())
        : 0;
  }

  private long workerOf(Address operator) {
    return state.workers().stream()
        .filter(each -> each.operator().equals(operator))
        .mapToLong(ChainState.WorkerFacts::number)
        .findFirst()
        .orElseThrow(
            () -> new EnigmaException(ErrorCode.NOT_PERMITTED, operator + " operates no worker"));
  }
}

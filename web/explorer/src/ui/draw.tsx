import type { Pick } from '../model/draw';
import type { Selection } from '../model/history';
import { useNetwork } from './context';
import { RealmLink, Table, WorkerLink, Word } from './parts';
import { Ranks, Seats } from './seats';

/** Why these workers: the draw of rule C4, made again pick by pick. */
export function Draw({ selection, within = false }: { selection: Selection; within?: boolean }) {
  const { history } = useNetwork();
  const drawn = history.drawn(selection);
  const same = drawn?.ranks.join() === selection.ranks.join();
  const used = drawn?.picks.filter((pick) => pick.verdict !== 'unused') ?? [];
  return (
    <section className="card padded grid" aria-label={`Draw for tenure ${selection.tenure}`}>
      <div className="title-line">
        <h3>
          Tenure {selection.tenure}
          {!within && ' of '}
        </h3>
        {!within && <RealmLink id={selection.realm} />}
        {drawn && <Word tone={same ? 'good' : 'bad'}>{same ? 'made again here: same result' : 'made again here: another result'}</Word>}
      </div>
      <Ranks ranks={selection.ranks} />
      {drawn && (
        <>
          <p className="dim">
            Pick number i is the hash of seed, realm, tenure and i, divided by {selection.seatWorkers.length || 'the number of'} seats; the remainder is a
            seat. The first three different workers that may be drawn are the ranks: the first holds the realm, the others stand by.
          </p>
          <Seats workers={selection.seatWorkers} picked={new Set(used.filter((pick) => pick.verdict === 'rank').map((pick) => pick.seat))} />
          <details open={!within}>
            <summary>Every pick, {used.length} of them</summary>
            <Table
              caption={`Picks for tenure ${selection.tenure}`}
              rows={used}
              keyOf={(pick) => String(pick.i)}
              classOf={(pick) => (pick.verdict === 'rank' ? '' : 'quiet')}
              columns={[
                { label: 'Pick', cell: (pick) => `Pick ${pick.i}` },
                { label: 'Seat', number: true, cell: (pick) => pick.seat },
                { label: 'Worker in it', cell: (pick) => (pick.worker ? <WorkerLink number={pick.worker} /> : '—') },
                { label: 'So', fold: 'broad', cell: (pick) => verdictWords(pick) },
              ]}
            />
          </details>
        </>
      )}
    </section>
  );
}

function verdictWords(pick: Pick): string {
  switch (pick.verdict) {
    case 'rank':
      return pick.rank === 0 ? 'holds the realm' : pick.rank === 1 ? 'stands by first' : 'stands by second';
    case 'again':
      return 'has its rank already';
    case 'empty':
      return 'nobody sits there';
    case 'unfit':
      return `may not be drawn: ${pick.why}`;
    case 'unused':
      return 'not needed';
  }
}

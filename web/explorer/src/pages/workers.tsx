import { bytes, count, eng, moment, plural, span } from '../model/format';
import type { WorkerHistory } from '../model/history';
import { machine } from '../model/words';
import { useNetwork, useNow } from '../ui/context';
import { Activity } from '../ui/activity';
import { Address, Command, Empty, Facts, Hash, PageHead, RealmLink, Section, Table, When, Word, WorkerLink, type Tone } from '../ui/parts';
import { NodeLine } from './overview';

/** Whether a worker may be drawn, in a word and in a sentence. */
function standing(worker: WorkerHistory, now: number): { word: string; tone: Tone; why: string } {
  if (worker.slashed) return { word: 'slashed', tone: 'bad', why: 'Its enclave signed two histories of one realm. Its stake was burnt.' };
  if (worker.evicted) return { word: 'evicted', tone: 'bad', why: 'It was removed from the draws: its admission ended, or its platform or code is no longer good enough.' };
  if (worker.loggedOut) return { word: 'logged out', tone: 'warn', why: 'Its operator took it out of the draws. It may finish what it holds.' };
  if (worker.notAfter * 1_000 < now) return { word: 'admission over', tone: 'warn', why: 'It has not renewed its admission, and is not drawn until it does.' };
  if (worker.seats === 0) return { word: 'no seat', tone: 'warn', why: 'It has no stake in the network, so no draw can pick it.' };
  return { word: 'can be drawn', tone: 'good', why: 'It is admitted and has stake: every draw may pick it.' };
}

export function WorkersPage() {
  const { history } = useNetwork();
  const now = useNow();
  const workers = [...history.workers.values()];
  const seats = history.seats.length;
  return (
    <>
      <PageHead
        title="Workers"
        lead="Servers that run secret contracts. A worker is let in only after the key managers have checked what its enclave is; its seats are the stake it loses if it cheats, and its chance to be drawn."
      />
      {workers.length === 0 ? (
        <Empty title="No worker has registered">A new network has none until the first operator starts a node.</Empty>
      ) : (
        <Table
          caption="Workers"
          rows={workers}
          keyOf={(worker) => String(worker.number)}
          columns={[
            { label: 'Worker', cell: (worker) => <WorkerLink number={worker.number} /> },
            {
              label: 'Standing',
              fold: 'broad',
              cell: (worker) => {
                const { word, tone } = standing(worker, now);
                return <Word tone={tone}>{word}</Word>;
              },
            },
            { label: 'Machine', cell: (worker) => <Word tone={machine(worker.tee).real ? 'sealed' : 'warn'}>{machine(worker.tee).short}</Word> },
            { label: 'Seats', number: true, cell: (worker) => worker.seats },
            { label: 'Share of draws', number: true, wide: true, cell: (worker) => (seats ? `${Math.round((worker.seats / seats) * 100)} %` : '—') },
            { label: 'Holds', number: true, cell: (worker) => plural([...history.realms.values()].filter((realm) => realm.worker === worker.number).length, 'realm') },
            { label: 'Batches', number: true, cell: (worker) => count(worker.batches) },
            { label: 'Earned, ENG', number: true, wide: true, cell: (worker) => eng(worker.earned) },
            { label: 'Missed', number: true, wide: true, cell: (worker) => worker.misses },
            { label: 'Admitted for', number: true, cell: (worker) => (worker.notAfter * 1_000 > now ? span(worker.notAfter * 1_000 - now) : 'over') },
          ]}
        />
      )}
      <Section
        id="key-managers"
        title="Key managers"
        lead={
          history.generation
            ? `Enclaves that guard the network’s secrets together. In generation ${history.generation.number}, ${history.generation.quorum} of ${history.generation.members.length} must agree before a worker is let in, gets a realm’s secret, or may show a result.`
            : 'No generation of key managers has been published yet.'
        }
      >
        <Table
          caption="Key managers"
          rows={[...history.keyManagers]}
          keyOf={([enclave]) => enclave}
          columns={[
            { label: 'Enclave', cell: ([enclave]) => <Hash value={enclave} href={`/addresses/${enclave}`} what="enclave" mark /> },
            { label: 'Operator', fold: 'broad', cell: ([, keyManager]) => <Hash value={keyManager.operator} href={`/addresses/${keyManager.operator}`} what="operator" /> },
            { label: 'Measurement', wide: true, cell: ([, keyManager]) => <Hash value={keyManager.measurement} what="measurement" /> },
            {
              label: 'Member now',
              cell: ([enclave, keyManager]) =>
                keyManager.listed && history.generation?.members.some((member) => member.toLowerCase() === enclave.toLowerCase()) ? <Word tone="good">yes</Word> : <Word tone="warn">no</Word>,
            },
            { label: 'Listed', number: true, fold: 'corner', cell: ([, keyManager]) => <When seconds={keyManager.place.time} /> },
          ]}
        />
      </Section>
    </>
  );
}

export function WorkerPage({ number }: { number: number }) {
  const { history, nodes, parameters } = useNetwork();
  const now = useNow();
  const worker = history.workers.get(number);
  if (!worker) {
    return (
      <>
        <PageHead title={`Worker ${number}`} crumbs={[['Workers', '/workers']]} />
        <Empty title="There is no such worker">Worker {number} has never registered in this network.</Empty>
      </>
    );
  }
  const state = standing(worker, now);
  const tee = machine(worker.tee);
  const node = nodes.find((each) => each.status?.worker === number);
  const held = [...history.realms.values()].filter((realm) => realm.worker === number);
  const events = history.activity.filter((event) => {
    const args = event.args as { worker?: number; rank0?: number; to?: number };
    return args.worker === number || args.rank0 === number || args.to === number;
  });
  return (
    <>
      <PageHead title={`Worker ${number}`} crumbs={[['Workers', '/workers']]} lead={state.why}>
        <Word tone={state.tone}>{state.word}</Word>
      </PageHead>
      <div className="grid two">
        <section className="card padded" aria-labelledby="attestation">
          <h2 id="attestation">What its enclave is</h2>
          <p className="dim">{tee.plain}</p>
          <Facts
            facts={[
              ['Machine', <Word key="m" tone={tee.real ? 'sealed' : 'warn'}>{tee.short}</Word>],
              ['Runs this code', <Hash key="h" value={worker.measurement} whole what="measurement" />],
              ['On this platform', <Hash key="h" value={worker.platformHash} what="platform hash" />],
              ['Platform’s security level', worker.tcbNumber],
              ['Proof on Ethereum', `${bytes(worker.evidenceBytes)} of evidence, checked by a quorum of key managers`],
              ['Admitted until', `${moment(worker.notAfter * 1_000)}${worker.admissions > 1 ? `, renewed ${plural(worker.admissions - 1, 'time')}` : ''}`],
            ]}
          />
          <p className="dim small">Nobody has to take this page’s word for it. The evidence is public, and this command judges it again:</p>
          <Command text={`./enigma verify ${number}`} />
        </section>
        <section className="card padded" aria-labelledby="worker-facts">
          <h2 id="worker-facts">Who runs it, with what stake</h2>
          <Facts
            facts={[
              ['Operator', <Address key="a" value={worker.operator} whole named={false} />],
              ['Enclave’s key', <Address key="a" value={worker.enclave} whole named={false} />],
              ['Seats', `${worker.seats} of ${history.seats.length}`],
              parameters !== undefined && ['Stake', `${eng(parameters.seatUnit * BigInt(worker.seats))} ENG`],
              ['Committed', plural(worker.batches, 'batch', 'batches')],
              ['Earned', `${eng(worker.earned)} ENG`],
              ['Missed turns', worker.misses],
              ['Registered', <When key="w" seconds={worker.registeredAt.time} />],
              worker.endpoint !== '' && ['Published address', worker.endpoint],
              ['Node', node ? <NodeLine key="n" url={node.url} state={node.state} realms={node.status?.realms} /> : 'not among the nodes this page talks to'],
            ]}
          />
        </section>
      </div>
      <Section id="realms" title="Realms it holds">
        {held.length === 0 ? (
          <Empty title="None at the moment">A worker holds a realm from the draw that picks it until the tenure ends.</Empty>
        ) : (
          <Table
            caption={`Realms held by worker ${number}`}
            rows={held}
            keyOf={(realm) => realm.id}
            columns={[
              { label: 'Realm', cell: (realm) => <RealmLink id={realm.id} /> },
              { label: 'Tenure', number: true, cell: (realm) => realm.tenures.at(-1)?.number ?? '—' },
              { label: 'Batches', number: true, cell: (realm) => count(realm.commits.length) },
              { label: 'Last commit', number: true, cell: (realm) => <When seconds={realm.commits.at(-1)?.place.time} /> },
            ]}
          />
        )}
      </Section>
      <Section id="events" title="What it did">
        <Activity events={events.slice(-15).reverse()} label={`Events of worker ${number}`} />
      </Section>
    </>
  );
}

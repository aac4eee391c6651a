import type { Hex } from 'viem';
import { bytes, count, eng, shortHash } from '../model/format';
import { suiteOf } from '../model/words';
import { useNetwork } from '../ui/context';
import { Activity } from '../ui/activity';
import { Draw } from '../ui/draw';
import { Address, BlockLink, Empty, Facts, Hash, PageHead, RealmLink, Rotor, Section, Table, When, Word, WorkerLink } from '../ui/parts';
import { Ranks } from '../ui/seats';
import { PagedTaskTable } from '../ui/tasks';

export function RealmsPage() {
  const network = useNetwork();
  const { history } = network;
  const realms = [...history.realms.values()].reverse();
  const tasks = network.tasks();
  return (
    <>
      <PageHead
        title="Realms"
        lead="A realm is one sealed state with its own keys, held by one worker at a time. Usually it is one secret contract."
      />
      {realms.length === 0 ? (
        <Empty title="No realm has been opened" command="./enigma demo millionaires">
          Whoever deploys a secret contract opens one. The demo does it for you.
        </Empty>
      ) : (
        <Table
          caption="Realms"
          rows={realms}
          keyOf={(realm) => realm.id}
          columns={[
            { label: 'Realm', cell: (realm) => <RealmLink id={realm.id} /> },
            { label: 'Holder', cell: (realm) => (realm.worker ? <WorkerLink number={realm.worker} /> : <Word tone="warn">none yet</Word>) },
            { label: 'Tenure', number: true, cell: (realm) => realm.tenures.at(-1)?.number ?? '—' },
            { label: 'Tasks', number: true, cell: (realm) => count(tasks.filter((task) => task.realm === realm.id).length) },
            { label: 'Batches', number: true, cell: (realm) => count(realm.commits.length) },
            { label: 'Owner', wide: true, cell: (realm) => <Hash value={realm.owner} href={`/addresses/${realm.owner}`} what="owner" /> },
            { label: 'Opened', number: true, fold: 'corner', cell: (realm) => <When seconds={realm.openedAt.time} /> },
          ]}
        />
      )}
    </>
  );
}

export function RealmPage({ id }: { id: Hex }) {
  const network = useNetwork();
  const { history } = network;
  const realm = history.realm(id);
  if (!realm) {
    return (
      <>
        <PageHead title={`Realm ${shortHash(id)}`} crumbs={[['Realms', '/realms']]} />
        <Empty title="There is no such realm">Nobody has opened a realm with this id in this network.</Empty>
      </>
    );
  }
  const tenure = realm.tenures.findLast((each) => each.announced !== undefined);
  const drawn = realm.tenures.at(-1);
  const tasks = network.tasks(realm.id);
  const pending = drawn !== undefined && drawn.announced === undefined;
  const last = realm.commits.at(-1);
  const events = history.activity.filter((event) => (event.args as { realm?: Hex }).realm === realm.id);
  return (
    <>
      <PageHead
        title={`Realm ${shortHash(realm.id)}`}
        crumbs={[['Realms', '/realms']]}
        heading={
          <span className="named">
            <Rotor id={realm.id} /> Realm <span className="mono">{shortHash(realm.id)}</span>
          </span>
        }
        lead={
          realm.worker
            ? `Worker ${realm.worker} holds it: only its enclave has the keys of this state now.`
            : 'It has no worker yet. A draw gives it one, whose enclave then announces the key that inputs are sealed to.'
        }
      >
        {pending && <Word tone="warn">waits for the key of tenure {drawn.number}</Word>}
      </PageHead>
      <div className="grid two">
        <div className="card padded">
          <Facts
            facts={[
              ['Realm', <Hash key="r" value={realm.id} whole what="realm id" />],
              ['Owner', <Address key="o" value={realm.owner} whole />],
              ['Opened', <When key="w" seconds={realm.openedAt.time} />],
              ['Results', realm.options & 1 ? 'are released when they are on Ethereum' : 'are released when the key managers have acknowledged them'],
            ]}
          />
        </div>
        <div className="card padded">
          <Facts
            facts={[
              ['Holder', realm.worker ? <WorkerLink key="w" number={realm.worker} /> : '—'],
              ['Ranks', drawn?.selection ? <Ranks key="k" ranks={drawn.selection.ranks} holder={realm.worker} /> : '—'],
              tenure?.announced !== undefined && ['Tenure', `${tenure.number}, keys of generation ${tenure.announced.generation}`],
              tenure?.announced !== undefined && ['Inputs are sealed with', `${suiteOf(tenure.announced.suite)}, a key of ${bytes(tenure.announced.keyBytes)}`],
              last !== undefined && ['State on Ethereum', <Hash key="h" value={last.stateHash} what="state hash" mark />],
              last !== undefined && ['Steps', count(last.first + last.count - 1n)],
              last !== undefined && ['Paid for its work', `${eng(realm.commits.reduce((sum, each) => sum + each.paid, 0n))} ENG`],
            ]}
          />
        </div>
      </div>
      <Section id="tasks" title="Tasks">
        {tasks.length === 0 ? (
          <Empty title="No task yet">Tasks that were posted on Ethereum, and those its holder has run since its node started, appear here.</Empty>
        ) : (
          <PagedTaskTable tasks={tasks} caption="Tasks of this realm" withRealm={false} />
        )}
      </Section>
      <Section id="tenures" title="Tenures" lead="Who was selected, and why.">
        {realm.tenures.length === 0 ? (
          <Empty title="Not drawn yet">The next seed, or a call of assign, draws its first worker.</Empty>
        ) : (
          <div className="grid">
            {realm.tenures
              .toReversed()
              .slice(0, 5)
              .map((each) => each.selection && <Draw key={each.number} selection={each.selection} within />)}
          </div>
        )}
      </Section>
      {(realm.takeOvers.length > 0 || realm.challenges.length > 0) && (
        <Section id="take-overs" title="Take-overs and challenges">
          <Table
            caption="Take-overs and challenges"
            rows={[
              ...realm.takeOvers.map((each) => ({ what: `Worker ${each.to} took over from worker ${each.from}`, place: each.place })),
              ...realm.challenges.map((each) => ({ what: `A challenge with ${eng(each.deposit)} ENG${each.endedAt ? ', answered or ended' : ', open'}`, place: each.place })),
            ]}
            keyOf={(each) => `${each.what}-${each.place.block}-${each.place.index}`}
            columns={[
              { label: 'What', cell: (each) => each.what },
              { label: 'Block', number: true, cell: (each) => <BlockLink number={each.place.block} /> },
              { label: 'When', number: true, fold: 'corner', cell: (each) => <When seconds={each.place.time} /> },
            ]}
          />
        </Section>
      )}
      <Section id="batches" title="Batches on Ethereum" lead="Each moves the state one or more steps on. Between two of them nobody outside can tell what happened.">
        {realm.commits.length === 0 ? (
          <Empty title="None yet">The first batch follows the first task.</Empty>
        ) : (
          <Table
            caption="Batches"
            rows={realm.commits.slice(-20).reverse()}
            keyOf={(commit) => `${commit.place.transaction}-${commit.place.index}`}
            columns={[
              { label: 'Steps', cell: (commit) => (commit.count === 1n ? `Step ${commit.first}` : `Steps ${commit.first} to ${commit.first + commit.count - 1n}`) },
              { label: 'Kind', cell: (commit) => (commit.kind === 'TASKS' ? 'tasks' : 'snapshot') },
              { label: 'Worker', cell: (commit) => <WorkerLink number={commit.worker} /> },
              { label: 'State after', fold: 'broad', cell: (commit) => <Hash value={commit.stateHash} what="state hash" mark /> },
              { label: 'Paid, ENG', number: true, wide: true, cell: (commit) => eng(commit.paid) },
              { label: 'Block', number: true, cell: (commit) => <BlockLink number={commit.place.block} /> },
              { label: 'When', number: true, fold: 'corner', cell: (commit) => <When seconds={commit.place.time} /> },
            ]}
          />
        )}
      </Section>
      <Section id="events" title="All events">
        <Activity events={events.slice(-25).reverse()} label="Events of this realm" />
      </Section>
    </>
  );
}

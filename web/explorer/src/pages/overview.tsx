import { bytes, count, eng, plural } from '../model/format';
import { useNetwork, useNow } from '../ui/context';
import { Activity } from '../ui/activity';
import { Address, Facts, Hash, PageHead, Section, TaskLink } from '../ui/parts';
import { Link } from '../ui/router';
import { Rhythm } from '../ui/rhythm';
import { Ranks, Seats } from '../ui/seats';
import { Steps, StepsMeant } from '../ui/steps';
import { NoTasks, TaskTable } from '../ui/tasks';

export function OverviewPage() {
  const network = useNetwork();
  const { history, addresses, head, counters, parameters, nodes, active } = network;
  const now = useNow();
  const tasks = network.tasks();
  const latest = tasks[0];
  const epoch = history.epochs.at(-1);
  const epochBlocks = parameters?.epochBlocks;
  const age = epoch && head ? head.number - epoch.place.block : undefined;
  const workers = [...history.workers.values()];
  const steps = history.commits.reduce((sum, commit) => sum + commit.count, 0n);
  const paid = history.commits.reduce((sum, commit) => sum + commit.paid, 0n);
  return (
    <>
      <PageHead
        title="Overview"
        heading="What the network is doing"
        lead="Secret contracts run here. Ethereum orders and pays the work, drawn workers do it inside enclaves, and everything on these pages is what anybody can see: not the secrets."
      />
      <dl className="figures">
        <Figure label="Ethereum block" value={head ? count(head.number) : '—'} note={head ? `${Math.max(0, Math.round(now / 1000 - head.time))} s old` : ''} />
        <Figure
          label="Epoch"
          value={epoch ? String(epoch.number) : '—'}
          note={age !== undefined && epochBlocks ? (age < epochBlocks ? `block ${age} of ${epochBlocks}` : `block ${age}; the next seed is due`) : ''}
        />
        <Figure
          label="Workers"
          value={String(workers.length)}
          note={`${plural(history.seats.length, 'seat')}, ${nodes.filter((node) => node.state === 'open').length} of ${plural(nodes.length, 'node')} reached`}
        />
        <Figure label="Realms" value={count(history.realms.size)} note={counters ? `${eng(counters.pool)} ENG in the pool` : ''} />
        <Figure label="Tasks" value={count(tasks.length)} note={history.commits.length === 0 ? 'no batch yet' : `${plural(history.commits.length, 'batch', 'batches')} of ${plural(steps, 'step')}`} />
        <Figure label="Paid to workers" value={eng(paid)} note="ENG" />
      </dl>

      {history.commits.length > 0 && <Rhythm />}

      {latest === undefined ? (
        <Section id="steps" title="How a task goes">
          <div className="card padded">
            <StepsMeant />
          </div>
        </Section>
      ) : (
        <Section id="steps" title="The latest task, step by step" aside={<TaskLink realm={latest.realm} id={latest.id} />}>
          <div className="card padded">
            <Steps task={latest} />
          </div>
        </Section>
      )}

      <Section id="tasks" title="Latest tasks" aside={tasks.length > 6 ? <Link href="/tasks">All tasks</Link> : undefined}>
        {tasks.length === 0 ? (
          <NoTasks>
            This list fills by itself as soon as somebody does. The demo deploys a secret contract, lets three users submit sealed
            fortunes, and asks who is richest.
          </NoTasks>
        ) : (
          <TaskTable tasks={tasks.slice(0, 6)} caption="Latest tasks" />
        )}
      </Section>

      <div className="grid two section">
        <section aria-labelledby="activity-title">
          <div className="section-head">
            <h2 id="activity-title">On Ethereum</h2>
          </div>
          <Activity events={history.activity.slice(-9).reverse()} label="Latest events" />
        </section>
        <section aria-labelledby="draw-title">
          <div className="section-head">
            <h2 id="draw-title">Who may be drawn</h2>
            <Link href="/epochs">Epochs and draws</Link>
          </div>
          <div className="card padded grid">
            <p className="dim">
              Each square is a seat with stake, its number the worker in it. A draw picks seats, so a worker with more stake is drawn more often.
            </p>
            <Seats workers={history.seats} />
            {history.selections.length > 0 && (
              <>
                <h3>Last drawn</h3>
                <Ranks ranks={history.selections.at(-1)!.ranks} />
              </>
            )}
            <p className="dim small">
              {active.size > 0 && `${[...active.values()].filter((worker) => worker.active).length} of ${plural(workers.length, 'worker')} can be drawn now.`}{' '}
              {history.generation &&
                `${history.generation.quorum} of ${plural(history.generation.members.length, 'key manager')} must agree before a secret, a lease or a seed is given.`}
            </p>
          </div>
        </section>
      </div>

      <Section id="addresses" title="Where everything is">
        <div className="grid two">
          <div className="card padded">
            {addresses && (
              <Facts
                facts={[
                  ['Enigma', <Address key="a" value={addresses.enigma} whole named={false} />],
                  ['ENG token', <Address key="a" value={addresses.token} whole named={false} />],
                  ['Forwarder', <Address key="a" value={addresses.forwarder} whole named={false} />],
                  history.networkHash !== undefined && ['Network hash', <Hash key="a" value={history.networkHash} whole what="network hash" />],
                ]}
              />
            )}
          </div>
          <div className="card padded">
            {addresses && (
              <Facts
                facts={[
                  ['Ethereum', <span key="a">{addresses.ethereum} (chain {addresses.chainId})</span>],
                  ...nodes.map((node, i) => [`Node ${i + 1}`, <NodeLine key={node.url} url={node.url} state={node.state} realms={node.status?.realms} />] as const),
                  parameters !== undefined && ['Largest state', bytes(Number(parameters.maxStateBytes))],
                  parameters !== undefined && ['Least gas price', `${eng(parameters.minGasPrice)} ENG per 1,000 gas`],
                ]}
              />
            )}
          </div>
        </div>
      </Section>
    </>
  );
}

function Figure({ label, value, note }: { label: string; value: string; note: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className={value.length > 8 ? 'long' : undefined}>
        {value}
        {note && <div className="small dim">{note}</div>}
      </dd>
    </div>
  );
}

const STATES = { connecting: 'connecting', open: 'connected', lost: 'does not answer' };

export function NodeLine({ url, state, realms }: { url: string; state: 'connecting' | 'open' | 'lost'; realms: number | undefined }) {
  return (
    <span>
      <span className={`pulse ${state === 'open' ? 'live' : state === 'lost' ? 'bad' : ''}`} />
      {url} <span className="dim">{STATES[state]}{realms !== undefined && state === 'open' ? `, ${plural(realms, 'realm')}` : ''}</span>
    </span>
  );
}

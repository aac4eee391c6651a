import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Hex } from 'viem';
import { batchesOf, envelopeHead, postedEnvelope, type PublicBatch } from '../model/batch';
import { bytes, count, eng, plural, shortHash } from '../model/format';
import { open } from '../model/opening';
import { leafOf, rootOf } from '../model/receipt';
import { readRecord, recordHere } from '../model/record';
import { viewOf, type TaskView } from '../model/task';
import { codeWords, kindOf, outcomeWords, suiteOf } from '../model/words';
import { reason } from '../network/chain';
import { AccountDialog } from '../ui/account';
import { useAccounts, useLoaded, useNetwork } from '../ui/context';
import { Address, BlockLink, Bones, Cipher, Empty, Facts, Failure, Hash, PageHead, RealmLink, Section, StatusWord, When, Word, WorkerLink } from '../ui/parts';
import { keepRecord, useRecord } from '../ui/records';
import { Steps } from '../ui/steps';
import { Link } from '../ui/router';

export function TaskPage({ realm, id }: { realm: Hex; id: Hex }) {
  const network = useNetwork();
  const { history, lines } = network;
  const line = lines.get(id);
  const connected = network.nodes.filter((node) => node.state === 'open').length;
  const before = viewOf(history, realm, id, line);
  // Asked for again whenever something of the task has changed, or its realm has got further without it.
  const steps = before.commit ? '' : history.realm(realm)?.commits.length;
  const report = useLoaded(`${realm}${id}@${before.status}${line?.endedAt ?? ''}${connected}${steps}`, () => network.task(realm, id));
  const task = viewOf(history, realm, id, line, report.kind === 'loaded' ? report.value : undefined);
  const crumbs = [
    ['Realms', '/realms'],
    [`Realm ${shortHash(realm)}`, `/realms/${realm}`],
  ] as const;
  const nothing = task.status === 'UNKNOWN' && !task.chain;
  const connecting = connected === 0 && network.nodes.some((node) => node.state === 'connecting');
  if (nothing && (report.kind === 'loading' || connecting)) {
    return (
      <>
        <PageHead title={`Task ${shortHash(id)}`} crumbs={crumbs} lead="Asking the nodes." />
        <Bones label="Loading the task" lines={6} />
      </>
    );
  }
  if (nothing && report.kind === 'failed') {
    return (
      <>
        <PageHead title={`Task ${shortHash(id)}`} crumbs={crumbs} />
        <Failure title="The nodes could not be asked" why={reason(report.why)}>
          <p>Ethereum knows nothing of this task by its id. That is so for every task that went directly to a node.</p>
        </Failure>
      </>
    );
  }
  if (nothing) {
    return (
      <>
        <PageHead title={`Task ${shortHash(id)}`} crumbs={crumbs} />
        <Empty title="Nobody here knows this task">Neither Ethereum nor the nodes have seen a task with this id in this realm.</Empty>
      </>
    );
  }
  return (
    <>
      <PageHead
        title={`Task ${shortHash(id)}`}
        heading={
          <span className="named">
            Task <span className="mono">{shortHash(id)}</span>
          </span>
        }
        crumbs={crumbs}
        lead={task.status === 'EXPIRED' ? outcomeWords('EXPIRED') : task.outcome ? outcomeWords(task.outcome) : 'It is under way; this page follows it.'}
      >
        <StatusWord status={task.status} />
        {task.outcome && task.outcome !== task.status && <StatusWord status={task.outcome} />}
      </PageHead>
      <section className="card padded" aria-label="The five steps">
        <Steps task={task} />
      </section>
      <SideBySide task={task} />
      <Section id="receipt" title="Receipt" lead="Checked in this page: the receipt leads to the root that the contract recorded.">
        <Receipt task={task} failed={report.kind === 'failed' ? reason(report.why) : undefined} />
      </Section>
      <Section id="money" title="What it cost">
        <Money task={task} />
      </Section>
      <Section id="callbacks" title="Callbacks" lead="What the secret contract chose to tell Ethereum. Callbacks are public.">
        <Callbacks task={task} />
      </Section>
      <p className="section">
        <Link href={`/logs?filter=${id}`} className="button">
          Find it in the logs
        </Link>
      </p>
    </>
  );
}

// --------------------------------------------------------------------------------------------------------- who sees what

function SideBySide({ task }: { task: TaskView }) {
  return (
    <Section id="sides" title="Who sees what">
      <div className="sides">
        <section className="side everyone" aria-labelledby="everyone">
          <h3 id="everyone">What everyone sees</h3>
          <Everyone task={task} />
        </section>
        <section className="side you" aria-labelledby="you">
          <h3 id="you">What you see</h3>
          <You task={task} />
        </section>
      </div>
    </Section>
  );
}

function useBatch(task: TaskView): PublicBatch | undefined {
  const network = useNetwork();
  const commit = task.commit;
  const loaded = useLoaded(`batch ${commit?.place.transaction ?? ''}${commit?.first ?? ''}`, async () => {
    if (!commit) return undefined;
    const { input } = await network.transaction(commit.place.transaction);
    return batchesOf(input).find((batch) => batch.realm === commit.realm && batch.firstSequence === commit.first);
  });
  return loaded.kind === 'loaded' ? loaded.value : undefined;
}

function useEnvelope(task: TaskView): Hex | undefined {
  const network = useNetwork();
  const { order, postedAt } = task.chain ?? {};
  const loaded = useLoaded(`envelope ${postedAt?.transaction ?? ''}`, async () => {
    if (!order?.withEnvelope || !postedAt) return undefined;
    return postedEnvelope((await network.transaction(postedAt.transaction)).input, order.inputHash);
  });
  return loaded.kind === 'loaded' ? loaded.value : undefined;
}

function Everyone({ task }: { task: TaskView }) {
  const order = task.chain?.order;
  const envelope = useEnvelope(task);
  const head = envelope && envelopeHead(envelope);
  const result = task.report?.result;
  return (
    <>
      <p>
        {order
          ? 'The order stands on Ethereum: who pays, which contract, how much at most. What is asked is sealed.'
          : 'The order went straight to a node. Ethereum shows only that its batch moved the sealed state on, and who paid for the batch.'}
      </p>
      <Facts
        facts={[
          ['Realm', <RealmLink key="r" id={task.realm} />],
          order !== undefined && ['Sender', <Address key="s" value={order.sender} />],
          order === undefined && ['Sender', 'not shown; one of those charged for the batch'],
          order !== undefined && ['Secret contract', <Hash key="t" value={order.target} what="contract" mark />],
          order !== undefined && ['Kind', kindOf(order.kind)],
          ['Function and arguments', 'sealed'],
          ['Sealed input', order ? <Hash key="i" value={order.inputHash} what="hash of the input" /> : 'only nodes have it'],
          head !== undefined && ['Sealed with', `${suiteOf(head.suite)}, generation ${head.generation}, tenure ${head.tenure}`],
          result !== undefined && ['Sealed result', `${bytes((result.length - 2) / 2)}, padded so that its size tells little`],
          task.report?.code !== undefined && ['Refused because', <Refusal key="c" code={task.report.code} />],
        ]}
      />
      {envelope && head && (
        <>
          <h4>The input as it stands on Ethereum, {bytes(head.length)}</h4>
          <Cipher hex={envelope} most={160} label="Sealed input" />
        </>
      )}
      {result !== undefined && (
        <>
          <h4>The result as the node gives it to anybody</h4>
          <Cipher hex={result} most={160} label="Sealed result" />
        </>
      )}
    </>
  );
}

function Refusal({ code }: { code: string }) {
  return (
    <span>
      <code>{code}</code>
    </span>
  );
}

function You({ task }: { task: TaskView }) {
  const accounts = useAccounts();
  const dialog = useRef<HTMLDialogElement>(null);
  const record = useRecord(task.id);
  const sender = task.chain?.order?.sender;
  const owner = record?.sender ?? sender;
  const account = accounts.connected?.address;
  useEffect(() => {
    if (!account || record) return;
    let current = true;
    recordHere(task.id).then(
      (found) => {
        if (current && found && found.sender.toLowerCase() === account.toLowerCase()) keepRecord(task.id, found);
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [account, record, task.id]);
  if (!accounts.connected) {
    return (
      <>
        <p>Nothing more than everyone, until you say who you are. If this task is yours, connect the account that sent it. With what your program kept, this page shows you</p>
        <ul>
          <li>which function was called,</li>
          <li>whether it succeeded, and what it returned,</li>
          <li>how much gas it really used.</li>
        </ul>
        <div className="choices">
          <button type="button" className="button yours" onClick={() => dialog.current?.showModal()} aria-haspopup="dialog">
            Connect an account
          </button>
        </div>
        <AccountDialog dialog={dialog} />
      </>
    );
  }
  if (owner !== undefined && !accounts.is(owner)) {
    return (
      <>
        <p>
          You are connected as {shortHash(accounts.connected.address)}. This task belongs to {shortHash(owner)}, and only that account’s own programs can open it. You
          see what everyone sees.
        </p>
        <div className="choices">
          <button type="button" className="button" onClick={() => dialog.current?.showModal()} aria-haspopup="dialog">
            Change the account
          </button>
        </div>
        <AccountDialog dialog={dialog} />
      </>
    );
  }
  if (task.outcome === 'REFUSED' || task.outcome === 'DUPLICATE' || task.status === 'EXPIRED') {
    return <p>There is nothing sealed in this outcome: you see what everyone sees.</p>;
  }
  if (!record) return <RecordChooser task={task} />;
  return <OpenedResult task={task} />;
}

function RecordChooser({ task }: { task: TaskView }) {
  const accounts = useAccounts();
  const [problem, setProblem] = useState<string>();
  const take = async (file: File | undefined) => {
    setProblem(undefined);
    if (!file) return;
    try {
      const record = readRecord(await file.text());
      if (record.taskId !== undefined && record.taskId.toLowerCase() !== task.id) throw new Error(`This record belongs to another task, ${shortHash(record.taskId)}.`);
      if (!accounts.is(record.sender)) throw new Error(`This record belongs to the account ${shortHash(record.sender)}: connect that one.`);
      keepRecord(task.id, record);
    } catch (failure) {
      setProblem(reason(failure));
    }
  };
  return (
    <>
      <p>The key that opens this result is where the task was sent from: no server has it, and no signature brings it back. Give this page the record that your program kept.</p>
      <div className="choices">
        <label className="field">
          <span>Record of the task</span>
          <input type="file" accept=".json,application/json" onChange={(event) => void take(event.target.files?.[0])} />
        </label>
        {problem && <p role="alert">{problem}</p>}
        <p className="small">
          The command line keeps it as <code className="wrap-anywhere">done/{shortHash(task.id)}.json</code> beside its contracts, in <code>~/.enigma/client</code>. It is
          read here and sent nowhere. What the sample dApp kept in this browser is found by itself.
        </p>
      </div>
    </>
  );
}

function OpenedResult({ task }: { task: TaskView }) {
  const record = useRecord(task.id)!;
  const report = task.report;
  const opened = useLoaded(`open ${task.id}${report?.result ?? ''}`, async () => {
    if (!report) throw new Error('The nodes have not given the sealed result yet.');
    return open(report, record);
  });
  const forget = (
    <button type="button" className="button" onClick={() => keepRecord(task.id, undefined)}>
      Forget the record
    </button>
  );
  if (opened.kind === 'loading') return <p role="status">Opening the result …</p>;
  if (opened.kind === 'failed') {
    return (
      <>
        <p role="alert">{reason(opened.why)}</p>
        <div className="choices">{forget}</div>
      </>
    );
  }
  const { call, succeeded, failure, values, gasUsed } = opened.value;
  return (
    <>
      <p>Opened in this page with the key that only the sender has.</p>
      <div className="answer" role="status">
        <p className="dim small">
          <code>{call}</code> {succeeded ? 'returned' : 'failed'}
        </p>
        {succeeded ? (
          values.length === 0 ? (
            <p className="value">nothing: it succeeded</p>
          ) : (
            values.map((value, i) => (
              <p key={i} className="value">
                {value.name && <span className="dim small">{value.name} </span>}
                {value.value} <span className="dim small">{value.type}</span>
              </p>
            ))
          )
        ) : (
          <p className="value">{failure}</p>
        )}
      </div>
      <Facts
        facts={[
          ['Secret contract', <Hash key="t" value={record.target} what="contract" mark />],
          ['Whether it succeeded', succeeded ? 'yes' : 'no; everyone else sees EXECUTED'],
          ['Gas it really used', count(gasUsed)],
          ['It could have cost', `${eng(feeOf(record.gasLimit, record.gasPrice))} ENG at most`],
        ]}
      />
      <div className="choices">{forget}</div>
    </>
  );
}

/** Rule C7: ceil(gas × price / 1,000). */
const feeOf = (gas: bigint, price: bigint): bigint => (gas * price + 999n) / 1_000n;

// ---------------------------------------------------------------------------------------------------- receipt and money

function Receipt({ task, failed }: { task: TaskView; failed: string | undefined }) {
  const { report, commit } = task;
  const receipt = report?.receipt ?? task.line?.receipt;
  if (!receipt) {
    if (failed && task.chain?.settled) return <Failure title="No node gives the receipt" why={failed} />;
    return <Empty title="No receipt yet">A task gets its receipt when the enclave has run it and the key managers have acknowledged the new state.</Empty>;
  }
  const root = report?.index !== undefined && report.batch && report.proof ? rootOf(leafOf(receipt), report.index, report.batch.leaves, report.proof) : undefined;
  let check: ReactNode;
  if (root === undefined) check = <Word>no path given</Word>;
  else if (root !== report?.batch?.receiptsRoot) check = <Word tone="bad">does not lead to the batch’s root</Word>;
  else if (!commit) check = <Word tone="sealed">leads to the batch’s root; the batch is not on Ethereum yet</Word>;
  else if (commit.receiptsRoot !== root) check = <Word tone="bad">Ethereum has another root</Word>;
  else check = <Word tone="good">leads to the root on Ethereum</Word>;
  return (
    <div className="card padded">
      <Facts
        facts={[
          ['Path', check],
          ['Task', <Hash key="i" value={receipt.taskId} what="task id" whole />],
          ['Step of the realm', count(receipt.sequence)],
          ['Gas charged', `${count(receipt.gasCharged)}, rounded so that it tells little`],
          ['Hash of the result', <Hash key="r" value={receipt.resultHash} what="result hash" whole />],
          commit !== undefined && ['Committed by', <WorkerLink key="w" number={commit.worker} />],
          commit !== undefined && ['In block', <BlockLink key="b" number={commit.place.block} />],
          commit !== undefined && ['Committed', <When key="t" seconds={commit.place.time} />],
          report?.batch !== undefined && ['Shares its batch with', report.batch.leaves === 1 ? 'no other task' : plural(report.batch.leaves - 1, 'other task')],
        ]}
      />
    </div>
  );
}

function Money({ task }: { task: TaskView }) {
  const batch = useBatch(task);
  const { chain, commit } = task;
  const order = chain?.order;
  return (
    <div className="card padded">
      <Facts
        facts={[
          order !== undefined && ['Gas limit', count(order.gasLimit)],
          order !== undefined && ['Gas price', `${eng(order.gasPrice)} ENG per 1,000`],
          order !== undefined && ['Reserved at most', `${eng(feeOf(order.gasLimit, order.gasPrice))} ENG`],
          chain?.settled !== undefined && ['Fee', `${eng(chain.settled.fee)} ENG to the worker`],
          chain?.settled !== undefined && ['Given back', `${eng(chain.settled.refund)} ENG`],
          chain?.settled !== undefined && chain.settled.code !== 0 && ['Reason', codeWords(chain.settled.code)?.explanation ?? `code ${chain.settled.code}`],
          chain?.expired !== undefined && ['Given back', `${eng(chain.expired.refund)} ENG`],
          !order && batch === undefined && ['Fee', commit ? 'reading the batch …' : 'known when the batch is on Ethereum'],
          !order &&
            batch !== undefined && [
              batch.charges.length === 1 ? 'Charged to' : 'Charged for the batch to',
              <ul key="c">
                {batch.charges.map((charge) => (
                  <li key={charge.payer}>
                    <Address value={charge.payer} />: {eng(charge.amount)} ENG
                  </li>
                ))}
                {batch.charges.length === 0 && <li>nobody</li>}
              </ul>,
            ],
          commit !== undefined && ['The whole batch paid', `${eng(commit.paid)} ENG for ${plural(commit.count, 'step')}`],
          batch !== undefined && ['Backups that hold the state', batch.backups.length === 0 ? 'none: the sealed state is in the transaction' : <Backups key="b" workers={batch.backups} />],
        ]}
      />
    </div>
  );
}

const Backups = ({ workers }: { workers: readonly number[] }) => (
  <span className="ranks">
    {workers.map((worker) => (
      <WorkerLink key={worker} number={worker} />
    ))}
  </span>
);

function Callbacks({ task }: { task: TaskView }) {
  const batch = useBatch(task);
  const done = task.chain?.callbacks ?? [];
  const wanted = batch?.callbacks.filter((each) => each.taskId.toLowerCase() === task.id) ?? [];
  if (done.length === 0 && wanted.length === 0 && !task.commit && task.outcome === undefined) {
    return <Empty title="None yet">A secret contract may ask for calls into Ethereum contracts when it runs.</Empty>;
  }
  if (done.length === 0 && wanted.length === 0) return <Empty title="None">This task asked for no call into an Ethereum contract.</Empty>;
  return (
    <div className="grid">
      {done.map((callback) => {
        const request = wanted.find((each) => each.target.toLowerCase() === callback.target.toLowerCase());
        return (
          <div key={callback.hash} className="card padded">
            <Facts
              facts={[
                ['Ran', callback.done ? <Word key="y" tone="good">yes</Word> : <Word key="n" tone="bad">failed{callback.retryable ? '; anybody can try again' : ''}</Word>],
                ['In the contract', <Address key="t" value={callback.target} />],
                request !== undefined && ['With', `${count(request.gas)} gas, ${bytes((request.data.length - 2) / 2)} of data`],
                ['In block', <BlockLink key="b" number={callback.place.block} />],
              ]}
            />
            {request && request.data !== '0x' && <Cipher hex={request.data} most={128} label="Data of the callback, in clear" />}
          </div>
        );
      })}
    </div>
  );
}

import {
  createEnigmaClient,
  EnigmaError,
  indexedDbStore,
  parseEng,
  TASK_STAGES,
  type EnigmaClient,
  type Task,
  type TaskDelay,
  type TaskStage,
} from '@enigma-network/enigma-js';
import { useEffect, useMemo, useState, type FormEvent } from 'react';
import { http, isAddressEqual, type Address } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { abi, bytecode, name } from './generated/contract';
import { findPlace, findRound, rememberRound, type Place, type Round } from './place';
import { DEVELOPMENT_KEYS, useWallets } from './wallets';

const MEANING: Record<TaskStage, string> = {
  ACCEPTED: 'the worker’s enclave promised to run it',
  ANCHORED: 'it ran; the result will not change',
  COMMITTED: 'its batch is on Ethereum',
  FINAL: 'nothing can undo it',
};

const short = (text: string) => `${text.slice(0, 8)}…${text.slice(-4)}`;

export function App() {
  const [place, setPlace] = useState<Place>();
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    findPlace().then(setPlace, setProblem);
  }, []);
  return (
    <main>
      <h1>Who is richest?</h1>
      <p>
        Everybody submits a fortune. It is sealed in your browser, compared inside an enclave, and shown to nobody. All that
        anyone learns is who is richest.
      </p>
      {place === undefined && problem === undefined && <p role="status">Looking for the network …</p>}
      {problem !== undefined && <Problem problem={problem} />}
      {place !== undefined && <Network place={place} />}
    </main>
  );
}

function Network({ place }: { place: Place }) {
  const wallets = useWallets();
  const [client, setClient] = useState<EnigmaClient>();
  const [chosen, setChosen] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();

  const connect = async (name: string, who: Partial<Parameters<typeof createEnigmaClient>[0]>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const connected = await createEnigmaClient({
        transport: http(place.ethereum),
        nodes: place.nodes,
        enigma: place.enigma,
        // A test network protects nothing from whoever runs it. Take this line out before there is anything to protect.
        allowSimulated: true,
        store: indexedDbStore('millionaires'),
        // The explorer of the same test network can then open your results in this browser.
        keepDone: true,
        ...who,
      });
      setClient((before) => (before?.close(), connected));
      setChosen(name);
    } catch (thrown) {
      setProblem(thrown);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <section aria-labelledby="who">
        <h2 id="who">Who are you?</h2>
        <p className="soft">{wallets.length === 0 ? 'No wallet was found in this browser. A development account does as well: ' : 'Connect a wallet, or try it with a development account; '}its key is known to everybody.</p>
        <div className="row">
          {wallets.map(({ info, provider }) => (
            <button key={info.uuid} disabled={busy} aria-pressed={chosen === info.uuid} onClick={() => connect(info.uuid, { wallet: provider })}>
              {info.name}
            </button>
          ))}
          {DEVELOPMENT_KEYS.map((key, i) => (
            <button key={key} disabled={busy} className="quiet" aria-pressed={chosen === key} onClick={() => connect(key, { account: privateKeyToAccount(key) })}>
              Development account {i + 1}
            </button>
          ))}
        </div>
        {client?.address && (
          <p>
            You are <code title={client.address}>{short(client.address)}</code>
            {client.isSimulated && <strong className="warning"> · simulated enclaves: for development only</strong>}
          </p>
        )}
        <Problem problem={problem} />
      </section>
      {client && <Play key={client.address} owner={client} />}
    </>
  );
}

function Play({ owner }: { owner: EnigmaClient }) {
  const [round, setRound] = useState<Round | undefined>(findRound);
  const [session, setSession] = useState<EnigmaClient>();
  const [fortune, setFortune] = useState('');
  const [tasks, setTasks] = useState<readonly { task: Task; what: string }[]>([]);
  const [richest, setRichest] = useState<Address>();
  const [doing, setDoing] = useState<string>();
  const [problem, setProblem] = useState<unknown>();

  const client = session ?? owner;
  const contract = useMemo(() => round && client.contract({ ...round, abi, name }), [client, round]);

  const show = (task: Task, what: string) => setTasks((known) => [{ task, what }, ...known.filter((each) => each.task.taskId !== task.taskId)]);
  const attempt = async (what: string, action: () => Promise<void>) => {
    setDoing(what);
    setProblem(undefined);
    try {
      await action();
    } catch (thrown) {
      setProblem(thrown);
    } finally {
      setDoing(undefined);
    }
  };

  // What was under way when the page was closed goes on.
  useEffect(() => {
    let gone = false;
    void (async () => {
      for (const { taskId, call } of await owner.unfinished()) {
        const task = await owner.resume(taskId);
        if (!gone) show(task, `${call}, from before`);
      }
    })().catch(setProblem);
    return () => {
      gone = true;
    };
  }, [owner]);

  useEffect(() => {
    if (round === undefined) return;
    let gone = false;
    owner.restoreSession(round.realm).then((restored) => gone || setSession(restored), setProblem);
    return () => {
      gone = true;
    };
  }, [owner, round]);

  const deploy = () =>
    attempt('Opening a round', async () => {
      const { contract: fresh, task } = await owner.deploy({ abi, bytecode, name });
      show(task, 'a new round');
      await task.result();
      const opened = { address: fresh.address, realm: fresh.realm };
      rememberRound(opened);
      setRound(opened);
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    return attempt('Sealing and sending', async () => {
      show(await contract!.write.submit([BigInt(fortune)]), 'your fortune');
      setFortune('');
    });
  };
  const ask = () => attempt('Asking', async () => setRichest(await contract!.read.richest()));
  const trust = () =>
    attempt('Making a session key', async () => {
      const maxFee = parseEng('1');
      if ((await owner.allocated(round!.realm)) < maxFee) await owner.allocate(round!.realm, maxFee);
      setSession(await owner.session({ realm: round!.realm, maxFee }));
    });

  return (
    <>
      <section aria-labelledby="play">
        <h2 id="play">The round</h2>
        {round === undefined ? (
          <p>There is no round yet.</p>
        ) : (
          <p>
            Contract <code title={round.address}>{short(round.address)}</code> in realm <code title={round.realm}>{short(round.realm)}</code>
          </p>
        )}
        <div className="row">
          <button className={round && 'quiet'} disabled={doing !== undefined} onClick={deploy}>
            Open a new round
          </button>
          {contract && (
            <button className="quiet" disabled={doing !== undefined || session !== undefined} onClick={trust}>
              {session ? 'This page signs for an hour' : 'Let this page sign for an hour'}
            </button>
          )}
        </div>
        {contract && (
          <form onSubmit={submit}>
            <label htmlFor="fortune">Your fortune</label>
            <div className="row">
              <input
                id="fortune"
                inputMode="numeric"
                pattern="[0-9]+"
                title="A whole number"
                autoComplete="off"
                required
                value={fortune}
                onChange={(event) => setFortune(event.target.value)}
              />
              <button disabled={doing !== undefined}>Submit it sealed</button>
              <button type="button" disabled={doing !== undefined} onClick={ask}>
                Ask who is richest
              </button>
            </div>
          </form>
        )}
        <p role="status">{doing && `${doing} …`}</p>
        {richest && (
          <p className="answer">
            Richest is <code title={richest}>{short(richest)}</code>
            {owner.address && isAddressEqual(richest, owner.address) && <strong> — you!</strong>}
          </p>
        )}
        <Problem problem={problem} />
      </section>
      {tasks.length > 0 && (
        <section aria-labelledby="tasks">
          <h2 id="tasks">Your tasks</h2>
          <ul className="tasks">
            {tasks.map(({ task, what }) => (
              <TaskLine key={task.taskId} task={task} what={what} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function TaskLine({ task, what }: { task: Task; what: string }) {
  const [stage, setStage] = useState(task.stage);
  const [delay, setDelay] = useState<TaskDelay>();
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    const stops = [
      task.on('delay', setDelay),
      task.on('progress', (progress) => {
        setStage(progress.stage);
        if (progress.result?.failure) setProblem(new EnigmaError(progress.result.failure, progress.result.reason));
      }),
      task.on('error', setProblem),
    ];
    return () => stops.forEach((stop) => stop());
  }, [task]);
  const reached = stage === undefined ? -1 : TASK_STAGES.indexOf(stage);
  return (
    <li>
      <p>
        <code title={task.taskId}>{short(task.taskId)}</code> {what}
        <span className="hidden">: {stage ?? 'sent'}</span>
      </p>
      <ol className="stages" aria-hidden="true">
        {TASK_STAGES.map((each, i) => (
          <li key={each} className={i <= reached ? 'reached' : ''} title={MEANING[each]}>
            {each}
          </li>
        ))}
      </ol>
      <p role="status">{delay?.text}</p>
      <Problem problem={problem} />
    </li>
  );
}

function Problem({ problem }: { problem: unknown }) {
  if (problem === undefined) return null;
  return (
    <p role="alert">
      {problem instanceof EnigmaError ? (
        <>
          <strong>{problem.code}</strong>: {problem.message}
          <br />
          {problem.remedy}
        </>
      ) : (
        String(problem instanceof Error ? problem.message : problem)
      )}
    </p>
  );
}

import { useEffect, useMemo, useRef, useState } from 'react';
import { count, plural } from '../model/format';
import { matches, PARTS, type LogFilter, type Part } from '../model/logline';
import type { LogFeed } from '../network/logs';
import { useLogs } from '../ui/context';
import { Failure, PageHead } from '../ui/parts';

const TITLES: Record<Part, { title: string; what: string }> = {
  chain: { title: 'Chain', what: 'What Ethereum is asked and does' },
  enclave: { title: 'Enclave', what: 'What crosses the trust boundary' },
  host: { title: 'Host', what: 'What the untrusted side does' },
};

const SHOWN = 400;

export function LogsPage({ filter: given }: { filter: string }) {
  const logs = useLogs();
  const [text, setText] = useState(given);
  const [warningsOnly, setWarningsOnly] = useState(false);
  const [withoutPolling, setWithoutPolling] = useState(true);
  const [following, setFollowing] = useState(true);
  const filter = { text, warningsOnly, withoutPolling };
  useEffect(() => setText(given), [given]);
  return (
    <>
      <PageHead title="Logs" heading="The three logs" lead="Chain, enclaves and hosts of this testnet side by side. Nothing secret is in any of them: that is what to look for." />
      <form className="log-tools" onSubmit={(event) => event.preventDefault()}>
        <label className="field">
          <span>Only lines with</span>
          <input value={text} onChange={(event) => setText(event.target.value)} placeholder="a realm, a task, a word" spellCheck={false} autoComplete="off" />
        </label>
        <label className="check">
          <input type="checkbox" checked={warningsOnly} onChange={(event) => setWarningsOnly(event.target.checked)} />
          warnings only
        </label>
        <label className="check">
          <input type="checkbox" checked={withoutPolling} onChange={(event) => setWithoutPolling(event.target.checked)} />
          without the chain’s calls
        </label>
        <label className="check">
          <input type="checkbox" checked={following} onChange={(event) => setFollowing(event.target.checked)} />
          follow
        </label>
        <p className="dim small" role="status">
          <span className={`pulse ${logs.state === 'live' ? 'live' : logs.state === 'lost' ? 'bad' : ''}`} />
          {logs.state === 'live' ? 'live' : logs.state === 'lost' ? 'the connection is lost; trying again' : 'connecting'}
        </p>
      </form>
      {logs.state === 'lost' && PARTS.every((part) => logs.lines[part].length === 0) ? (
        <Failure title="The logs do not come" why="No answer from /logs/events">
          <p>They are served by the testnet itself. If it has ended, its files are still in its directory.</p>
        </Failure>
      ) : (
        <div className="logs">
          {PARTS.map((part) => (
            <LogColumn key={part} part={part} logs={logs} filter={filter} following={following} />
          ))}
        </div>
      )}
    </>
  );
}

function LogColumn({ part, logs, filter, following }: { part: Part; logs: LogFeed; filter: LogFilter; following: boolean }) {
  const list = useRef<HTMLDivElement>(null);
  const all = logs.lines[part];
  const found = useMemo(() => all.filter((line) => matches(line, filter)), [all, filter.text, filter.warningsOnly, filter.withoutPolling]);
  const [held, setHeld] = useState(found);
  useEffect(() => {
    if (following) setHeld(found);
  }, [following, found]);
  const shown = (following ? found : held).slice(-SHOWN);
  useEffect(() => {
    if (following && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [following, shown.length, shown.at(-1)?.key]);
  useEffect(() => {
    const node = list.current;
    if (!following || !node) return;
    // Another width breaks the lines otherwise.
    const observer = new ResizeObserver(() => (node.scrollTop = node.scrollHeight));
    observer.observe(node);
    return () => observer.disconnect();
  }, [following]);
  return (
    <section className="log" aria-labelledby={`log-${part}`}>
      <header>
        <h2 id={`log-${part}`}>{TITLES[part].title}</h2>
        <p>
          {count(found.length)} of {plural(all.length, 'line')} · <a href={`/logs/${part}`}>whole file</a>
        </p>
        <p>{TITLES[part].what}</p>
      </header>
      <div className="log-lines" ref={list} tabIndex={0} role="region" aria-label={`Lines of the ${TITLES[part].title.toLowerCase()} log`}>
        {shown.length === 0 ? (
          <p className="dim">
            {logs.missing[part] ? 'This log is not written.' : all.length === 0 ? (logs.state === 'connecting' ? 'Waiting for the first lines …' : 'Nothing was logged yet.') : 'No line fits the filter.'}
          </p>
        ) : (
          <ol>
            {shown.map((line) => (
              <li key={line.key} className={line.level}>
                {line.time && <time>{line.time} </time>}
                {line.level && line.level !== 'info' && <b>{line.level} </b>}
                {line.source && <span className="source">{line.source} </span>}
                {line.text}
              </li>
            ))}
          </ol>
        )}
      </div>
    </section>
  );
}

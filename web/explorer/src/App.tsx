import { useEffect, useRef, useState, type FormEvent } from 'react';
import { count } from './model/format';
import { Link, go, usePath } from './ui/router';
import { useAccounts, useNetwork, useNow } from './ui/context';
import { AccountButton } from './ui/account';
import { Bones, Failure, PageHead } from './ui/parts';
import { useTheme } from './ui/theme';
import { AddressPage } from './pages/address';
import { BlockPage } from './pages/block';
import { EpochPage, EpochsPage } from './pages/epochs';
import { LogsPage } from './pages/logs';
import { OverviewPage } from './pages/overview';
import { RealmPage, RealmsPage } from './pages/realms';
import { SearchPage } from './pages/search';
import { SettingsPage } from './pages/settings';
import { TaskPage } from './pages/task';
import { TasksPage } from './pages/tasks';
import { WorkerPage, WorkersPage } from './pages/workers';
import { match } from './routes';

const SECTIONS = [
  ['Overview', '/'],
  ['Workers', '/workers'],
  ['Epochs', '/epochs'],
  ['Realms', '/realms'],
  ['Tasks', '/tasks'],
  ['Logs', '/logs'],
] as const;

export function App() {
  const path = usePath();
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <Masthead path={path} />
      <Notices />
      <main id="content" tabIndex={-1}>
        <div className="frame">
          <Page path={path} />
        </div>
      </main>
      <Footer />
    </>
  );
}

function Masthead({ path }: { path: string }) {
  const section = `/${path.split(/[/?]/)[1] ?? ''}`;
  const sections = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone not all of them fit: the current one is brought to the left edge.
    const nav = sections.current;
    const current = nav?.querySelector<HTMLElement>('[aria-current]');
    if (nav && current) nav.scrollLeft = current.offsetLeft - 8;
  }, [section]);
  return (
    <header className="masthead">
      <div className="frame">
        <Link href="/" className="wordmark" aria-label="Enigma explorer, overview">
          <svg viewBox="0 0 32 32" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">
            <circle cx="16" cy="16" r="14" />
            <circle cx="16" cy="16" r="5" />
            <path d="M16 2v6M16 24v6M2 16h6M24 16h6M6.1 6.1l4.3 4.3M21.6 21.6l4.3 4.3M6.1 25.9l4.3-4.3" />
          </svg>
          Enigma
        </Link>
        <SearchField />
        <AccountButton />
        <nav className="sections" aria-label="Sections" ref={sections}>
          <ul>
            {SECTIONS.map(([name, href]) => (
              <li key={href}>
                <Link href={href} aria-current={section === href ? 'page' : undefined}>
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      </div>
    </header>
  );
}

function SearchField() {
  const [text, setText] = useState('');
  const search = (event: FormEvent) => {
    event.preventDefault();
    go(`/search?for=${encodeURIComponent(text.trim())}`);
    setText('');
  };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        document.getElementById('search')?.focus();
      }
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
  return (
    <form className="search" role="search" onSubmit={search}>
      <input
        id="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Address, task, realm or block"
        aria-label="Search by address, task, realm, transaction or block"
        autoComplete="off"
        spellCheck={false}
      />
      <button type="submit" aria-label="Search">
        <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
          <circle cx="7" cy="7" r="4.5" />
          <path d="m10.5 10.5 4 4" />
        </svg>
      </button>
    </form>
  );
}

function Notices() {
  const { addresses, chainState, chainProblem, endpoint, nodes, synced } = useNetwork();
  const lost = nodes.filter((node) => node.state === 'lost');
  return (
    <div role="status">
      {addresses && addresses.mode !== 'HARDWARE' && (
        <div className="notice">
          <div className="frame">
            <span>Simulated enclaves: the protocol is real, the protection is not. Whoever owns this machine can look inside.</span>
          </div>
        </div>
      )}
      {chainState === 'lost' && synced && (
        <div className="notice bad">
          <div className="frame">
            <span>
              The Ethereum endpoint {endpoint} does not answer ({chainProblem}). The page tries again; what it shows may be old.
            </span>
            <Link href="/settings">Use another endpoint</Link>
          </div>
        </div>
      )}
      {lost.length > 0 && (
        <div className="notice bad">
          <div className="frame">
            <span>
              {lost.length === nodes.length ? 'No node answers' : `${lost.map((node) => node.url.replace('http://', '')).join(', ')} does not answer`}. The page
              tries again; tasks sent meanwhile may be missing here.
            </span>
          </div>
        </div>
      )}
    </div>
  );
}

function Page({ path }: { path: string }) {
  const network = useNetwork();
  const route = match(path);
  if (route.page === 'settings') return <SettingsPage />;
  if (route.page === 'logs') return <LogsPage key="logs" filter={route.filter} />;
  if (network.phase.kind === 'loading') {
    return (
      <>
        <PageHead title="Looking for the network" lead="Asking where the contracts and nodes are." />
        <Bones label="Loading" lines={6} />
      </>
    );
  }
  if (network.phase.kind === 'failed') {
    return (
      <>
        <PageHead title="No network answers here" />
        <Failure title="The addresses of the network could not be read" why={network.phase.why}>
          <p>Is the testnet still running? Start it with ./enigma testnet and look at the URL that it prints; the port may have changed.</p>
          <button type="button" className="button main" onClick={() => void network.start()}>
            Try again
          </button>
        </Failure>
      </>
    );
  }
  if (!network.synced && network.chainState !== 'lost') {
    return (
      <>
        <PageHead title="Reading the chain" lead={`Reading the history of the network at ${network.endpoint}.`} />
        <Bones label="Reading the chain" lines={6} />
      </>
    );
  }
  if (!network.synced) {
    return (
      <>
        <PageHead title="The chain does not answer" />
        <Failure title={`Nothing answers at ${network.endpoint}`} why={network.chainProblem}>
          <p>The explorer reads everything that matters from your own Ethereum endpoint. It goes on as soon as that one answers.</p>
          <Link href="/settings" className="button">
            Use another endpoint
          </Link>
        </Failure>
      </>
    );
  }
  switch (route.page) {
    case 'overview':
      return <OverviewPage />;
    case 'workers':
      return <WorkersPage />;
    case 'worker':
      return <WorkerPage key={path} number={route.number} />;
    case 'epochs':
      return <EpochsPage />;
    case 'epoch':
      return <EpochPage key={path} number={route.number} />;
    case 'realms':
      return <RealmsPage />;
    case 'realm':
      return <RealmPage key={path} id={route.realm} />;
    case 'tasks':
      return <TasksPage />;
    case 'task':
      return <TaskPage key={path} realm={route.realm} id={route.task} />;
    case 'block':
      return <BlockPage key={path} number={route.number} />;
    case 'address':
      return <AddressPage key={path} address={route.address} />;
    case 'search':
      return <SearchPage key={path} text={route.text} />;
    case 'unknown':
      return (
        <>
          <PageHead title="There is no such page" lead="The address may be misspelt. The search field knows addresses, tasks, realms, transactions and blocks." />
          <Link href="/" className="button">
            Go to the overview
          </Link>
        </>
      );
  }
}

function Footer() {
  const { chainState, head, headAt } = useNetwork();
  useAccounts();
  const now = useNow();
  const [theme, setTheme] = useTheme();
  const quiet = head !== undefined && now - headAt > 15_000;
  return (
    <footer>
      <div className="frame">
        <span>
          <span className={`pulse ${chainState === 'lost' ? 'bad' : chainState === 'live' && !quiet ? 'live' : ''}`} />
          {head ? `Block ${count(head.number)}` : 'No block yet'}
          {chainState === 'live' ? ', live' : chainState === 'polling' ? ', asked for each second' : chainState === 'lost' ? ', not live' : ''}
          {quiet && chainState !== 'lost' ? '; no new block for a while' : ''}
        </span>
        <span>
          <Link href="/settings">Settings</Link> · <a href="/addresses.json">addresses.json</a>
        </span>
        <label className="check">
          Colours{' '}
          <select value={theme} onChange={(event) => setTheme(event.target.value as typeof theme)}>
            <option value="auto">as the system</option>
            <option value="light">light</option>
            <option value="dark">dark</option>
          </select>
        </label>
      </div>
    </footer>
  );
}

import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { getAddress, type Hex } from 'viem';
import { ago, clock, hexDump, moment, shortHash } from '../model/format';
import { useNetwork, useNow } from './context';
import { Link, useTitle } from './router';

/** A mark for an id, like the notches of a rotor: the same id, the same notches. */
export function Rotor({ id }: { id: string }) {
  const bits = Number.parseInt(id.replace(/^0x/, '').slice(0, 8).padEnd(8, '0'), 16);
  const notches = Array.from({ length: 16 }, (_, i) => {
    const angle = (i / 16) * 2 * Math.PI - Math.PI / 2;
    const outer = (bits >>> i) & 1 ? 11.2 : 8;
    const at = (radius: number) => `${(12 + radius * Math.cos(angle)).toFixed(2)} ${(12 + radius * Math.sin(angle)).toFixed(2)}`;
    return `M${at(5.2)}L${at(outer)}`;
  });
  return (
    <svg className="rotor" viewBox="0 0 24 24" aria-hidden="true">
      <path d={notches.join('')} stroke="currentColor" strokeWidth="2.1" strokeLinecap="round" fill="none" />
      <circle cx="12" cy="12" r={((bits >>> 16) & 1) === 1 ? 2.6 : 1.5} fill="currentColor" />
    </svg>
  );
}

const CopyIcon = () => (
  <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" aria-hidden="true">
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
  </svg>
);
const DoneIcon = () => (
  <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.8" aria-hidden="true">
    <path d="M3 8.5 6.5 12 13 4.5" />
  </svg>
);

export function Copy({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className="copy"
      aria-label={copied ? `${what} copied` : `Copy ${what}`}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false))}
    >
      {copied ? <DoneIcon /> : <CopyIcon />}
    </button>
  );
}

/** A hash or id: its ends in lists, all of it with a button to copy where it stands alone. */
export function Hash({ value, href, whole, what, mark }: { value: string; href?: string; whole?: boolean; what: string; mark?: boolean }) {
  const text = whole ? value : shortHash(value);
  return (
    <span className={whole ? 'hash whole' : 'hash'}>
      {mark && <Rotor id={value} />}
      {href ? (
        <Link href={href} title={value} aria-label={whole ? undefined : `${what} ${text}`}>
          {text}
        </Link>
      ) : (
        <span title={value}>{text}</span>
      )}
      {whole && <Copy text={value} what={what} />}
    </span>
  );
}

export const RealmLink = ({ id, whole }: { id: Hex; whole?: boolean }) => (
  <Hash value={id} href={`/realms/${id}`} what="realm" mark {...(whole ? { whole } : {})} />
);
export const TaskLink = ({ realm, id }: { realm: Hex; id: Hex }) => <Hash value={id} href={`/realms/${realm}/tasks/${id}`} what="task" />;

/** An address, with the name it has in this network. */
export function Address({ value, whole, named = true }: { value: Hex; whole?: boolean; named?: boolean }) {
  const known = useNameOf(value);
  const name = named ? known : undefined;
  const full = getAddress(value);
  return (
    <span>
      <Hash value={full} href={`/addresses/${full}`} what="address" {...(whole ? { whole } : {})} />
      {name && <span className="dim"> {name}</span>}
    </span>
  );
}

/** What an address is in this network. */
export function useNameOf(address: Hex): string | undefined {
  const { addresses, history } = useNetwork();
  const wanted = address.toLowerCase();
  if (addresses?.enigma.toLowerCase() === wanted) return 'Enigma';
  if (addresses?.token.toLowerCase() === wanted) return 'ENG token';
  if (addresses?.forwarder.toLowerCase() === wanted) return 'callback forwarder';
  for (const worker of history.workers.values()) {
    if (worker.operator.toLowerCase() === wanted) return `operator of worker ${worker.number}`;
    if (worker.enclave.toLowerCase() === wanted) return `enclave of worker ${worker.number}`;
  }
  for (const [enclave, keyManager] of history.keyManagers) {
    if (enclave.toLowerCase() === wanted) return 'enclave of a key manager';
    if (keyManager.operator.toLowerCase() === wanted) return 'operator of a key manager';
  }
  return undefined;
}

export const workerClass = (worker: number): string => (worker === 0 ? '' : `w-${((worker - 1) % 8) + 1}`);

export function WorkerLink({ number }: { number: number }) {
  return (
    <Link href={`/workers/${number}`} className={`worker-link ${workerClass(number)}`}>
      Worker {number}
    </Link>
  );
}

export const BlockLink = ({ number }: { number: number }) => <Link href={`/blocks/${number}`}>{number}</Link>;

/** When something was: a span for people, the whole time for whoever points at it. */
export function When({ seconds, milliseconds }: { seconds?: number | undefined; milliseconds?: number | undefined }) {
  const now = useNow();
  const at = milliseconds ?? (seconds === undefined ? undefined : seconds * 1_000);
  if (at === undefined) return <span className="dim">—</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={moment(at)}>
      {now - at < 3_600_000 ? ago(at, now) : moment(at)}
    </time>
  );
}

export const Clock = ({ milliseconds }: { milliseconds: number }) => (
  <time dateTime={new Date(milliseconds).toISOString()}>{clock(milliseconds, true)}</time>
);

export type Tone = 'sealed' | 'good' | 'warn' | 'bad' | 'plain';

export const Word = ({ children, tone = 'plain' }: { children: ReactNode; tone?: Tone }) => (
  <span className={tone === 'plain' ? 'word' : `word ${tone}`}>{children}</span>
);

const TONES: Record<string, Tone> = {
  POSTED: 'plain',
  ACCEPTED: 'sealed',
  ANCHORED: 'sealed',
  COMMITTED: 'good',
  FINAL: 'good',
  EXPIRED: 'bad',
  EXECUTED: 'good',
  REFUSED: 'bad',
  DUPLICATE: 'warn',
};

export const StatusWord = ({ status }: { status: string }) => <Word tone={TONES[status] ?? 'plain'}>{status}</Word>;

/** The head of a page: where one is, what it is, what it means. The heading takes the focus when the page is new. */
export function PageHead({ title, heading, lead, crumbs, children }: { title: string; heading?: ReactNode; lead?: ReactNode; crumbs?: readonly (readonly [string, string])[]; children?: ReactNode }) {
  const ref = useRef<HTMLHeadingElement>(null);
  useTitle(title);
  useLayoutEffect(() => {
    const node = ref.current;
    // Not when the page has just been opened: then the browser's own order holds.
    const isNew = location.pathname !== shownPath;
    if (isNew) window.scrollTo(0, 0);
    if (isNew || headingHadFocus) node?.focus({ preventScroll: true });
    shownPath = location.pathname;
    headingHadFocus = false;
    return () => {
      // The next heading of the same page takes over, so that nobody loses their place while something loads.
      headingHadFocus = document.activeElement === node;
    };
  }, []);
  return (
    <div className="page-head">
      {crumbs && (
        <nav aria-label="Path">
          <ol className="crumbs">
            {crumbs.map(([name, href]) => (
              <li key={href}>
                <Link href={href}>{name}</Link>
              </li>
            ))}
          </ol>
        </nav>
      )}
      <div className="title-line">
        <h1 ref={ref} tabIndex={-1}>
          {heading ?? title}
        </h1>
        {children}
      </div>
      {lead && <p className="lead">{lead}</p>}
    </div>
  );
}
let shownPath = location.pathname;
let headingHadFocus = false;

export function Section({ title, lead, aside, children, id }: { title: string; lead?: ReactNode; aside?: ReactNode; children: ReactNode; id: string }) {
  return (
    <section className="section" aria-labelledby={`${id}-title`}>
      <div className="section-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {aside}
        {lead && <p>{lead}</p>}
      </div>
      {children}
    </section>
  );
}

export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode] | false)[] }) {
  return (
    <dl className="facts">
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact[0]}>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

export interface Column<Row> {
  readonly label: string;
  readonly number?: boolean;
  /** Left out on windows of a middle width, where it would make the table scroll. */
  readonly wide?: boolean;
  /** Its place in the card that a row becomes on a narrow screen: broader than others, without its label, or in the upper corner. */
  readonly fold?: 'broad' | 'bare' | 'broad bare' | 'corner';
  readonly cell: (row: Row) => ReactNode;
}

/** Whether something is wider than its place, so that it must be reachable to be scrolled by keyboard. */
function useScrolls(ref: React.RefObject<HTMLElement | null>): boolean {
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const node = ref.current;
    if (!node) return;
    const observer = new ResizeObserver(() => setScrolls(node.scrollWidth > node.clientWidth + 1));
    observer.observe(node);
    return () => observer.disconnect();
  }, [ref]);
  return scrolls;
}

const classOfCell = (column: Column<never>): string | undefined => [column.number && 'number', column.wide && 'wide', column.fold].filter(Boolean).join(' ') || undefined;

/** A table that folds into cards on a narrow screen and stays a table for screen readers. */
export function Table<Row>({ caption, columns, rows, keyOf, classOf }: { caption: string; columns: readonly Column<Row>[]; rows: readonly Row[]; keyOf: (row: Row) => string; classOf?: (row: Row) => string }) {
  const frame = useRef<HTMLDivElement>(null);
  const scrolls = useScrolls(frame);
  return (
    <div className="table-frame" ref={frame} {...(scrolls ? { tabIndex: 0, role: 'region', 'aria-label': caption } : {})}>
      <table className="folds" role="table">
        <caption className="hidden">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.label} scope="col" role="columnheader" className={classOfCell(column)}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row" className={classOf?.(row) || undefined}>
              {columns.map((column, i) =>
                i === 0 ? (
                  <th key={column.label} scope="row" role="rowheader">
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.label} role="cell" data-label={column.label} className={classOfCell(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Empty({ title, children, command }: { title: string; children: ReactNode; command?: string }) {
  return (
    <div className="empty">
      <h3>{title}</h3>
      <p>{children}</p>
      {command && <Command text={command} />}
    </div>
  );
}

export const Command = ({ text }: { text: string }) => (
  <div className="command">
    <code tabIndex={0}>{text}</code>
    <Copy text={text} what="command" />
  </div>
);

export function Failure({ title, why, children }: { title: string; why?: string | undefined; children?: ReactNode }) {
  return (
    <div className="failure" role="alert">
      <h2>{title}</h2>
      {why && (
        <p>
          <code className="wrap-anywhere">{why}</code>
        </p>
      )}
      {children}
    </div>
  );
}

/** Where something will be. */
export function Bones({ lines = 4, label }: { lines?: number; label: string }) {
  const widths = ['w80', 'w60', 'w80', 'w40'];
  return (
    <div className="card padded bones" role="status">
      <span className="hidden">{label}</span>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} className={`bone ${widths[i % widths.length]}`} />
      ))}
    </div>
  );
}

/** Bytes nobody can read, as they are. */
export function Cipher({ hex, most = 256, label }: { hex: Hex; most?: number; label: string }) {
  const length = (hex.length - 2) / 2;
  return (
    <pre className="cipher" tabIndex={0} role="region" aria-label={label}>
      {hexDump(hex, most).map(({ offset, line }) => (
        <span key={offset}>
          <i>{offset}</i>
          {line}
        </span>
      ))}
      {length > most && <span>… {length - most} more bytes</span>}
    </pre>
  );
}

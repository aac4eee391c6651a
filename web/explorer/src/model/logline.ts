export type Part = 'chain' | 'enclave' | 'host';
export const PARTS: readonly Part[] = ['chain', 'enclave', 'host'];
export type Level = 'info' | 'warn' | 'error' | 'debug';

/** A line of a log with its parts, as far as it has them. */
export interface LogLine {
  readonly key: number;
  readonly part: Part;
  readonly text: string;
  readonly time?: string;
  readonly level?: Level;
  readonly source?: string;
}

const HOST = /^\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d\.\d{3}) (\w+) +\[([^\]]*)\] (\S+) (.*)$/s;

let nextKey = 0;

/** Reads a line as the testnet's host and enclaves write them; others stay as they are. */
export function parseLine(part: Part, text: string): LogLine {
  const key = nextKey++;
  const match = HOST.exec(text);
  if (!match) return { key, part, text };
  const level = match[2]!.toLowerCase();
  return {
    key,
    part,
    time: match[1]!,
    ...(level === 'info' || level === 'warn' || level === 'error' || level === 'debug' ? { level } : {}),
    source: match[4]!.split('.').at(-1)!,
    text: match[5]!,
  };
}

const FACT = /^\s+([A-Z][A-Za-z ]*): (.*)$/;
const BEGINS = new Set(['Transaction', 'Block Number']);
const ENDS = 'Block Time';

/** Reads a part's lines, and makes one of the several that the chain writes about a block or a transaction. */
export class LineReader {
  readonly #part: Part;
  #facts: [string, string][] = [];

  constructor(part: Part) {
    this.#part = part;
  }

  read(lines: readonly string[]): LogLine[] {
    if (this.#part !== 'chain') return lines.map((line) => parseLine(this.#part, line));
    return lines.flatMap((line) => {
      const fact = FACT.exec(line);
      if (fact === null) return [...this.#finish(), parseLine('chain', line)];
      const before = BEGINS.has(fact[1]!) ? this.#finish() : [];
      this.#facts.push([fact[1]!, fact[2]!.replace(/^"|"$/g, '')]);
      return fact[1] === ENDS ? [...before, ...this.#finish()] : before;
    });
  }

  #finish(): LogLine[] {
    const [first, ...others] = this.#facts;
    this.#facts = [];
    if (first === undefined) return [];
    const time = others.find(([name]) => name === ENDS)?.[1].match(/\d\d:\d\d:\d\d/)?.[0];
    const rest = others.filter(([name]) => name !== ENDS).map(([name, value]) => (name === 'Block Hash' ? value : `${name.toLowerCase()} ${value}`));
    return [
      {
        key: nextKey++,
        part: 'chain',
        text: [first[1], ...rest].join(', '),
        source: first[0] === 'Block Number' ? 'block' : first[0].toLowerCase(),
        ...(time === undefined ? {} : { time }),
      },
    ];
  }
}

export interface LogFilter {
  readonly text: string;
  readonly warningsOnly: boolean;
  /** Leaves out the calls that pages and hosts make all the time. */
  readonly withoutPolling: boolean;
}

const POLLING = /^\s*(eth_|net_|web3_|evm_|anvil_)\w*\s*$|^\s*$/;

export function matches(line: LogLine, filter: LogFilter): boolean {
  if (filter.withoutPolling && line.part === 'chain' && POLLING.test(line.text)) return false;
  if (filter.warningsOnly && line.level !== 'warn' && line.level !== 'error') return false;
  const wanted = filter.text.trim().toLowerCase();
  return wanted === '' || `${line.text} ${line.source ?? ''}`.toLowerCase().includes(wanted);
}

import { decodeAbiParameters, parseAbiParameters, size, slice, toFunctionSelector, type Hex } from 'viem';

const TYPES = ['uint256', 'string', 'bool', 'address'];
const MOST_ARGUMENTS = 4;

let known: Map<Hex, string> | undefined;

/** Types of the arguments by selector: Hardhat's overloads of up to four values, and the single values with functions of their own. */
function overloads(): Map<Hex, string> {
  if (known !== undefined) return known;
  const made = new Map<Hex, string>();
  const add = (types: string) => made.set(toFunctionSelector(`log(${types})`), types);
  const combine = (before: readonly string[]) => {
    add(before.join(','));
    if (before.length < MOST_ARGUMENTS) TYPES.forEach((type) => combine([...before, type]));
  };
  combine([]);
  ['int256', 'bytes', 'string,int256', 'int256,int256'].forEach(add);
  for (let length = 1; length <= 32; length++) add(`bytes${length}`);
  known = made;
  return made;
}

function format(values: readonly unknown[]): string {
  const [first, ...rest] = values;
  if (typeof first !== 'string' || !first.includes('%')) return values.map(String).join(' ');
  let next = 0;
  const filled = first.replace(/%([sdixo%])/g, (place, kind: string) => {
    if (kind === '%') return '%';
    if (next >= rest.length) return place;
    const value = rest[next++];
    return kind === 'x' && typeof value === 'bigint' ? `0x${value.toString(16)}` : String(value);
  });
  return [filled, ...rest.slice(next).map(String)].join(' ');
}

/** A line of `console.log` as it reads; raw where it is none of the known overloads. */
export function consoleLine(input: Hex): string {
  const types = size(input) < 4 ? undefined : overloads().get(slice(input, 0, 4));
  if (types === undefined) return `console.log ${input}`;
  if (types === '') return '';
  try {
    return format(decodeAbiParameters(parseAbiParameters(types), slice(input, 4)) as readonly unknown[]);
  } catch {
    return `console.log ${input}`;
  }
}

import type { Hex } from 'viem';

export type Route =
  | { readonly page: 'overview' | 'workers' | 'epochs' | 'realms' | 'tasks' | 'settings' | 'unknown' }
  | { readonly page: 'worker' | 'epoch' | 'block'; readonly number: number }
  | { readonly page: 'realm'; readonly realm: Hex }
  | { readonly page: 'task'; readonly realm: Hex; readonly task: Hex }
  | { readonly page: 'address'; readonly address: Hex }
  | { readonly page: 'logs'; readonly filter: string }
  | { readonly page: 'search'; readonly text: string };

const UNKNOWN: Route = { page: 'unknown' };
const NUMBER = /^\d{1,12}$/;
const HASH = /^0x[0-9a-fA-F]{64}$/;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/** The page at a path with its query. */
export function match(path: string): Route {
  const [pathname = '/', query = ''] = path.split('?');
  const values = new URLSearchParams(query);
  const [section = '', first, second, third, ...rest] = pathname.split('/').slice(1).filter((each, i) => each !== '' || i === 0);
  if (rest.length > 0) return UNKNOWN;
  if (first === undefined) {
    switch (section) {
      case '':
        return { page: 'overview' };
      case 'workers':
      case 'epochs':
      case 'realms':
      case 'tasks':
      case 'settings':
        return { page: section };
      case 'logs':
        return { page: 'logs', filter: values.get('filter') ?? '' };
      case 'search':
        return { page: 'search', text: values.get('for') ?? '' };
      default:
        return UNKNOWN;
    }
  }
  if (second === undefined) {
    if (section === 'workers' && NUMBER.test(first)) return { page: 'worker', number: Number(first) };
    if (section === 'epochs' && NUMBER.test(first)) return { page: 'epoch', number: Number(first) };
    if (section === 'blocks' && NUMBER.test(first)) return { page: 'block', number: Number(first) };
    if (section === 'realms' && HASH.test(first)) return { page: 'realm', realm: first.toLowerCase() as Hex };
    if (section === 'addresses' && ADDRESS.test(first)) return { page: 'address', address: first as Hex };
    return UNKNOWN;
  }
  if (section === 'realms' && HASH.test(first) && second === 'tasks' && third !== undefined && HASH.test(third)) {
    return { page: 'task', realm: first.toLowerCase() as Hex, task: third.toLowerCase() as Hex };
  }
  return UNKNOWN;
}

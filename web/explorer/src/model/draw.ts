import { encodeAbiParameters, keccak256, parseAbiParameters, stringToHex, type Hex } from 'viem';

/*
 * Rule C4: draw i = uint256(keccak256(abi.encode(tag, seed, realm, tenure, i))) mod seats, i = 0…15; ranks are the distinct workers
 * in that order, at most three.
 */
export const DRAWS = 16;
export const RANKS = 3;

const TAG = keccak256(stringToHex('enigma/v1/DRAW'));
const TYPES = parseAbiParameters('bytes32,bytes32,bytes32,uint64,uint256');

/** The seat that draw i picks. */
export function drawSeat(seed: Hex, realm: Hex, tenure: number, i: number, seats: number): number {
  const hash = keccak256(encodeAbiParameters(TYPES, [TAG, seed, realm, BigInt(tenure), BigInt(i)]));
  return Number(BigInt(hash) % BigInt(seats));
}

/** What became of one draw: it gave a rank, named a worker that had one, an empty seat, or a worker that may not be drawn. */
export type Verdict = 'rank' | 'again' | 'empty' | 'unfit' | 'unused';

export interface Pick {
  readonly i: number;
  readonly seat: number;
  readonly worker: number;
  readonly verdict: Verdict;
  /** 0 is the realm's worker. */
  readonly rank?: number;
  /** Why the worker may not be drawn. */
  readonly why?: string;
}

/** What a draw is made from. `workers` lists the worker in each seat; `unfit` says why a worker may not be drawn. */
export interface DrawInput {
  readonly seed: Hex;
  readonly realm: Hex;
  readonly tenure: number;
  readonly seats: number;
  readonly workers: readonly number[];
  readonly unfit: ReadonlyMap<number, string>;
}

export interface Drawn {
  readonly picks: readonly Pick[];
  readonly ranks: readonly number[];
}

/** The draw made again, each pick with its reason. */
export function recompute(input: DrawInput): Drawn {
  const ranks: number[] = [];
  const picks: Pick[] = [];
  for (let i = 0; i < DRAWS && input.seats > 0; i++) {
    const seat = drawSeat(input.seed, input.realm, input.tenure, i, input.seats);
    const worker = input.workers[seat] ?? 0;
    const why = input.unfit.get(worker);
    const known = ranks.indexOf(worker);
    if (ranks.length === RANKS) picks.push({ i, seat, worker, verdict: 'unused' });
    else if (worker === 0) picks.push({ i, seat, worker, verdict: 'empty' });
    else if (known >= 0) picks.push({ i, seat, worker, verdict: 'again', rank: known });
    else if (why !== undefined) picks.push({ i, seat, worker, verdict: 'unfit', why });
    else {
      picks.push({ i, seat, worker, verdict: 'rank', rank: ranks.length });
      ranks.push(worker);
    }
  }
  return { picks, ranks };
}

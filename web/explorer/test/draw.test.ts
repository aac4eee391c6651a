import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { DRAWS, drawSeat, recompute } from '../src/model/draw';
import { vectors } from './vectors';

interface Vector {
  readonly seed: Hex;
  readonly realm: Hex;
  readonly tenure: string;
  readonly seats: string;
  readonly workers: readonly string[];
  readonly draws: readonly string[];
  readonly ranks: readonly string[];
}

const cases = vectors<{ vectors: Vector[] }>('draw').vectors;

describe('the draw of rule C4', () => {
  it.each(cases.map((each, i) => [i, each] as const))('makes vector %i again', (_i, vector) => {
    const seats = Number(vector.seats);
    const picked = Array.from({ length: DRAWS }, (_, i) => drawSeat(vector.seed, vector.realm, Number(vector.tenure), i, seats));
    expect(picked).toEqual(vector.draws.map(Number));
    const { ranks } = recompute({
      seed: vector.seed,
      realm: vector.realm,
      tenure: Number(vector.tenure),
      seats,
      workers: vector.workers.map(Number),
      unfit: new Map(),
    });
    expect(ranks).toEqual(vector.ranks.map(Number));
  });

  const some = cases.find((each) => new Set(each.workers).size >= 3 && each.ranks.length === 3)!;
  const input = {
    seed: some.seed,
    realm: some.realm,
    tenure: Number(some.tenure),
    seats: Number(some.seats),
    workers: some.workers.map(Number),
    unfit: new Map<number, string>(),
  };

  it('says of each pick what became of it', () => {
    const { picks, ranks } = recompute(input);
    expect(picks).toHaveLength(DRAWS);
    expect(picks.filter((pick) => pick.verdict === 'rank').map((pick) => pick.worker)).toEqual(ranks);
    const third = picks.findIndex((pick) => pick.rank === 2 && pick.verdict === 'rank');
    expect(picks.slice(third + 1).every((pick) => pick.verdict === 'unused')).toBe(true);
  });

  it('passes over a worker that may not be drawn, and says why', () => {
    const first = recompute(input).ranks[0]!;
    const { picks, ranks } = recompute({ ...input, unfit: new Map([[first, 'it had logged out']]) });
    expect(ranks).not.toContain(first);
    expect(picks.find((pick) => pick.worker === first)).toMatchObject({ verdict: 'unfit', why: 'it had logged out' });
  });

  it('gives nobody a rank where there are no seats', () => {
    expect(recompute({ ...input, seats: 0, workers: [] })).toEqual({ picks: [], ranks: [] });
  });
});

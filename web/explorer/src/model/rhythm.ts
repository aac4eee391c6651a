import type { Commit, Epoch } from './history';

/** What happened in one block. */
export interface Beat {
  readonly block: number;
  readonly steps: number;
  readonly batches: number;
  /** The epoch that began here. */
  readonly epoch: number | undefined;
}

/** The last blocks up to the head, each with the steps that were committed in it. */
export function rhythm(commits: readonly Commit[], epochs: readonly Epoch[], head: number, blocks: number): Beat[] {
  const first = Math.max(0, head - blocks + 1);
  const beats = Array.from({ length: head - first + 1 }, (_, i) => ({ block: first + i, steps: 0, batches: 0, epoch: undefined as number | undefined }));
  for (let i = commits.length - 1; i >= 0 && commits[i]!.place.block >= first; i--) {
    const beat = beats[commits[i]!.place.block - first];
    if (beat) {
      beat.steps += Number(commits[i]!.count);
      beat.batches++;
    }
  }
  for (const epoch of epochs) {
    const beat = beats[epoch.place.block - first];
    if (beat) beat.epoch = epoch.number;
  }
  return beats;
}

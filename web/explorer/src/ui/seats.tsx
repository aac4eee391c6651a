import { plural } from '../model/format';
import { workerClass, WorkerLink } from './parts';

/** The array of seats, each with the worker in it; the picked ones stand out. */
export function Seats({ workers, picked, length }: { workers: readonly number[]; picked?: ReadonlySet<number>; length?: number }) {
  const shown = Math.min(length ?? workers.length, 400);
  const holders = new Map<number, number>();
  for (const worker of workers) holders.set(worker, (holders.get(worker) ?? 0) + 1);
  const words = [...holders].map(([worker, seats]) => `worker ${worker} ${plural(seats, 'seat')}`).join(', ');
  return (
    <div>
      <div className="seats" role="img" aria-label={`${plural(shown, 'seat')}: ${words || 'all empty'}`}>
        {Array.from({ length: shown }, (_, i) => {
          const worker = workers[i] ?? 0;
          return (
            <span key={i} className={`seat ${worker ? `taken ${workerClass(worker)}` : ''} ${picked?.has(i) ? 'picked' : ''}`} title={`Seat ${i}: ${worker ? `worker ${worker}` : 'empty'}`}>
              {worker || ''}
            </span>
          );
        })}
      </div>
      {workers.length > shown && <p className="dim small">… and {workers.length - shown} more</p>}
    </div>
  );
}

const PLACES = ['holder', 'second', 'third'];

/** The workers of a tenure in their order. */
export function Ranks({ ranks, holder }: { ranks: readonly number[]; holder?: number }) {
  return (
    <ol className="ranks">
      {ranks.map((worker, i) => (
        <li key={worker}>
          <span className="dim small">{holder === undefined ? PLACES[i] : holder === worker ? 'holder' : `rank ${i}`}</span>
          <WorkerLink number={worker} />
        </li>
      ))}
    </ol>
  );
}

import type { Hex } from 'viem';
import type { Happening } from '../model/events';
import { eventWords } from '../model/words';
import { BlockLink, RealmLink, TaskLink, When } from './parts';

/** Events of the contract, in words, with links to what they are about. */
export function Activity({ events, label }: { events: readonly Happening[]; label: string }) {
  return (
    <ul className="card activity" aria-label={label}>
      {events.map((event) => {
        const args = event.args as { realm?: Hex; taskId?: Hex };
        return (
          <li key={`${event.place.transaction}-${event.place.index}`}>
            <When seconds={event.place.time} />
            <span className="what">
              {eventWords(event)}
              {args.realm && (args.taskId ? <TaskLink realm={args.realm} id={args.taskId} /> : <RealmLink id={args.realm} />)}
            </span>
            <span className="dim small">
              <span className="hidden">block </span>
              <BlockLink number={event.place.block} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

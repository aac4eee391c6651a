import { clock, span } from '../model/format';
import { heldUp, stepsOf, type TaskView } from '../model/task';
import { useNetwork } from './context';
import { BlockLink } from './parts';

const MEANT = [
  ['Started', 'Somebody’s program encodes a call. Nobody else sees it in clear.'],
  ['Sealed and signed', 'It is sealed to the realm’s key, and the order is signed. The fee is held.'],
  ['Handed over', 'The sealed input goes to a node, or inside an Ethereum transaction: ACCEPTED.'],
  ['Run and anchored', 'The drawn worker’s enclave opens it, runs the contract and seals the result: ANCHORED.'],
  ['Committed', 'The batch is checked on Ethereum, and the worker is paid: COMMITTED, then FINAL.'],
] as const;

/** How a task goes, while there is none to show it with. */
export const StepsMeant = () => (
  <ol className="steps">
    {MEANT.map(([title, text], i) => (
      <li key={title} className="waiting" data-number={i + 1}>
        <h3>{title}</h3>
        <p>{text}</p>
      </li>
    ))}
  </ol>
);

/** The five steps of a task, with what shows each. */
export function Steps({ task }: { task: TaskView }) {
  const { history, parameters } = useNetwork();
  const hold = heldUp(task, history.realm(task.realm), parameters?.failoverBlocks);
  return (
    <ol className="steps">
      {stepsOf(task, hold).map((step) => (
        <li key={step.number} className={step.state} data-number={step.number}>
          <h3>
            {step.title}
            <span className="hidden">, {step.state === 'done' ? 'done' : step.state === 'waiting' ? 'not yet' : 'did not happen'}</span>
          </h3>
          <div className="when">
            {step.took !== undefined && <span className="took">{step.roughly ? (step.took < 1_000 ? 'within 1 s' : `about ${span(step.took)}`) : `+${span(step.took)}`} </span>}
            {step.time !== undefined && <time dateTime={new Date(step.time).toISOString()}>{clock(step.time)}</time>}
            {step.block !== undefined && (
              <>
                {' '}
                <span>
                  block <BlockLink number={step.block} />
                </span>
              </>
            )}
          </div>
          <p>{step.text}</p>
        </li>
      ))}
    </ol>
  );
}

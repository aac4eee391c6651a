import { plural } from '../model/format';
import { rhythm } from '../model/rhythm';
import { useNetwork } from './context';

const BLOCKS = 90;
const HEIGHT = 100;

/** The work of the last blocks as bars, and where epochs began. */
export function Rhythm() {
  const { history, head } = useNetwork();
  if (!head) return null;
  const beats = rhythm(history.commits, history.epochs, head.number, BLOCKS);
  const most = Math.max(4, ...beats.map((beat) => beat.steps));
  const steps = beats.reduce((sum, beat) => sum + beat.steps, 0);
  const first = beats[0]?.block ?? 0;
  return (
    <figure className="card padded rhythm">
      <figcaption>
        <span>
          {plural(steps, 'step')} in the last {plural(beats.length, 'block')}
        </span>
        <span className="dim small">at most {plural(Math.max(0, ...beats.map((beat) => beat.steps)), 'step')} in one</span>
      </figcaption>
      <svg viewBox={`0 0 ${beats.length * 10} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${plural(steps, 'step')} committed from block ${first} to block ${head.number}`}>
        {beats.map((beat, i) => {
          const height = beat.steps === 0 ? 2 : Math.max(8, (beat.steps / most) * HEIGHT);
          return (
            <g key={beat.block}>
              {beat.epoch !== undefined && <line x1={i * 10} x2={i * 10} y1={0} y2={HEIGHT} className="epoch-line" />}
              <rect x={i * 10 + 1.5} width={7} y={HEIGHT - height} height={height} className={beat.steps === 0 ? 'rest' : 'beat'}>
                <title>{`Block ${beat.block}: ${plural(beat.steps, 'step')} in ${plural(beat.batches, 'batch', 'batches')}${beat.epoch === undefined ? '' : `; epoch ${beat.epoch} began`}`}</title>
              </rect>
            </g>
          );
        })}
      </svg>
      <div className="axis dim small">
        <span>block {first}</span>
        <span>now</span>
      </div>
    </figure>
  );
}

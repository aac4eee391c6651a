import { useState, type ReactNode } from 'react';
import { count, span } from '../model/format';
import type { TaskView } from '../model/task';
import { kindOf } from '../model/words';
import { useAccounts, useNetwork, useNow } from './context';
import { BlockLink, Empty, RealmLink, StatusWord, Table, TaskLink, When, Word } from './parts';

const FRESH = 4_000;

/** Instead of a list of tasks: that there are none, or that nobody can say. */
export function NoTasks({ children }: { children: ReactNode }) {
  const { nodes } = useNetwork();
  if (nodes.length > 0 && nodes.every((node) => node.state === 'lost')) {
    return <Empty title="No task was posted on Ethereum">There may be direct ones: they are known when a node answers again.</Empty>;
  }
  return (
    <Empty title="Nobody has sent a task yet" command="./enigma demo millionaires">
      {children}
    </Empty>
  );
}

const PAGE = 50;

/** A long list of tasks, of which more are shown when asked for. */
export function PagedTaskTable({ tasks, ...table }: { tasks: readonly TaskView[]; caption: string; withRealm?: boolean }) {
  const [shown, setShown] = useState(PAGE);
  return (
    <>
      <TaskTable tasks={tasks.slice(0, shown)} {...table} />
      {tasks.length > shown && (
        <p className="more">
          <button type="button" className="button" onClick={() => setShown(shown + PAGE)}>
            Show {Math.min(PAGE, tasks.length - shown)} more
          </button>
        </p>
      )}
    </>
  );
}

/** Tasks, the latest first; the rows of new ones light up. */
export function TaskTable({ tasks, caption, withRealm = true }: { tasks: readonly TaskView[]; caption: string; withRealm?: boolean }) {
  const now = useNow();
  const accounts = useAccounts();
  return (
    <Table
      caption={caption}
      rows={tasks}
      keyOf={(task) => task.id}
      classOf={(task) => (now - task.at < FRESH ? 'fresh' : '')}
      columns={[
        {
          label: 'Task',
          cell: (task) => (
            <>
              <TaskLink realm={task.realm} id={task.id} /> {accounts.is(task.chain?.order?.sender) && <Word tone="warn">yours</Word>}
            </>
          ),
        },
        ...(withRealm ? [{ label: 'Realm', fold: 'broad bare' as const, cell: (task: TaskView) => <RealmLink id={task.realm} /> }] : []),
        {
          label: 'Way',
          fold: 'bare',
          cell: (task) => (task.way === 'posted' ? `${kindOf(task.chain!.order!.kind)}, posted` : 'direct'),
        },
        { label: 'Stage', fold: 'bare', cell: (task) => <StatusWord status={task.status} /> },
        { label: 'Outcome', fold: 'bare', cell: (task) => (task.outcome && task.outcome !== task.status ? <StatusWord status={task.outcome} /> : <span className="dim">—</span>) },
        {
          label: 'Ran in',
          number: true,
          wide: true,
          cell: (task) =>
            task.line?.acceptedAt !== undefined && task.line.endedAt !== undefined ? (
              span(task.line.endedAt - task.line.acceptedAt)
            ) : (
              <span className="dim">—</span>
            ),
        },
        {
          label: 'Gas',
          number: true,
          wide: true,
          cell: (task) => (task.line?.receipt ? count(task.line.receipt.gasCharged) : <span className="dim">—</span>),
        },
        { label: 'Block', number: true, fold: 'bare', cell: (task) => (task.commit ? <BlockLink number={task.commit.place.block} /> : <span className="dim">—</span>) },
        { label: 'When', number: true, fold: 'corner', cell: (task) => (task.at ? <When milliseconds={task.at} /> : <span className="dim">—</span>) },
      ]}
    />
  );
}

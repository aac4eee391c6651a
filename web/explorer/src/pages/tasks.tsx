import { useState } from 'react';
import { plural } from '../model/format';
import { useAccounts, useNetwork } from '../ui/context';
import { Empty, PageHead } from '../ui/parts';
import { NoTasks, PagedTaskTable } from '../ui/tasks';

export function TasksPage() {
  const network = useNetwork();
  const { history } = network;
  const accounts = useAccounts();
  const [stage, setStage] = useState('all');
  const all = network.tasks();
  const tasks = all.filter((task) => {
    switch (stage) {
      case 'running':
        return task.status === 'POSTED' || task.status === 'ACCEPTED' || task.status === 'ANCHORED';
      case 'done':
        return task.status === 'COMMITTED' || task.status === 'FINAL';
      case 'refused':
        return task.outcome === 'REFUSED' || task.status === 'EXPIRED';
      case 'posted':
        return task.way === 'posted';
      case 'yours':
        return accounts.is(task.chain?.order?.sender);
      default:
        return true;
    }
  });
  return (
    <>
      <PageHead
        title="Tasks"
        lead="Posted tasks are read from Ethereum. Direct ones are hidden there behind the root of their batch; the nodes list those they have run since they started, without their senders."
      />
      {all.length === 0 ? (
        <NoTasks>New tasks appear here the moment a node accepts them.</NoTasks>
      ) : (
        <>
          <div className="log-tools">
            <label className="field">
              <span>Show</span>
              <select value={stage} onChange={(event) => setStage(event.target.value)}>
                <option value="all">all tasks</option>
                <option value="running">under way</option>
                <option value="done">on Ethereum</option>
                <option value="refused">refused or expired</option>
                <option value="posted">posted on Ethereum</option>
                {accounts.connected && <option value="yours">posted by you</option>}
              </select>
            </label>
            <p className="dim" role="status">
              {plural(tasks.length, 'task')}
            </p>
          </div>
          {tasks.length === 0 ? (
            <Empty title="None of that kind">There are {all.length} others.</Empty>
          ) : (
            <PagedTaskTable tasks={tasks} caption="Tasks" />
          )}
        </>
      )}
    </>
  );
}

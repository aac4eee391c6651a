import { enigmaAbi, tokenAbi } from '@enigma-network/enigma-js';
import { getAddress, type Hex } from 'viem';
import { batchesOf } from '../model/batch';
import { count, eng, shortHash } from '../model/format';
import { reason } from '../network/chain';
import { Activity } from '../ui/activity';
import { useAccounts, useLoaded, useNetwork } from '../ui/context';
import { BlockLink, Bones, Empty, Facts, Failure, Hash, PageHead, RealmLink, Section, Table, useNameOf, When, Word } from '../ui/parts';
import { TaskTable } from '../ui/tasks';

/** How many of the latest commits are searched for charges. */
const SEARCHED = 200;

export function AddressPage({ address }: { address: Hex }) {
  const network = useNetwork();
  const { history, addresses, head } = network;
  const accounts = useAccounts();
  const name = useNameOf(address);
  const wanted = address.toLowerCase();
  const full = getAddress(address);
  const commits = history.commits.slice(-SEARCHED);
  const balances = useLoaded(`balances ${wanted}@${head?.number ?? ''}`, async () => {
    const [ether, deposited, tokens] = await Promise.all([
      network.client.getBalance({ address: full }),
      network.client.readContract({ address: addresses!.enigma, abi: enigmaAbi, functionName: 'balanceOf', args: [full] }),
      network.client.readContract({ address: addresses!.token, abi: tokenAbi, functionName: 'balanceOf', args: [full] }),
    ]);
    return { ether, deposited, tokens };
  });
  const realms = [...history.realms.values()];
  const allocations = useLoaded(`allocations ${wanted}@${history.commits.length} ${realms.length}`, async () => {
    const found = [];
    for (const realm of realms.slice(-50)) {
      const allocation = await network.client.readContract({ address: addresses!.enigma, abi: enigmaAbi, functionName: 'getAllocation', args: [realm.id, full] });
      if (allocation.allocated > 0n) found.push({ realm: realm.id, ...allocation });
    }
    return found;
  });
  const charges = useLoaded(`charges ${wanted}@${commits.length}`, async () => {
    const found = [];
    for (const commit of commits) {
      const { input } = await network.transaction(commit.place.transaction);
      const batch = batchesOf(input).find((each) => each.realm === commit.realm && each.firstSequence === commit.first);
      for (const charge of batch?.charges ?? []) if (charge.payer.toLowerCase() === wanted) found.push({ commit, amount: charge.amount });
    }
    return found.reverse();
  });
  const posted = network.tasks().filter((task) => task.chain?.order?.sender.toLowerCase() === wanted);
  const owned = realms.filter((realm) => realm.owner.toLowerCase() === wanted);
  const events = history.events.filter((event) => Object.values(event.args).some((value) => typeof value === 'string' && value.toLowerCase() === wanted));
  return (
    <>
      <PageHead
        title={`Address ${shortHash(full)}`}
        heading={
          <span className="named">
            Address <span className="mono">{shortHash(full)}</span>
          </span>
        }
        lead={name ? `This is the ${name}.`.replace('the Enigma', 'the contract Enigma') : 'What Ethereum tells everybody about an address in this network.'}
      >
        {accounts.is(full) && <Word tone="warn">your account</Word>}
      </PageHead>
      <div className="grid two">
        <div className="card padded">
          <Facts
            facts={[
              ['Address', <Hash key="a" value={full} whole what="address" />],
              name !== undefined && ['In this network', name],
              ['Realms it owns', owned.length === 0 ? 'none' : <span key="r" className="ranks">{owned.map((realm) => <RealmLink key={realm.id} id={realm.id} />)}</span>],
            ]}
          />
        </div>
        {balances.kind === 'loading' ? (
          <Bones label="Loading the balances" lines={3} />
        ) : balances.kind === 'failed' ? (
          <Failure title="The balances could not be read" why={reason(balances.why)} />
        ) : (
          <div className="card padded">
            <Facts
              facts={[
                ['ENG in the wallet', `${eng(balances.value.tokens)} ENG`],
                ['ENG deposited', `${eng(balances.value.deposited)} ENG`],
                ['Ether', `${count(balances.value.ether / 10n ** 18n)}.${String((balances.value.ether / 10n ** 15n) % 1000n).padStart(3, '0')} ETH`],
              ]}
            />
          </div>
        )}
      </div>
      <Section id="allocations" title="Set aside for direct tasks">
        {allocations.kind === 'loaded' && allocations.value.length > 0 ? (
          <Table
            caption="Allocations"
            rows={allocations.value}
            keyOf={(each) => each.realm}
            columns={[
              { label: 'Realm', cell: (each) => <RealmLink id={each.realm} /> },
              { label: 'Allocated, ENG', number: true, cell: (each) => eng(each.allocated) },
              { label: 'Charged, ENG', number: true, cell: (each) => eng(each.charged) },
              { label: 'Left, ENG', number: true, cell: (each) => eng(each.allocated - each.charged - each.left) },
            ]}
          />
        ) : allocations.kind === 'failed' ? (
          <Failure title="The allocations could not be read" why={reason(allocations.why)} />
        ) : allocations.kind === 'loading' ? (
          <Bones label="Loading the allocations" lines={2} />
        ) : (
          <Empty title="Nothing">Direct tasks are paid from an allocation to their realm. This address has none.</Empty>
        )}
      </Section>
      <Section id="tasks" title="Tasks it posted">
        {posted.length === 0 ? (
          <Empty title="None">Tasks that it sent directly to a node are not shown by sender to anybody.</Empty>
        ) : (
          <TaskTable tasks={posted} caption="Tasks posted by this address" />
        )}
      </Section>
      <Section id="charges" title="Charged for direct tasks" lead={`In the latest ${SEARCHED} batches: that it paid, not what for.`}>
        {charges.kind === 'loading' ? (
          <Bones label="Reading the batches" lines={2} />
        ) : charges.kind === 'failed' ? (
          <Failure title="The batches could not be read" why={reason(charges.why)} />
        ) : charges.value.length === 0 ? (
          <Empty title="None">No batch has charged this address.</Empty>
        ) : (
          <Table
            caption="Charges"
            rows={charges.value}
            keyOf={(each) => `${each.commit.place.transaction}-${each.commit.first}`}
            columns={[
              { label: 'Block', cell: (each) => <BlockLink number={each.commit.place.block} /> },
              { label: 'Realm', fold: 'broad', cell: (each) => <RealmLink id={each.commit.realm} /> },
              { label: 'Charged, ENG', number: true, cell: (each) => eng(each.amount) },
              { label: 'When', number: true, fold: 'corner', cell: (each) => <When seconds={each.commit.place.time} /> },
            ]}
          />
        )}
      </Section>
      <Section id="events" title="Events that name it">
        {events.length === 0 ? <Empty title="None">No event of Enigma names this address.</Empty> : <Activity events={events.slice(-25).reverse()} label="Events that name this address" />}
      </Section>
    </>
  );
}

import { moment, plural } from '../model/format';
import { reason } from '../network/chain';
import { Activity } from '../ui/activity';
import { useLoaded, useNetwork } from '../ui/context';
import { Bones, Empty, Facts, Failure, Hash, PageHead, Section } from '../ui/parts';
import { Link } from '../ui/router';

export function BlockPage({ number }: { number: number }) {
  const network = useNetwork();
  const { history, head } = network;
  const future = head !== undefined && number > head.number;
  const block = useLoaded(`block ${number} ${future}`, () => network.client.getBlock({ blockNumber: BigInt(number) }));
  const events = history.events.filter((event) => event.place.block === number);
  return (
    <>
      <PageHead title={`Block ${number}`} lead="A block of Ethereum, and what the network did in it." />
      {future ? (
        <Empty title="Not there yet">The newest block is {head.number}.</Empty>
      ) : block.kind === 'loading' ? (
        <Bones label="Loading the block" />
      ) : block.kind === 'failed' ? (
        <Failure title="The block could not be read" why={reason(block.why)} />
      ) : (
        <div className="card padded">
          <Facts
            facts={[
              ['Hash', <Hash key="h" value={block.value.hash!} whole what="block hash" />],
              ['Time', moment(Number(block.value.timestamp) * 1_000)],
              ['Transactions', plural(block.value.transactions.length, 'transaction')],
              [
                'Neighbours',
                <span key="n">
                  {number > 0 && <Link href={`/blocks/${number - 1}`}>Block {number - 1}</Link>}
                  {number > 0 && head && number < head.number && ', '}
                  {head && number < head.number && <Link href={`/blocks/${number + 1}`}>Block {number + 1}</Link>}
                </span>,
              ],
            ]}
          />
        </div>
      )}
      <Section id="events" title="Events of Enigma">
        {events.length === 0 ? <Empty title="None in this block">The network did nothing on Ethereum here.</Empty> : <Activity events={events} label={`Events of block ${number}`} />}
      </Section>
    </>
  );
}

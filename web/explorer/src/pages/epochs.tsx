import { eng, plural } from '../model/format';
import type { Selection } from '../model/history';
import { useNetwork } from '../ui/context';
import { Draw } from '../ui/draw';
import { Address, BlockLink, Empty, Facts, Hash, PageHead, RealmLink, Section, Table, When } from '../ui/parts';
import { Link } from '../ui/router';
import { Ranks } from '../ui/seats';

export function EpochsPage() {
  const { history, parameters } = useNetwork();
  const epochs = history.epochs.toReversed();
  return (
    <>
      <PageHead
        title="Epochs"
        heading="Epochs, and who was drawn"
        lead={`Every epoch begins with a seed that the key managers release together: nobody knows it before. It decides which workers are drawn for realms that are opened or renewed in it.${parameters ? ` An epoch lasts ${parameters.epochBlocks} blocks or longer; a worker keeps a realm for ${plural(parameters.tenureEpochs, 'epoch')}.` : ''}`}
      />
      {epochs.length === 0 ? (
        <Empty title="Epoch 0">The first seed has not come yet. Until it does no realm gets a worker.</Empty>
      ) : (
        <Table
          caption="Epochs"
          rows={epochs}
          keyOf={(epoch) => String(epoch.number)}
          columns={[
            { label: 'Epoch', cell: (epoch) => <Link href={`/epochs/${epoch.number}`}>Epoch {epoch.number}</Link> },
            { label: 'Seed', fold: 'broad', cell: (epoch) => <Hash value={epoch.seed} what="seed" mark /> },
            { label: 'Seats in its draws', number: true, cell: (epoch) => epoch.seats },
            { label: 'Draws', number: true, cell: (epoch) => history.selections.filter((each) => each.epoch === epoch.number).length },
            { label: 'Block', number: true, cell: (epoch) => <BlockLink number={epoch.place.block} /> },
            { label: 'Began', number: true, fold: 'corner', cell: (epoch) => <When seconds={epoch.place.time} /> },
          ]}
        />
      )}
      <Section id="draws" title="Latest draws" lead="Each is made again in this page from the seed, and compared with what the contract says.">
        {history.selections.length === 0 ? (
          <Empty title="No realm has been drawn yet" command="./enigma demo millionaires">
            A draw happens when a realm is opened and assigned, and when its tenure is renewed.
          </Empty>
        ) : (
          <SelectionTable selections={history.selections.slice(-20).reverse()} />
        )}
      </Section>
    </>
  );
}

export function SelectionTable({ selections }: { selections: readonly Selection[] }) {
  const { history } = useNetwork();
  return (
    <Table
      caption="Draws"
      rows={selections}
      keyOf={(each) => `${each.realm}-${each.tenure}-${each.place.block}`}
      columns={[
        { label: 'Realm', cell: (each) => <RealmLink id={each.realm} /> },
        { label: 'Tenure', number: true, cell: (each) => each.tenure },
        { label: 'Epoch', number: true, cell: (each) => <Link href={`/epochs/${each.epoch}`}>{each.epoch}</Link> },
        { label: 'Drawn', cell: (each) => <Ranks ranks={each.ranks} /> },
        {
          label: 'Made again',
          cell: (each) => {
            const drawn = history.drawn(each);
            const same = drawn !== undefined && drawn.ranks.join() === each.ranks.join();
            return same ? <span className="word good">same result</span> : <span className="word warn">differs</span>;
          },
        },
        { label: 'When', number: true, fold: 'corner', cell: (each) => <When seconds={each.place.time} /> },
      ]}
    />
  );
}

export function EpochPage({ number }: { number: number }) {
  const { history, head, parameters } = useNetwork();
  const epoch = history.epochs.find((each) => each.number === number);
  if (!epoch) {
    return (
      <>
        <PageHead title={`Epoch ${number}`} crumbs={[['Epochs', '/epochs']]} />
        <Empty title="This epoch has not begun">The network is in epoch {history.epoch}.</Empty>
      </>
    );
  }
  const next = history.epochs.find((each) => each.number === number + 1);
  const selections = history.selections.filter((each) => each.epoch === number);
  const end = next?.place.block ?? head?.number ?? epoch.place.block;
  return (
    <>
      <PageHead
        title={`Epoch ${number}`}
        crumbs={[['Epochs', '/epochs']]}
        lead={next ? `Lasted ${plural(end - epoch.place.block, 'block')}.` : `Runs since ${plural(end - epoch.place.block, 'block')}${parameters ? `, of at least ${parameters.epochBlocks}` : ''}.`}
      />
      <div className="card padded">
        <Facts
          facts={[
            ['Seed', <Hash key="s" value={epoch.seed} whole what="seed" />],
            ['Seats', `${epoch.seats}: those of the start of the epoch before, so that nobody can buy seats once the seed is known`],
            ['Put on Ethereum by', <Address key="a" value={epoch.postedBy} whole />],
            ['Reward', `${eng(epoch.reward)} ENG`],
            ['First block', <BlockLink key="b" number={epoch.place.block} />],
            ['Began', <When key="w" seconds={epoch.place.time} />],
          ]}
        />
      </div>
      <Section id="draws" title="Draws in this epoch">
        {selections.length === 0 ? (
          <Empty title="None">No realm was assigned or renewed in this epoch.</Empty>
        ) : (
          <div className="grid">
            {selections.map((selection) => (
              <Draw key={`${selection.realm}-${selection.tenure}`} selection={selection} />
            ))}
          </div>
        )}
      </Section>
    </>
  );
}

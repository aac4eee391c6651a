import { useEffect } from 'react';
import type { Hex } from 'viem';
import { shortHash } from '../model/format';
import { locate, read } from '../model/search';
import { useLoaded, useNetwork } from '../ui/context';
import { Bones, Empty, PageHead } from '../ui/parts';
import { go } from '../ui/router';

/** How many realms are asked about a task that only nodes can know. */
const ASKED = 50;

export function SearchPage({ text }: { text: string }) {
  const network = useNetwork();
  const query = read(text);
  const found = useLoaded(`search ${text}`, async (): Promise<string | undefined> => {
    switch (query.kind) {
      case 'block':
        return `/blocks/${query.number}`;
      case 'worker':
        return `/workers/${query.number}`;
      case 'address':
        return `/addresses/${query.address}`;
      case 'hash':
        return locate(network.history, query.hash) ?? (await ask(query.hash));
      case 'nothing':
        return undefined;
    }
  });
  const ask = async (hash: Hex): Promise<string | undefined> => {
    const line = network.lines.get(hash);
    if (line) return `/realms/${line.realm}/tasks/${hash}`;
    for (const realm of [...network.history.realms.keys()].slice(-ASKED)) {
      const report = await network.task(realm, hash).catch(() => undefined);
      if (report && report.status !== 'UNKNOWN') return `/realms/${realm}/tasks/${hash}`;
    }
    const transaction = await network.client.getTransaction({ hash }).catch(() => undefined);
    if (transaction?.blockNumber) return `/blocks/${transaction.blockNumber}`;
    const block = await network.client.getBlock({ blockHash: hash }).catch(() => undefined);
    return block ? `/blocks/${block.number}` : undefined;
  };
  const place = found.kind === 'loaded' ? found.value : undefined;
  useEffect(() => {
    if (place) go(place, true);
  }, [place]);
  if (query.kind === 'nothing') {
    return (
      <>
        <PageHead title="Search" />
        <Empty title={text.trim() === '' ? 'What are you looking for?' : `“${text.trim().slice(0, 80)}” cannot be looked up`}>{query.why}</Empty>
      </>
    );
  }
  if (found.kind === 'loading' || place) {
    return (
      <>
        <PageHead title="Search" lead={`Looking for ${shortHash(text.trim())}.`} />
        <Bones label="Searching" />
      </>
    );
  }
  return (
    <>
      <PageHead title="Search" />
      <Empty title={`Nothing here is ${shortHash(text.trim())}`}>No realm, task, transaction, block or state of this network has this hash, as far as Ethereum and the nodes know.</Empty>
    </>
  );
}

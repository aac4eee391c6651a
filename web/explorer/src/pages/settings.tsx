import { useState, type FormEvent } from 'react';
import { isLocal, keepEndpoints, ownEndpoints } from '../network/addresses';
import { useNetwork } from '../ui/context';
import { Facts, PageHead } from '../ui/parts';
import { NodeLine } from './overview';

export function SettingsPage() {
  const network = useNetwork();
  const [ethereum, setEthereum] = useState(() => ownEndpoints().ethereum);
  const [message, setMessage] = useState('');
  const save = (event: FormEvent) => {
    event.preventDefault();
    const wanted = ethereum.trim();
    if (wanted !== '' && !isLocal(wanted)) {
      setMessage('This page may talk to this machine only: an endpoint begins with http://localhost or http://127.0.0.1.');
      return;
    }
    keepEndpoints({ ethereum: wanted });
    setMessage(wanted === '' ? 'The testnet’s own endpoint is used again.' : `The chain is read from ${wanted}.`);
    void network.start(wanted);
  };
  return (
    <>
      <PageHead title="Settings" lead="Kept in this browser only." />
      <div className="grid two">
        <form className="card padded grid" onSubmit={save}>
          <h2>Your Ethereum endpoint</h2>
          <p className="dim">What this page shows of the chain is as true as the endpoint it asks. Name your own to trust nobody else.</p>
          <label className="field">
            <span>Endpoint</span>
            <input type="url" value={ethereum} onChange={(event) => setEthereum(event.target.value)} placeholder={network.addresses?.ethereum ?? 'http://localhost:8545'} />
          </label>
          <p>
            <button type="submit" className="button main">
              Use it
            </button>
          </p>
          <p role="status">{message}</p>
        </form>
        <section className="card padded" aria-labelledby="now">
          <h2 id="now">In use now</h2>
          <Facts
            facts={[
              ['Ethereum', network.endpoint ? `${network.endpoint}, ${network.chainState}` : 'none'],
              ...network.nodes.map((node, i) => [`Node ${i + 1}`, <NodeLine key={node.url} url={node.url} state={node.state} realms={node.status?.realms} />] as const),
            ]}
          />
        </section>
      </div>
    </>
  );
}

import { useEffect, useState } from 'react';

interface Addresses {
  chainId: number;
  ethereum: string;
  nodes: string[];
  enigma: string;
}

type State = { kind: 'loading' } | { kind: 'failed'; why: string } | { kind: 'loaded'; addresses: Addresses };

/** The network this page was served by. */
export function App() {
  const [state, setState] = useState<State>({ kind: 'loading' });
  useEffect(() => {
    const abort = new AbortController();
    fetch('/addresses.json', { signal: abort.signal })
      .then((answer) => answer.json())
      .then((addresses: Addresses) => setState({ kind: 'loaded', addresses }))
      .catch((problem: unknown) => {
        if (!abort.signal.aborted) setState({ kind: 'failed', why: String(problem) });
      });
    return () => abort.abort();
  }, []);
  return (
    <main>
      <h1>Enigma explorer</h1>
      {state.kind === 'loading' && <p role="status">Asking for the network’s addresses …</p>}
      {state.kind === 'failed' && <p role="alert">No network answers here: {state.why}</p>}
      {state.kind === 'loaded' && (
        <dl>
          <dt>Ethereum</dt>
          <dd>
            {state.addresses.ethereum} (chain {state.addresses.chainId})
          </dd>
          <dt>Enigma</dt>
          <dd>{state.addresses.enigma}</dd>
          {state.addresses.nodes.map((node, i) => [<dt key={node}>Node {i + 1}</dt>, <dd key={node + 1}>{node}</dd>])}
        </dl>
      )}
    </main>
  );
}

import { useRef, useState } from 'react';
import { shortHash } from '../model/format';
import { DEVELOPMENT_ACCOUNTS, type Wallet } from '../network/accounts';
import { reason } from '../network/chain';
import { useAccounts, useNetwork } from './context';
import { Link } from './router';

/** Who is looking: connects the account whose tasks the page shows opened. */
export function AccountButton() {
  const accounts = useAccounts();
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        className={accounts.connected ? 'account-button connected' : 'account-button'}
        onClick={() => dialog.current?.showModal()}
        aria-haspopup="dialog"
      >
        {accounts.connected ? <span className="mono">{shortHash(accounts.connected.address)}</span> : 'Connect'}
        {accounts.connected && <span className="hidden">, your account</span>}
      </button>
      <AccountDialog dialog={dialog} />
    </>
  );
}

export function AccountDialog({ dialog }: { dialog: React.RefObject<HTMLDialogElement | null> }) {
  const accounts = useAccounts();
  const { addresses } = useNetwork();
  const [problem, setProblem] = useState<string>();
  const close = () => dialog.current?.close();
  const connect = async (wallet: Wallet) => {
    setProblem(undefined);
    try {
      await accounts.connect(wallet);
      close();
    } catch (failure) {
      setProblem(`${wallet.name} did not connect: ${reason(failure)}`);
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby="account-title">
      <div className="body">
        <div className="head">
          <h2 id="account-title">{accounts.connected ? 'Your account' : 'Connect your account'}</h2>
          <button type="button" className="button" onClick={close}>
            Close
          </button>
        </div>
        {accounts.connected ? (
          <>
            <p>
              <code className="wrap-anywhere">{accounts.connected.address}</code>
              <br />
              <span className="dim">from {accounts.connected.from}</span>
            </p>
            <div className="pair-of-buttons">
              <Link href={`/addresses/${accounts.connected.address}`} className="button" onClick={close}>
                See what Ethereum tells of it
              </Link>
              <button type="button" className="button" onClick={() => accounts.disconnect()}>
                Disconnect
              </button>
            </div>
          </>
        ) : (
          <>
            <p className="dim">The page then knows which tasks are yours. It signs and sends nothing, and forgets the account when you close it.</p>
            <h3>Browser wallets</h3>
            {accounts.wallets.length === 0 ? (
              <p className="dim small">No wallet has announced itself in this browser (EIP-6963).</p>
            ) : (
              <div className="choice-list">
                {accounts.wallets.map((wallet) => (
                  <button key={wallet.id} type="button" className="choice" onClick={() => void connect(wallet)}>
                    {wallet.name}
                    {wallet.icon && <img src={wallet.icon} alt="" />}
                  </button>
                ))}
              </div>
            )}
            {problem && (
              <p role="alert" className="small bad-text">
                {problem}
              </p>
            )}
            {addresses?.mode !== 'HARDWARE' && (
              <>
                <h3>Development accounts</h3>
                <div className="choice-list">
                  {DEVELOPMENT_ACCOUNTS.map((address, i) => (
                    <button
                      key={address}
                      type="button"
                      className="choice"
                      onClick={() => {
                        accounts.use(address, `development account ${i}`);
                        close();
                      }}
                    >
                      Account {i}
                      <code>{shortHash(address)}</code>
                    </button>
                  ))}
                </div>
              </>
            )}
          </>
        )}
      </div>
    </dialog>
  );
}

/*
 * The sample dApp in a real browser on a real testnet: two people with a wallet each, a wallet that says no, a reload in the
 * middle of a task, and what may never leave the page.
 */
import type { Browser, Page, Route } from 'playwright-core';
import { createWalletClient, http, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults, launch, open, overflows, screenshot, type Watched } from './browser';
import { ETHEREUM, EXPLORER } from './network';

const DAPP = new URL('/dapp/', EXPLORER).href;
const KEYS = process.env['ENIGMA_ACCOUNTS']!.split(',') as Hex[];
const PATIENCE = { timeout: 40_000 };
/** A number that is nowhere else, neither in decimal nor in hexadecimal. */
const FORTUNE = 987_654_321_987n;

let browser: Browser;
const opened: Watched[] = [];

beforeAll(async () => {
  browser = await launch();
});

afterAll(async () => {
  for (const each of opened) await each.context.close();
  await browser?.close();
});

/** Somebody at a browser with a wallet in it. */
interface Visitor extends Watched {
  readonly address: string;
  /** What the wallet was asked to sign or send. */
  readonly asked: string[];
  /** What the wallet's owner answers. */
  answer: 'confirm' | 'decline';
}

/** Opens the dApp in a browser whose wallet announces itself as EIP-6963 says. */
async function visitor(name: string, index: number, hash = ''): Promise<Visitor> {
  const account = privateKeyToAccount(KEYS[index]!);
  const wallet = createWalletClient({ account, transport: http(ETHEREUM) });
  const watched = await open(browser, { width: 1440, height: 900 });
  opened.push(watched);
  const person: Visitor = Object.assign(watched, { address: account.address, asked: [] as string[], answer: 'confirm' as const });

  const request = async (method: string, params: unknown[]): Promise<unknown> => {
    if (method === 'eth_requestAccounts' || method === 'eth_accounts') return [account.address];
    if (method === 'eth_signTypedData_v4' || method === 'eth_sendTransaction') {
      person.asked.push(method);
      if (person.answer === 'decline') throw Object.assign(new Error('User rejected the request.'), { code: 4001 });
      if (method === 'eth_signTypedData_v4') return account.signTypedData(JSON.parse(params[1] as string));
      const { to, data, gas } = params[0] as { to: Hex; data: Hex; gas?: Hex };
      return wallet.sendTransaction({ to, data, ...(gas ? { gas: BigInt(gas) } : {}), chain: null });
    }
    return wallet.request({ method, params } as never);
  };
  await watched.context.exposeFunction('walletRequest', async (method: string, params: unknown[]) => {
    try {
      return { result: await request(method, params) };
    } catch (problem) {
      const { code = -32603, message } = problem as { code?: number; message: string };
      return { error: { code, message } };
    }
  });
  await watched.context.addInitScript((walletName: string) => {
    const provider = {
      request: async ({ method, params = [] }: { method: string; params?: unknown[] }) => {
        const ask = (window as unknown as { walletRequest(m: string, p: unknown[]): Promise<{ result?: unknown; error?: object }> }).walletRequest;
        const { result, error } = await ask(method, params);
        if (error) throw Object.assign(new Error((error as Error).message), error);
        return result;
      },
      on: () => {},
      removeListener: () => {},
    };
    const info = { uuid: crypto.randomUUID(), name: walletName, icon: 'data:,', rdns: 'test.wallet' };
    const announce = () =>
      window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }));
    window.addEventListener('eip6963:requestProvider', announce);
  }, name);
  await watched.page.goto(DAPP + hash);
  return person;
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

async function connect(person: Visitor, name: string): Promise<void> {
  await button(person.page, name).click(PATIENCE);
  await person.page.getByText('You are').waitFor(PATIENCE);
}

async function submit(person: Visitor, fortune: bigint): Promise<void> {
  await person.page.getByLabel('Your fortune').fill(String(fortune), PATIENCE);
  await button(person.page, 'Submit it sealed').click(PATIENCE);
}

/** Waits until all the tasks on the page are final, and there are that many. */
async function final(person: Visitor, tasks: number): Promise<void> {
  await person.page.waitForFunction(
    (count) => {
      const lines = [...document.querySelectorAll('.tasks > li')];
      return lines.length === count && lines.every((line) => line.querySelectorAll('.reached').length === 4);
    },
    tasks,
    PATIENCE,
  );
}

async function inspect(person: Visitor, name: string): Promise<void> {
  const { page } = person;
  for (const colours of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' });
    for (const [width, height] of [[360, 780], [768, 1024], [1440, 900]] as const) {
      await page.setViewportSize({ width, height });
      expect(await overflows(page), `${name} is wider than ${width} px`).toBe(false);
      await screenshot(page, `dapp-${name}-${width}-${colours}`);
    }
    expect(await accessibilityFaults(page), `${name}, ${colours}`).toEqual([]);
  }
}

describe('the sample dApp', () => {
  let alice: Visitor;
  let bob: Visitor;

  it('offers the wallets of the browser, and says where it is', async () => {
    alice = await visitor('Wallet of Alice', 8);
    await button(alice.page, 'Wallet of Alice').waitFor(PATIENCE);
    await inspect(alice, 'start');
    await connect(alice, 'Wallet of Alice');
    await alice.page.getByText('simulated enclaves').waitFor();
  });

  it('tells a declined signature from a fault, and goes on after it', async () => {
    alice.answer = 'decline';
    await button(alice.page, 'Open a new round').click();
    await alice.page.getByText('SIGNATURE_DECLINED').waitFor(PATIENCE);
    await inspect(alice, 'declined');
    alice.answer = 'confirm';
    await button(alice.page, 'Open a new round').click();
    await alice.page.getByLabel('Your fortune').waitFor(PATIENCE);
    expect(await alice.page.getByText('SIGNATURE_DECLINED').count()).toBe(0);
    expect(new URL(alice.page.url()).hash).toMatch(/^#0x[0-9a-fA-F]{40},0x[0-9a-fA-F]{64}$/);
  });

  it('lets two people compare fortunes that nobody sees', async () => {
    await submit(alice, FORTUNE);
    await final(alice, 2);
    bob = await visitor('Wallet of Bob', 9, new URL(alice.page.url()).hash);
    await connect(bob, 'Wallet of Bob');
    await submit(bob, FORTUNE + 1n);
    await final(bob, 1);

    await button(bob.page, 'Ask who is richest').click();
    await bob.page.getByText('— you!').waitFor(PATIENCE);
    await button(alice.page, 'Ask who is richest').click();
    await alice.page.locator(`.answer code[title="${bob.address}"]`).waitFor(PATIENCE);
    expect(await alice.page.getByText('— you!').count()).toBe(0);
    await inspect(bob, 'played');
  });

  it('goes on with a task after a reload in the middle of it', async () => {
    // Nobody tells the page what becomes of the task, so that it is still under way when the page goes.
    const silent = (route: Route) => (route.request().postData()?.includes('enigma_getTask') ? undefined : route.fallback());
    await bob.page.route('**/*', silent);
    await submit(bob, FORTUNE + 2n);
    await bob.page.locator('.tasks > li').nth(1).waitFor(PATIENCE);
    await bob.page.unroute('**/*', silent);
    await bob.page.reload();
    await connect(bob, 'Wallet of Bob');
    await bob.page.getByText('submit(uint256), from before').waitFor(PATIENCE);
    await final(bob, 1);
    await inspect(bob, 'resumed');
  });

  it('asks the wallet once when the page may sign for an hour, also after a reload', async () => {
    await button(bob.page, 'Let this page sign for an hour').click();
    await button(bob.page, 'This page signs for an hour').waitFor(PATIENCE);
    bob.asked.length = 0;
    await submit(bob, FORTUNE + 3n);
    await final(bob, 2);
    await bob.page.reload();
    await connect(bob, 'Wallet of Bob');
    await button(bob.page, 'This page signs for an hour').waitFor(PATIENCE);
    await submit(bob, FORTUNE + 4n);
    await final(bob, 1);
    expect(bob.asked).toEqual([]);
  });

  it('sends no plaintext, asks no other machine and writes no error', () => {
    const bodies = opened.flatMap((each) => each.bodies).join('\n');
    expect(bodies).toContain('enigma_submit');
    for (let i = 0n; i < 5n; i++) {
      expect(bodies).not.toContain(String(FORTUNE + i));
      expect(bodies).not.toContain((FORTUNE + i).toString(16));
    }
    for (const { foreign, errors } of opened) {
      expect(foreign).toEqual([]);
      expect(errors).toEqual([]);
    }
  });
});

describe('without a network', () => {
  it('the page says what is missing', async () => {
    const watched = await open(browser);
    opened.push(watched);
    await watched.page.route('**/addresses.json', (route) => route.fulfill({ status: 503, body: '{}' }));
    await watched.page.goto(DAPP);
    await watched.page.getByRole('alert').getByText('no network').waitFor(PATIENCE);
    expect(await accessibilityFaults(watched.page)).toEqual([]);
    await screenshot(watched.page, 'dapp-no-network');
  });
});

/*
 * Somebody at a browser with a wallet in it, at the sample dApp: what the tests of the dApp share.
 */
import type { Browser, Page } from 'playwright-core';
import { createWalletClient, http, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { expect } from 'vitest';
import { accessibilityFaults, open, overflows, screenshot, type Watched } from './browser';
import { ETHEREUM, EXPLORER } from './network';

export const DAPP = new URL('/dapp/', EXPLORER).href;
export const PATIENCE = { timeout: 120_000 };
const KEYS = process.env['ENIGMA_ACCOUNTS']!.split(',') as Hex[];

/** Somebody at a browser with a wallet in it. */
export interface Visitor extends Watched {
  readonly address: string;
  /** What the wallet was asked to sign or send. */
  readonly asked: string[];
  /** What the wallet's owner answers. */
  answer: 'confirm' | 'decline';
}

/** Opens the dApp in a browser whose wallet announces itself as EIP-6963 says, and adds it to what is open. */
export async function visitor(browser: Browser, opened: Watched[], name: string, index: number, hash = ''): Promise<Visitor> {
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

export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

export async function connect(person: Visitor, name: string): Promise<void> {
  await button(person.page, name).click(PATIENCE);
  await person.page.getByText('You are').waitFor(PATIENCE);
}

export async function submit(person: Visitor, fortune: bigint): Promise<void> {
  await person.page.getByLabel('Your fortune').fill(String(fortune), PATIENCE);
  await button(person.page, 'Submit it sealed').click(PATIENCE);
}

/** Waits until all the tasks on the page are final, and there are that many. */
export async function final(person: Visitor, tasks: number, patience = PATIENCE): Promise<void> {
  await person.page.waitForFunction(
    (count) => {
      const lines = [...document.querySelectorAll('.tasks > li')];
      return lines.length === count && lines.every((line) => line.querySelectorAll('.reached').length === 4);
    },
    tasks,
    patience,
  );
}

export async function inspect(person: Watched, name: string): Promise<void> {
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

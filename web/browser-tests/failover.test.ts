/*
 * A worker is stopped in the middle of a task that somebody sent from the sample dApp: what the page and the explorer say
 * meanwhile, and that the result comes. Needs a network whose workers can be stopped: BrowserFailoverTest in acceptance starts it.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults, launch, open, overflows, screenshot, type Watched } from './browser';
import { EXPLORER, NODES } from './network';
import { button, connect, DAPP, final, inspect, PATIENCE, submit, visitor, type Visitor } from './visitor';

const SWITCH = process.env['ENIGMA_WORKER_SWITCH'];
const FORTUNE = 314_159_265_358n;
/** A turn lasts twenty seconds here, and challenge, run and commit come on top. */
const FAILOVER = { timeout: 240_000 };

let browser: Browser;
let alice: Visitor;
let onlooker: Watched;
const opened: Watched[] = [];

beforeAll(async () => {
  browser = await launch();
});

afterAll(async () => {
  for (const each of opened) await each.context.close();
  await browser?.close();
});

async function press(what: 'arm' | 'kill' | 'restart', worker: number): Promise<void> {
  const answer = await fetch(`${SWITCH}/${what}/${worker}`, { method: 'POST' });
  expect(answer.status, await answer.text()).toBe(200);
}

async function ask<T>(node: string, method: string, params: readonly unknown[]): Promise<T> {
  const answer = await fetch(node, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });
  return ((await answer.json()) as { result: T }).result;
}

/** The number of the worker that holds the round's realm, and its node's place in the list. */
async function holder(page: Page): Promise<{ worker: number; node: number }> {
  const realm = new URL(page.url()).hash.split(',')[1];
  const { holder: found } = await ask<{ holder: { worker: string; enclave: string } }>(NODES[0]!, 'enigma_getRealm', [{ realm }]);
  const statuses = await Promise.all(NODES.map((node) => ask<{ enclave: string }>(node, 'enigma_status', [])));
  const node = statuses.findIndex(({ enclave }) => enclave.toLowerCase() === found.enclave.toLowerCase());
  expect(node).toBeGreaterThanOrEqual(0);
  return { worker: Number(found.worker), node };
}

/** Pictures of a page of the explorer in what state it is now: quickly, it changes. */
async function pictures(watched: Watched, name: string): Promise<void> {
  for (const colours of ['light', 'dark'] as const) {
    await watched.page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' });
    for (const [width, height] of [[360, 780], [768, 1024], [1440, 900]] as const) {
      await watched.page.setViewportSize({ width, height });
      expect(await overflows(watched.page), `${name} is wider than ${width} px`).toBe(false);
      await screenshot(watched.page, `${name}-${width}-${colours}`);
    }
  }
}

describe.runIf(SWITCH)('a worker that is stopped in the middle of a task', () => {
  let stopped: { worker: number; node: number };

  it('leaves the task under way, and the page says so', async () => {
    alice = await visitor(browser, opened, 'Wallet of Alice', 8);
    await connect(alice, 'Wallet of Alice');
    await button(alice.page, 'Open a new round').click(PATIENCE);
    await final(alice, 1);
    stopped = await holder(alice.page);

    await press('arm', stopped.node);
    await submit(alice, FORTUNE);
    const line = alice.page.locator('.tasks > li').filter({ hasText: 'your fortune' });
    await line.waitFor(PATIENCE);
    const taskId = (await line.locator('code').first().getAttribute('title'))!;
    // Open before anything happens: what the page says lasts as long as the next worker's turn is awaited.
    const realm = new URL(alice.page.url()).hash.split(',')[1];
    onlooker = await open(browser);
    opened.push(onlooker);
    await onlooker.page.goto(`${EXPLORER}/realms/${realm}/tasks/${taskId}`);
    await onlooker.page.getByRole('heading', { level: 1, name: /^Task/ }).waitFor(PATIENCE);
    await press('kill', stopped.node);

    await line.getByRole('status').getByText(`Worker ${stopped.worker} has not given the result yet.`).waitFor(PATIENCE);
    await line.getByRole('status').getByText('The order is kept by other workers too.').waitFor(PATIENCE);
    expect(await line.locator('.reached').count()).toBe(1);
  });

  it('is told when the next worker’s turn comes', async () => {
    const status = alice.page.locator('.tasks > li').first().getByRole('status');
    await status.getByText(`Worker ${stopped.worker} has fallen silent`).waitFor(FAILOVER);
    await status.getByText(/worker \d takes over at block \d+, \d+ blocks? from now/).waitFor(FAILOVER);
    await onlooker.page.getByText(new RegExp(`Worker ${stopped.worker} has fallen silent`)).waitFor(PATIENCE);
    await onlooker.page.getByRole('status').getByText(/does not answer/).waitFor(PATIENCE);
    await pictures(onlooker, 'task-silent-worker');
    await inspect(alice, 'silent-worker');
  });

  it('the next worker brings the result, and the explorer shows who took over', async () => {
    await final(alice, 2, FAILOVER);
    await expect.poll(() => alice.page.locator('.tasks > li').first().getByRole('status').textContent()).toBe('');
    await button(alice.page, 'Ask who is richest').click();
    await alice.page.getByText('— you!').waitFor(PATIENCE);
    const now = await ask<{ holder: { worker: string } }>(NODES.find((_, i) => i !== stopped.node)!, 'enigma_getRealm', [
      { realm: new URL(alice.page.url()).hash.split(',')[1] },
    ]);
    expect(Number(now.holder.worker)).not.toBe(stopped.worker);

    const told = onlooker.page.getByText(`Worker ${Number(now.holder.worker)} took over from worker ${stopped.worker}`).first();
    await told.waitFor(PATIENCE).catch(async (problem: Error) => {
      throw new Error(`${problem.message}\n${await onlooker.page.locator('main').innerText()}`);
    });
    expect(await accessibilityFaults(onlooker.page)).toEqual([]);
    await pictures(onlooker, 'task-taken-over');
    await onlooker.page.getByRole('navigation', { name: 'Path' }).getByRole('link', { name: /^Realm 0x/ }).click();
    await onlooker.page.getByRole('table', { name: 'Take-overs and challenges' }).getByText(/took over from/).waitFor(PATIENCE);
    await pictures(onlooker, 'realm-taken-over');
  });

  it('costs nothing twice: the worker comes back, and the page goes on', async () => {
    await press('restart', stopped.node);
    await submit(alice, FORTUNE + 1n);
    await final(alice, 3, FAILOVER);
    for (const { foreign, bodies } of opened) {
      expect(foreign).toEqual([]);
      expect(bodies.join()).not.toContain(FORTUNE.toString(16));
    }
  });

  it('is no news to a page that is opened afterwards', async () => {
    const bob = await visitor(browser, opened, 'Wallet of Bob', 9, new URL(alice.page.url()).hash);
    expect(bob.page.url()).toContain(DAPP);
    await connect(bob, 'Wallet of Bob');
    await submit(bob, FORTUNE + 2n);
    await final(bob, 1, FAILOVER);
  });
});

/*
 * The sample dApp in a real browser on a real testnet: two people with a wallet each, a wallet that says no, a reload in the
 * middle of a task, and what may never leave the page.
 */
import type { Browser, Route, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, open, type Watched } from './browser';
import { button, connect, DAPP, final, inspect, PATIENCE, submit, visitor, type Visitor } from './visitor';

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

describe('the sample dApp', () => {
  let alice: Visitor;
  let bob: Visitor;

  it('offers the wallets of the browser, and says where it is', async () => {
    alice = await visitor(browser, opened, 'Wallet of Alice', 8);
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
    bob = await visitor(browser, opened, 'Wallet of Bob', 9, new URL(alice.page.url()).hash);
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
    let told = false;
    await bob.page.routeWebSocket(/./, (page: WebSocketRoute) => {
      const node = page.connectToServer();
      page.onMessage((text) => (bob.bodies.push(String(text)), node.send(text)));
      node.onMessage((text) => told && page.send(text));
    });
    await bob.page.route('**/*', silent);
    await submit(bob, FORTUNE + 2n);
    await bob.page.locator('.tasks > li').nth(1).waitFor(PATIENCE);
    await bob.page.unroute('**/*', silent);
    told = true;
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
    await watched.page.getByRole('alert').getByText('Start one with enigma testnet').waitFor(PATIENCE);
    await inspect(watched, 'no-network');
  });

  it('the page says that it looks for one', async () => {
    const watched = await open(browser);
    opened.push(watched);
    let go = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    await watched.page.route('**/addresses.json', async (route) => {
      await held;
      await route.continue();
    });
    await watched.page.goto(DAPP);
    await watched.page.getByRole('status').getByText('Looking for the network').waitFor(PATIENCE);
    await inspect(watched, 'loading');
    go();
    await button(watched.page, 'Development account 1').waitFor(PATIENCE);
  });
});

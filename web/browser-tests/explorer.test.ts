/*
 * The explorer in a real browser on a real testnet: every page in every state, by keyboard, by a wallet, and what it may never do.
 * The first tests see the network empty; then the demo fills it.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults, launch, open, overflows, screenshot, type Watched } from './browser';
import { enigma, ETHEREUM, EXPLORER, keptRecords, NODES } from './network';

const WIDTHS = [
  [360, 780],
  [768, 1024],
  [1440, 900],
] as const;
const COLOURS = ['light', 'dark'] as const;

let browser: Browser;
const opened: Watched[] = [];

beforeAll(async () => {
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
});

afterEach(async () => {
  for (const each of opened.splice(0)) await each.context.close();
});

/** Opens a page of the explorer in a fresh profile. */
async function visit(path: string, status = 200): Promise<Watched> {
  const watched = await open(browser);
  opened.push(watched);
  const answer = await watched.page.goto(EXPLORER + path);
  expect(answer?.status(), path).toBe(status);
  return watched;
}

const heading = (page: Page, text: string | RegExp) => page.getByRole('heading', { level: 1, name: text }).waitFor();

/** The page is ready when the chain is read and no part of it still loads. */
async function settled(page: Page): Promise<void> {
  await page.getByText(/^Block [\d ]+, (live|asked)/).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.bone').length === 0);
}

/** What must hold of a page in every state, and its pictures. */
async function inspect(watched: Watched, name: string, expectErrors = false): Promise<void> {
  const { page } = watched;
  for (const colours of COLOURS) {
    await page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' });
    for (const [width, height] of WIDTHS) {
      await page.setViewportSize({ width, height });
      expect(await overflows(page), `${name} is wider than ${width} px`).toBe(false);
      await screenshot(page, `${name}-${width}-${colours}`);
    }
    expect(await accessibilityFaults(page), `${name}, ${colours}`).toEqual([]);
  }
  expect(watched.foreign, `${name} asked another host`).toEqual([]);
  if (!expectErrors) expect(watched.errors, `${name} wrote errors`).toEqual([]);
}

// -------------------------------------------------------------------------------------------------------- before anything

describe('a network in which nothing has happened', () => {
  it.each([
    ['/', 'What the network is doing', 'overview-empty', 'Nobody has sent a task yet'],
    ['/realms', 'Realms', 'realms-empty', 'No realm has been opened'],
    ['/tasks', 'Tasks', 'tasks-empty', 'Nobody has sent a task yet'],
    ['/epochs', 'Epochs, and who was drawn', 'epochs-empty', 'No realm has been drawn yet'],
  ])('%s says what will be here, and how to make it happen', async (path, title, name, words) => {
    const watched = await visit(path);
    await heading(watched.page, title);
    await settled(watched.page);
    await watched.page.getByText(words).waitFor();
    expect(await watched.page.getByText('./enigma demo millionaires').count()).toBe(1);
    await inspect(watched, name);
  });
});

describe('states in which something is missing', () => {
  it('looks for the network', async () => {
    const watched = await open(browser);
    opened.push(watched);
    let go = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    await watched.page.route('**/addresses.json', async (route) => {
      await held;
      await route.continue();
    });
    await watched.page.goto(EXPLORER);
    await heading(watched.page, 'Looking for the network');
    await inspect(watched, 'loading');
    go();
    await heading(watched.page, 'What the network is doing');
  });

  it('says that no network answers, and finds it when it does', async () => {
    const watched = await open(browser);
    opened.push(watched);
    await watched.page.route('**/addresses.json', (route) => route.fulfill({ status: 503, body: '{}' }));
    await watched.page.goto(EXPLORER);
    await watched.page.getByText('the page’s server answers 503').waitFor();
    await inspect(watched, 'no-network', true);
    await watched.page.unroute('**/addresses.json');
    await watched.page.getByRole('button', { name: 'Try again' }).click();
    await heading(watched.page, 'What the network is doing');
  });

  it('reads the chain', async () => {
    const watched = await open(browser);
    opened.push(watched);
    let go = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    await watched.page.route(`${ETHEREUM}/`, async (route) => {
      await held;
      await route.continue();
    });
    await watched.page.goto(`${EXPLORER}/workers`);
    await heading(watched.page, 'Reading the chain');
    await inspect(watched, 'loading-chain');
    go();
    await heading(watched.page, 'Workers');
  });

  it('says that the chain does not answer, and goes on when it does', async () => {
    const watched = await open(browser);
    opened.push(watched);
    await watched.page.route(`${ETHEREUM}/`, (route) => route.abort());
    await watched.page.goto(`${EXPLORER}/workers`);
    await heading(watched.page, 'The chain does not answer');
    await inspect(watched, 'no-chain', true);
    await watched.page.unroute(`${ETHEREUM}/`);
    await heading(watched.page, 'Workers');
  });

  it('says that no node answers', async () => {
    const watched = await open(browser);
    opened.push(watched);
    for (const node of NODES) await watched.page.routeWebSocket(`${node.replace('http', 'ws')}/ws`, (socket) => socket.close());
    await watched.page.goto(EXPLORER);
    await watched.page.getByText(/^No node answers/).waitFor();
    await settled(watched.page);
    await watched.page.getByText('No task was posted on Ethereum').waitFor();
    await inspect(watched, 'no-nodes', true);
  });

  it('knows that a page does not exist', async () => {
    const watched = await visit('/nonsense', 404);
    await heading(watched.page, 'There is no such page');
    await inspect(watched, 'unknown-page', true);
  });
});

// ------------------------------------------------------------------------------------------------------------------- full

describe('a network in which people work', () => {
  let asked: ReturnType<typeof keptRecords>[number];
  let posted: ReturnType<typeof keptRecords>[number];

  beforeAll(async () => {
    await enigma('demo', 'millionaires');
    await enigma('call', 'Millionaires', 'submit', '123456', '--account', '5', '--post');
    const records = keptRecords();
    asked = records.find((record) => record.signature.startsWith('announceRichest'))!;
    posted = records.find((record) => record.sender === '0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc')!;
  });

  it.each([
    ['/', 'What the network is doing', 'overview'],
    ['/workers', 'Workers', 'workers'],
    ['/workers/1', 'Worker 1', 'worker'],
    ['/epochs', 'Epochs, and who was drawn', 'epochs'],
    ['/epochs/1', 'Epoch 1', 'epoch'],
    ['/realms', 'Realms', 'realms'],
    ['/tasks', 'Tasks', 'tasks'],
    ['/blocks/30', 'Block 30', 'block'],
    ['/addresses/0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc', /^Address/, 'address'],
    ['/search?for=0x1234', 'Search', 'search-nothing'],
    ['/settings', 'Settings', 'settings'],
  ])('%s', async (path, title, name) => {
    const watched = await visit(path);
    await heading(watched.page, title);
    await settled(watched.page);
    await inspect(watched, name);
  });

  it('a realm, with the draw of its worker made again', async () => {
    const watched = await visit(`/realms/${asked.realm}`);
    await heading(watched.page, /^Realm/);
    await settled(watched.page);
    await watched.page.getByText('made again here: same result').waitFor();
    await watched.page.getByText(/^Every pick/).click();
    await expect.poll(() => watched.page.getByRole('row', { name: /Pick 0 .*holds the realm/ }).count()).toBe(1);
    await inspect(watched, 'realm');
  });

  it('every draw of the network comes out the same', async () => {
    const { page } = await visit('/epochs');
    await page.getByText('same result').first().waitFor();
    expect(await page.getByText('differs', { exact: true }).count()).toBe(0);
  });

  it('the three logs side by side, live, with filters', async () => {
    const watched = await visit('/logs');
    const { page } = watched;
    for (const name of ['chain', 'enclave', 'host']) {
      await page.getByRole('region', { name: `Lines of the ${name} log` }).getByRole('listitem').first().waitFor();
    }
    const chain = page.getByRole('region', { name: 'Lines of the chain log' });
    const last = await chain.getByRole('listitem').last().textContent();
    await expect.poll(() => chain.getByRole('listitem').last().textContent()).not.toBe(last);
    await inspect(watched, 'logs');
    await page.getByLabel('Only lines with').fill(asked.realm);
    const host = page.getByRole('region', { name: 'Lines of the host log' });
    await expect.poll(() => host.getByRole('listitem').filter({ hasNotText: asked.realm }).count()).toBe(0);
    await host.getByRole('listitem').filter({ hasText: asked.realm }).first().waitFor();
    await page.getByLabel('Only lines with').fill('no line has this');
    await host.getByText('No line fits the filter.').waitFor();
  });

  // ------------------------------------------------------------------------------------------------- what who sees

  it('a posted task: five steps, its order and sealed input, its receipt checked', async () => {
    const watched = await visit(`/realms/${posted.realm}/tasks/${posted.taskId}`);
    const { page } = watched;
    await heading(page, /^Task/);
    await page.getByText('leads to the root on Ethereum').waitFor();
    await settled(page);
    expect(await page.getByRole('list').filter({ hasText: 'Sealed and signed' }).getByRole('listitem').count()).toBe(5);
    await page.getByRole('region', { name: 'Sealed input' }).waitFor();
    await page.getByRole('region', { name: 'Sealed result' }).waitFor();
    expect(await page.locator('body').textContent()).not.toContain('submit(');
    await inspect(watched, 'task-everyone');
  });

  it('a direct task: what everyone sees beside what its sender sees', async () => {
    const watched = await visit(`/realms/${asked.realm}/tasks/${asked.taskId}`);
    const { page } = watched;
    await settled(page);
    await page.getByText('not shown; one of those charged for the batch').waitFor();
    expect(await page.locator('main').textContent()).not.toContain('announceRichest');

    await page.locator('main').getByRole('button', { name: 'Connect an account' }).click();
    const dialog = page.locator('main dialog[open]');
    await dialog.getByRole('button', { name: /^Account 4/ }).click();
    await page.getByLabel('Record of the task').setInputFiles(posted.file);
    await page.getByText(/belongs to another task/).waitFor();
    await page.getByLabel('Record of the task').setInputFiles(asked.file);
    await page.getByText('Opened in this page with the key that only the sender has.').waitFor();
    const answer = page.locator('.answer');
    expect(await answer.textContent()).toContain('announceRichest(address)');
    expect((await answer.textContent())?.toLowerCase()).toContain('0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc');
    await settled(page);
    await inspect(watched, 'task-opened');

    for (const body of watched.bodies) expect(body).not.toContain(asked.secret);
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }));
    expect(kept).not.toContain(asked.secret);
    await page.reload();
    await page.getByText('Nothing more than everyone').waitFor();
  });

  it('what the sample dApp kept opens here, once its account is connected', async () => {
    const watched = await visit('/dapp/');
    const { page } = watched;
    await page.getByRole('button', { name: 'Development account 1' }).click();
    await page.getByRole('button', { name: 'Open a new round' }).click();
    await page.getByLabel('Your fortune').waitFor({ timeout: 120_000 });
    await page.getByLabel('Your fortune').fill('987654');
    await page.getByRole('button', { name: 'Submit it sealed' }).click();
    const line = page.locator('.tasks > li').filter({ hasText: 'your fortune' });
    await line.getByText(': FINAL').waitFor({ state: 'attached', timeout: 120_000 });
    const taskId = (await line.locator('code').getAttribute('title'))!;
    for (const body of watched.bodies) expect(body).not.toContain((987_654).toString(16).padStart(64, '0'));

    await page.goto(`${EXPLORER}/search?for=${taskId}`);
    await heading(page, /^Task/);
    await page.getByText('Nothing more than everyone').waitFor();
    await page.locator('main').getByRole('button', { name: 'Connect an account' }).click();
    await page.locator('main dialog[open]').getByRole('button', { name: /^Account 1/ }).click();
    await page.getByText('Opened in this page with the key that only the sender has.').waitFor();
    expect(await page.locator('.answer').textContent()).toContain('submit(uint256)');
    expect(watched.foreign).toEqual([]);
  });

  it('somebody else’s account sees what everyone sees', async () => {
    const { page } = await visit(`/realms/${posted.realm}/tasks/${posted.taskId}`);
    await page.getByRole('banner').getByRole('button', { name: 'Connect' }).click();
    await page.locator('header dialog[open]').getByRole('button', { name: /^Account 7/ }).click();
    await page.getByText(/This task belongs to 0x996550…A4dc/i).waitFor();
    expect(await page.getByLabel('Record of the task').count()).toBe(0);
  });

  // ----------------------------------------------------------------------------------------------------- wallets

  const wallet = (name: string, refuses: boolean) => `
    const provider = { request: async ({ method }) => {
      if (${refuses}) throw Object.assign(new Error('User rejected the request.'), { code: 4001 });
      if (method === 'eth_requestAccounts') return ['0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc'];
      throw new Error('the page asked for ' + method);
    } };
    const announce = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({
      info: { uuid: '${name}', name: '${name}', icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>', rdns: 'test' }, provider }) }));
    window.addEventListener('eip6963:requestProvider', announce); announce();`;

  it('a browser wallet connects, or says no', async () => {
    const watched = await open(browser);
    opened.push(watched);
    const { page } = watched;
    await page.addInitScript(wallet('Good Wallet', false));
    await page.addInitScript(wallet('Shy Wallet', true));
    await page.goto(`${EXPLORER}/tasks`);
    await settled(page);
    await page.getByRole('banner').getByRole('button', { name: 'Connect' }).click();
    const dialog = page.locator('header dialog[open]');
    await dialog.getByRole('button', { name: 'Shy Wallet' }).click();
    await dialog.getByText('Shy Wallet did not connect: User rejected the request.').waitFor();
    await inspect(watched, 'connect-refused');
    await dialog.getByRole('button', { name: 'Good Wallet' }).click();
    await page.getByRole('button', { name: /0x996550…A4dc/ }).waitFor();
    await page.getByText('yours', { exact: true }).first().waitFor();
    expect(watched.errors).toEqual([]);
  });

  // -------------------------------------------------------------------------------------------- keyboard and search

  const focused = (page: Page) => page.evaluate(() => (document.activeElement as HTMLElement | null)?.innerText?.trim() || document.activeElement?.getAttribute('aria-label') || document.activeElement?.id || '');

  async function tabTo(page: Page, name: RegExp): Promise<void> {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      if (name.test(await focused(page))) return;
    }
    throw new Error(`no way by keyboard to ${name}`);
  }

  it('a whole journey by keyboard alone', async () => {
    const { page } = await visit('/');
    await settled(page);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await tabTo(page, /^All tasks$|^0x/);
    await page.keyboard.press('/');
    expect(await focused(page)).toMatch(/^Search by/);
    await page.keyboard.type(posted.taskId);
    await page.keyboard.press('Enter');
    await heading(page, /^Task/);
    await expect.poll(() => focused(page)).toMatch(/^Task/);
    await settled(page);
    await tabTo(page, /^Connect an account$/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^Account 5/);
    await page.keyboard.press('Enter');
    await page.getByLabel('Record of the task').waitFor();
    await page.getByRole('banner').getByRole('button', { name: /0x996550…A4dc/ }).focus();
    await page.keyboard.press('Enter');
    await tabTo(page, /^Disconnect$/);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog[open]').count()).toBe(0);
  });

  it('is read out as what it is, on a phone too', async () => {
    const { page } = await visit(`/realms/${posted.realm}/tasks/${posted.taskId}`);
    await page.setViewportSize({ width: 360, height: 780 });
    await settled(page);
    for (const landmark of ['banner', 'main', 'contentinfo'] as const) expect(await page.getByRole(landmark).count()).toBe(1);
    const steps = () => page.getByRole('list').filter({ hasText: 'Sealed and signed' }).ariaSnapshot();
    await expect.poll(async () => (await steps()).match(/heading "[^"]+, done" \[level=3\]/g)).toHaveLength(5);
    const levels = await page.getByRole('heading').evaluateAll((found) => found.map((each) => Number(each.tagName[1])));
    expect(levels[0]).toBe(1);

    await page.goto(`${EXPLORER}/tasks`);
    await settled(page);
    // Rows look like cards here, and are still rows of a table.
    const table = page.getByRole('table', { name: 'Tasks' });
    for (const column of ['Task', 'Realm', 'Stage', 'Outcome', 'When']) expect(await table.getByRole('columnheader', { name: column, exact: true }).count()).toBe(1);
    const row = table.getByRole('row').nth(1);
    expect(await row.getByRole('rowheader').count()).toBe(1);
    await expect.poll(() => row.getByRole('cell', { name: /^(COMMITTED|FINAL)$/ }).count()).toBe(1);
    await expect.poll(() => page.getByRole('status').filter({ hasText: /tasks?$/ }).count()).toBeGreaterThan(0);
  });

  it('finds blocks, workers, addresses, realms, tasks and transactions', async () => {
    const { page } = await visit('/');
    await settled(page);
    const search = async (text: string, title: RegExp) => {
      await page.getByRole('searchbox').or(page.locator('#search')).first().fill(text);
      await page.keyboard.press('Enter');
      await heading(page, title);
    };
    // The first block in which something happened.
    const { number, transaction } = await page.evaluate(async (endpoint) => {
      const call = async (method: string, params: unknown[]) => ((await (await fetch(endpoint, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) })).json()) as { result: { transactions: string[] } }).result;
      for (let block = 1; ; block++) {
        const [first] = (await call('eth_getBlockByNumber', [`0x${block.toString(16)}`, false])).transactions;
        if (first) return { number: block, transaction: first };
      }
    }, ETHEREUM);
    const block = new RegExp(`^Block ${number}$`);
    await search(String(number), block);
    await search('worker 2', /^Worker 2$/);
    await search('0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc', /^Address/);
    await search(asked.realm, /^Realm/);
    await search(asked.taskId, /^Task/);
    await search(transaction, block);
    await search(`0x${'12'.repeat(32)}`, /^Search$/);
    await page.getByText(/^Nothing here is/).waitFor();
  });

  // ---------------------------------------------------------------------------------------------------------- live

  it('a task appears while one looks, and is followed to the end without a reload', async () => {
    const { page } = await visit('/tasks');
    await settled(page);
    const rows = page.getByRole('table', { name: 'Tasks' }).getByRole('row');
    const before = await rows.count();
    const sent = enigma('call', 'Millionaires', 'submit', '5', '--account', '6');
    await expect.poll(() => rows.count(), { timeout: 120_000 }).toBe(before + 1);
    await sent;
    await expect.poll(() => rows.nth(1).textContent()).toMatch(/COMMITTED|FINAL/);
    expect(await rows.nth(1).textContent()).toContain('EXECUTED');
  });

  it('goes on from the address it is given, and back', async () => {
    const { page } = await visit(`/realms/${asked.realm}`);
    await heading(page, /^Realm/);
    await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Workers' }).click();
    await heading(page, 'Workers');
    await page.goBack();
    await heading(page, /^Realm/);
    await expect.poll(() => page.title()).toMatch(/^Realm .* · Enigma explorer$/);
  });

  it('an endpoint outside of this machine is refused, another one here is used', async () => {
    const watched = await visit('/settings');
    const { page } = watched;
    await page.getByLabel('Endpoint').fill('https://rpc.example');
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByText(/may talk to this machine only/).waitFor();
    await page.getByLabel('Endpoint').fill(ETHEREUM.replace('127.0.0.1', 'localhost'));
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByText(/The chain is read from http:\/\/localhost/).waitFor();
    await page.getByText(/^Block [\d ]+, (live|asked)/).waitFor();
    expect(watched.foreign).toEqual([]);
  });

  it('the policy stops scripts in the page and calls to other hosts', async () => {
    const watched = await visit('/');
    const { page } = watched;
    await settled(page);
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      const inline = (() => {
        try {
          script.append('window.broken = true');
          document.head.append(script);
        } catch {
          return false;
        }
        return 'broken' in window;
      })();
      const called = await fetch('https://example.com/').then(
        () => true,
        () => false,
      );
      return { inline, called };
    });
    expect(ran).toEqual({ inline: false, called: false });
    expect(watched.foreign).toEqual([]);
  });
});

/*
 * One browser for all page tests: which one, how it starts, and what no page may do. Used by the tests of the explorer and of
 * sample dApps.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import sparticuz from '@sparticuz/chromium';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

/** Where screenshots go: the build's output. */
export const SCREENS = resolve(process.env['ENIGMA_SCREENS'] ?? join(import.meta.dirname, '../target/screens'));

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--hide-scrollbars',
];

const TARGET = resolve(import.meta.dirname, '../target');

/** Limits are generous: a machine may be slow and busy. What is there at once is seen at once all the same. */
const LIMIT = 90_000;

/**
 * The Chromium of the npm packages, unpacked into the build's output. It appears there as a whole or not at all: the package
 * itself would unpack into the folder of temporary files that all users of the machine share, and take what it finds there.
 */
async function unpacked(): Promise<string> {
  const manifest = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../../package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const folder = join(TARGET, `chromium-${version}`);
  const program = join(folder, 'chromium');
  if (existsSync(program)) return program;
  await mkdir(TARGET, { recursive: true });
  const fresh = await mkdtemp(join(TARGET, 'chromium-unpacking-'));
  const temporary = process.env['TMPDIR'];
  try {
    process.env['TMPDIR'] = fresh;
    await sparticuz.executablePath();
    await rename(fresh, folder).catch((problem: unknown) => {
      // Another run was faster.
      if (!existsSync(program)) throw problem;
    });
  } finally {
    if (temporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temporary;
    await rm(fresh, { recursive: true, force: true });
  }
  return program;
}

/** Starts Chromium: the one named by CHROMIUM, the system's, or the one that came with the npm packages. */
export async function launch(): Promise<Browser> {
  const own = [process.env['CHROMIUM'], '/usr/bin/chromium'].find((each) => each && existsSync(each));
  if (own) return chromium.launch({ executablePath: own, args: ARGUMENTS, headless: true, timeout: LIMIT });
  return chromium.launch({
    executablePath: await unpacked(),
    // Not the package's own arguments: they turn off the web security that these tests are about.
    args: [...ARGUMENTS, '--use-gl=angle', '--use-angle=swiftshader'],
    headless: true,
    timeout: LIMIT,
  });
}

/** A page that is watched. */
export interface Watched {
  readonly context: BrowserContext;
  readonly page: Page;
  /** URLs of requests that left this machine, which were stopped. */
  readonly foreign: string[];
  /** What the page wrote as errors to its console, breaches of its policy among them. */
  readonly errors: string[];
  /** Bodies that the page sent. */
  readonly bodies: string[];
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly colours?: 'light' | 'dark';
}

const LOCAL = /^(https?|wss?):\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/|$)|^(data|blob|about):/;

/** Opens an empty page of a fresh profile and watches all it does. */
export async function open(browser: Browser, look: Look = {}): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1280, height: look.height ?? 900 },
    colorScheme: look.colours ?? 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  const foreign: string[] = [];
  const errors: string[] = [];
  const bodies: string[] = [];
  await context.route(
    (url) => !LOCAL.test(url.href),
    (route) => {
      foreign.push(route.request().url());
      return route.abort();
    },
  );
  context.setDefaultTimeout(LIMIT);
  const page = await context.newPage();
  page.on('request', (request) => {
    const body = request.postData();
    if (body) bodies.push(body);
  });
  page.on('websocket', (socket) => {
    if (!LOCAL.test(socket.url())) foreign.push(socket.url());
    socket.on('framesent', ({ payload }) => bodies.push(String(payload)));
  });
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (problem) => errors.push(String(problem)));
  return { context, page, foreign, errors, bodies };
}

/** What axe-core finds that is serious or worse, in a line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(`${axe.source}; undefined`);
  const found = (await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
  )) as { violations: { id: string; impact: string; help: string; nodes: { target: string[]; failureSummary: string }[] }[] };
  return found.violations
    .filter((each) => each.impact === 'serious' || each.impact === 'critical')
    .map((each) => `${each.id}: ${each.help} (${each.nodes.slice(0, 4).map((node) => node.target.join(' ')).join(' | ')}) ${each.nodes[0]?.failureSummary.slice(0, 300)}`);
}

/** Whether the page is wider than the window. */
export const overflows = (page: Page): Promise<boolean> => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1);

/** Takes a picture of the whole page into the build's output. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(SCREENS, { recursive: true });
  await page.screenshot({ path: join(SCREENS, `${name}.png`), fullPage: true, animations: 'disabled' });
}

/*
 * What a developer sees: the development server of the template deploys the contract on the running network, and does so again
 * when it is saved. The project is a copy, so that saving changes nothing of this checkout.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { createServer, type ViteDevServer } from 'vite';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { launch, open, type Watched } from './browser';

const TEMPLATE = join(import.meta.dirname, '../template-dapp');
const PROJECT = join(import.meta.dirname, '../target/dev-project');
const CONTRACT = join(PROJECT, 'contracts/Millionaires.sol');
const LEFT_OUT = new Set(['node_modules', 'dist', 'generated']);
const PATIENCE = { timeout: 120_000 };
const here = process.cwd();

let server: ViteDevServer;
let browser: Browser;
let developer: Watched;
let url: string;

beforeAll(async () => {
  rmSync(PROJECT, { recursive: true, force: true });
  cpSync(TEMPLATE, PROJECT, { recursive: true, filter: (from) => !relative(TEMPLATE, from).split(sep).some((part) => LEFT_OUT.has(part)) });
  // The plugin runs only outside of vitest, which would load the same configuration.
  vi.stubEnv('VITEST', '');
  process.chdir(PROJECT);
  server = await createServer({ root: PROJECT, configFile: join(PROJECT, 'vite.config.ts'), logLevel: 'silent', server: { port: 0, host: '127.0.0.1' } });
  await server.listen();
  url = `http://127.0.0.1:${(server.httpServer!.address() as { port: number }).port}/`;
  browser = await launch();
  developer = await open(browser);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  process.chdir(here);
  vi.unstubAllEnvs();
  rmSync(PROJECT, { recursive: true, force: true });
});

/** Where the page believes the contract is. */
const deployed = async () => /"address":"(0x[0-9a-fA-F]{40})"/.exec(await (await fetch(`${url}@id/__x00__virtual:enigma`)).text())?.[1];

const save = (change: (source: string) => string) => writeFileSync(CONTRACT, change(readFileSync(CONTRACT, 'utf8')));

it('deploys at the start, so that the page works at once', async () => {
  const { page } = developer;
  await page.goto(url);
  await page.getByRole('button', { name: 'Development account 1' }).click(PATIENCE);
  await page.locator(`code[title="${await deployed()}"]`).waitFor(PATIENCE);
});

it('deploys again when the contract is saved, and the page has the new one', async () => {
  const before = await deployed();
  const reloaded = developer.page.waitForEvent('load', PATIENCE);
  save((source) => source.replace('function count()', 'function howMany() external view returns (uint256) {\n        return people.length;\n    }\n\n    function count()'));
  await reloaded;

  const after = await deployed();
  expect(after).toMatch(/^0x/);
  expect(after).not.toBe(before);
  expect(readFileSync(join(PROJECT, 'src/generated/contract.ts'), 'utf8')).toContain('howMany');
});

it('shows what the compiler says, and goes on when it is mended', async () => {
  save((source) => source.replace('pragma solidity', 'pragma  solidity').replace('uint256 fortune) external {', 'uint256 fortune) external {{'));
  await developer.page.locator('vite-error-overlay').getByText('ParserError').first().waitFor(PATIENCE);

  const reloaded = developer.page.waitForEvent('load', PATIENCE);
  save((source) => source.replace('external {{', 'external {'));
  await reloaded;
  await developer.page.getByRole('button', { name: 'Development account 1' }).waitFor(PATIENCE);
  expect(await developer.page.locator('vite-error-overlay').count()).toBe(0);
});

// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import 'fake-indexeddb/auto';
import { App } from '../src/App';
import { place } from './network';

vi.mock('virtual:enigma', async () => ({ network: (await import('./network')).place(), deployed: undefined }));

const PATIENCE = { timeout: 50_000 };

beforeEach(() => {
  location.hash = '';
});
afterEach(cleanup);

test('a visitor opens a round, submits a fortune and is the richest', async () => {
  expect(place().nodes.length).toBeGreaterThan(0);
  render(<App />);
  fireEvent.click(await screen.findByRole('button', { name: 'Development account 3' }, PATIENCE));
  fireEvent.click(await screen.findByRole('button', { name: 'Open a new round' }, PATIENCE));

  fireEvent.change(await screen.findByLabelText('Your fortune', {}, PATIENCE), { target: { value: '1000000' } });
  const submit = screen.getByRole('button', { name: 'Submit it sealed' });
  await vi.waitFor(() => expect((submit as HTMLButtonElement).disabled).toBe(false), PATIENCE);
  fireEvent.click(submit);
  // The round's own task, and the fortune's.
  await vi.waitFor(() => expect(screen.getAllByText(': FINAL')).toHaveLength(2), PATIENCE);

  const ask = screen.getByRole('button', { name: 'Ask who is richest' });
  await vi.waitFor(() => expect((ask as HTMLButtonElement).disabled).toBe(false), PATIENCE);
  fireEvent.click(ask);
  await screen.findByText('— you!', {}, PATIENCE);
  expect(location.hash).toMatch(/^#0x[0-9a-f]{40},0x[0-9a-f]{64}$/i);
});

import { useSyncExternalStore } from 'react';
import type { Hex } from 'viem';
import type { TaskRecord } from '../model/record';

/** The records the user opened in this page, by task. They hold secrets and are forgotten with the page. */
const records = new Map<string, TaskRecord>();
const listeners = new Set<() => void>();
let version = 0;

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function useRecord(task: Hex): TaskRecord | undefined {
  useSyncExternalStore(subscribe, () => version);
  return records.get(task.toLowerCase());
}

export function keepRecord(task: Hex, record: TaskRecord | undefined): void {
  if (record) records.set(task.toLowerCase(), record);
  else records.delete(task.toLowerCase());
  version++;
  listeners.forEach((listener) => listener());
}

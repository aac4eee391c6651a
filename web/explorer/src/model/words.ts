import { ERROR_CODES } from '@enigma-network/enigma-js';
import type { Happening } from './events';
import { count, eng, plural } from './format';

/** Kinds of trusted machines (rule C1). */
export interface Machine {
  readonly short: string;
  readonly plain: string;
  readonly real: boolean;
}

const MACHINES: readonly Machine[] = [
  {
    short: 'Simulated',
    plain: 'An ordinary process that plays the enclave. It runs the same code, and protects nothing from whoever owns the machine.',
    real: false,
  },
  { short: 'Intel SGX', plain: 'An SGX enclave: its memory is encrypted by the processor, and Intel’s keys vouch for the code in it.', real: true },
  { short: 'Intel TDX', plain: 'A confidential virtual machine: its memory is encrypted by the processor, and Intel’s keys vouch for what it booted.', real: true },
  { short: 'AMD SEV-SNP', plain: 'A confidential virtual machine: its memory is encrypted by the processor, and AMD’s keys vouch for what it booted.', real: true },
];

export function machine(tee: number): Machine {
  return MACHINES[tee] ?? { short: `Unknown (${tee})`, plain: 'A kind of machine this page does not know.', real: false };
}

export const KINDS = ['Deploy', 'Call', 'Upgrade', 'Query', 'Callable'] as const;

export const kindOf = (kind: number): string => KINDS[kind] ?? `Kind ${kind}`;

export const OUTCOMES = ['EXECUTED', 'REFUSED', 'DUPLICATE'] as const;

export const outcomeOf = (outcome: number): string => OUTCOMES[outcome] ?? `outcome ${outcome}`;

const OUTCOME_WORDS: Record<string, string> = {
  EXECUTED: 'The enclave ran it. Whether the call itself succeeded is inside the sealed result.',
  REFUSED: 'The enclave could not run it, for a reason that is no secret.',
  DUPLICATE: 'A copy of an order that ran before; it costs nothing.',
  EXPIRED: 'It was not committed in time. What was reserved is paid back.',
};

export const outcomeWords = (outcome: string): string => OUTCOME_WORDS[outcome] ?? '';

export const suiteOf = (suite: number): string =>
  suite === 0x647a ? 'X-Wing (X25519 and ML-KEM-768)' : suite === 0x0020 ? 'X25519' : suite === 0 ? 'none' : `suite ${suite}`;

/** What an error code, by number, means. */
export function codeWords(code: number): { name: string; explanation: string } | undefined {
  for (const [name, entry] of Object.entries(ERROR_CODES)) {
    if (entry.number === code) return { name, explanation: entry.explanation };
  }
  return undefined;
}

/** One line about an event, without names of realms and workers, which the page links. */
export function eventWords(event: Happening): string {
  switch (event.eventName) {
    case 'NetworkHashFixed':
      return 'The network’s rules were fixed for ever';
    case 'RealmOpened':
      return 'A realm was opened';
    case 'Assigned':
      return `Worker ${event.args.rank0} was drawn for tenure ${event.args.tenure}`;
    case 'KeyAnnounced':
      return `Worker ${event.args.worker} announced the key of tenure ${event.args.tenure}`;
    case 'TaskPosted':
      return `A ${kindOf(event.args.kind).toLowerCase()} was posted${event.args.withEnvelope ? ' with its sealed input' : ''}`;
    case 'TaskSettled':
      return `A posted task was settled: ${outcomeOf(event.args.outcome)}`;
    case 'TaskExpired':
      return `A task expired; ${eng(event.args.refund)} ENG went back`;
    case 'Committed':
      return event.args.kind === 0
        ? `Worker ${event.args.worker} committed ${plural(event.args.count, 'step')}`
        : `Worker ${event.args.worker} committed a snapshot`;
    case 'Skipped':
      return 'A batch was not admitted';
    case 'FailedOver':
      return `Worker ${event.args.to} took over from worker ${event.args.from}`;
    case 'Missed':
      return `Worker ${event.args.worker} missed its turn: ${eng(event.args.fine)} ENG fine`;
    case 'CallbackDone':
      return 'A callback ran in an Ethereum contract';
    case 'CallbackFailed':
      return 'A callback failed';
    case 'Challenged':
      return 'The realm’s worker was challenged to show work';
    case 'ChallengeEnded':
      return 'A challenge ended';
    case 'WorkerRegistered':
      return `Worker ${event.args.worker} was admitted`;
    case 'LoggedIn':
      return `Worker ${event.args.worker} logged in`;
    case 'LoggedOut':
      return `Worker ${event.args.worker} logged out`;
    case 'Evicted':
      return `Worker ${event.args.worker} was evicted`;
    case 'SeatDropped':
      return `Worker ${event.args.worker} gave up a seat`;
    case 'StakeReleased':
      return `Worker ${event.args.worker} got ${eng(event.args.paid)} ENG of stake back`;
    case 'Slashed':
      return `Worker ${event.args.worker} signed two histories and lost ${eng(event.args.burnt)} ENG`;
    case 'Seeded':
      return `Epoch ${event.args.epoch} began with ${plural(event.args.seats, 'seat')}`;
    case 'KeyManagerAdded':
      return 'A key manager was listed';
    case 'KeyManagerRemoved':
      return 'A key manager was taken off the list';
    case 'GenerationPublished':
      return `Generation ${event.args.generation}: ${event.args.quorum} of ${plural(event.args.members.length, 'key manager')} decide`;
    case 'MeasurementAdded':
      return 'A measurement of code was admitted';
    case 'MeasurementRemoved':
      return 'A measurement of code was taken off the list';
    case 'Deposited':
      return `${eng(event.args.amount)} ENG were deposited`;
    case 'Allocated':
      return `${eng(event.args.amount)} ENG were set aside for direct tasks`;
    case 'SeatTaken':
      return `Worker ${event.args.worker} took seat ${event.args.index}`;
    case 'Withdrawn':
      return `${eng(event.args.amount)} ENG were withdrawn`;
    case 'LeaveRequested':
      return `${eng(event.args.amount)} ENG are on their way out of a realm`;
    case 'Left':
      return `${eng(event.args.amount)} ENG left a realm`;
    case 'SessionsRevoked':
      return 'An account ended its session keys';
    case 'UpgradeAnnounced':
      return `New code for a contract was announced for block ${count(event.args.readyAtBlock)}`;
    case 'UpgradeCancelled':
      return 'An upgrade was cancelled';
    case 'EndpointSet':
      return 'An operator published where its host is reached';
    case 'PoolClaimed':
      return `A key manager was paid ${eng(event.args.amount)} ENG`;
    default:
      return event.eventName.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  }
}

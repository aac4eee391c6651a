import type { Hex } from 'viem';
import { recompute, type Drawn } from './draw';
import type { Happening, Place } from './events';

export interface Epoch {
  readonly number: number;
  readonly seed: Hex;
  /** Length of the seat array its draws use. */
  readonly seats: number;
  readonly postedBy: Hex;
  readonly reward: bigint;
  readonly place: Place;
}

/** Who was selected for a tenure of a realm, and from what. */
export interface Selection {
  readonly realm: Hex;
  readonly tenure: number;
  readonly epoch: number;
  readonly generation: number;
  /** As the contract drew them; the first becomes the realm's worker. */
  readonly ranks: readonly number[];
  readonly place: Place;
  /** The worker in each seat as the draw sees it. */
  readonly seatWorkers: readonly number[];
  /** Workers that might not be drawn then, and why. */
  readonly unfit: ReadonlyMap<number, string>;
}

export interface Tenure {
  readonly number: number;
  selection?: Selection;
  announced?: { worker: number; lease: bigint; suite: number; generation: number; keyBytes: number; place: Place };
}

export interface Commit {
  readonly realm: Hex;
  readonly worker: number;
  readonly kind: 'TASKS' | 'SNAPSHOT';
  readonly lease: bigint;
  readonly tenure: number;
  readonly first: bigint;
  readonly count: bigint;
  readonly header: number;
  readonly stateHash: Hex;
  readonly receiptsRoot: Hex;
  readonly payee: Hex;
  readonly paid: bigint;
  readonly place: Place;
}

export interface Callback {
  readonly target: Hex;
  readonly hash: Hex;
  readonly done: boolean;
  readonly reason?: Hex;
  readonly retryable?: boolean;
  readonly place: Place;
}

export interface Order {
  readonly sender: Hex;
  readonly target: Hex;
  readonly kind: number;
  readonly codeHash: Hex;
  readonly inputHash: Hex;
  readonly gasLimit: bigint;
  readonly gasPrice: bigint;
  readonly expiry: number;
  readonly salt: Hex;
  readonly withEnvelope: boolean;
}

/** What Ethereum tells of a task. Direct tasks appear only where a callback names them. */
export interface ChainTask {
  readonly id: Hex;
  readonly realm: Hex;
  order?: Order;
  postedAt?: Place;
  settled?: { outcome: number; code: number; fee: bigint; refund: bigint; place: Place };
  expired?: { refund: bigint; place: Place };
  callbacks: Callback[];
}

export interface Realm {
  readonly id: Hex;
  readonly owner: Hex;
  readonly options: number;
  readonly openedAt: Place;
  /** Holder of the running tenure, 0 before the first. */
  worker: number;
  tenures: Tenure[];
  commits: Commit[];
  tasks: Hex[];
  takeOvers: { from: number; to: number; overdue: Hex; place: Place }[];
  challenges: { challenger: Hex; deposit: bigint; place: Place; endedAt?: Place; paidTo?: Hex }[];
}

export interface WorkerHistory {
  readonly number: number;
  operator: Hex;
  enclave: Hex;
  measurement: Hex;
  tee: number;
  platformHash: Hex;
  tcbNumber: number;
  notAfter: number;
  evidenceBytes: number;
  /** Where its operator says that its node is reached; empty where it says nothing. */
  endpoint: string;
  registeredAt: Place;
  admissions: number;
  seats: number;
  loggedOut: boolean;
  evicted: boolean;
  slashed: boolean;
  misses: number;
  batches: number;
  earned: bigint;
}

/** Kinds of events too frequent or too small for the list of activity. */
const QUIET = new Set(['SeatTaken', 'Deposited', 'Allocated', 'NonceRecorded', 'EndpointSet']);

/** The network's history, told by the events of its contract in their order. */
export class History {
  readonly realms = new Map<Hex, Realm>();
  readonly tasks = new Map<Hex, ChainTask>();
  readonly epochs: Epoch[] = [];
  readonly workers = new Map<number, WorkerHistory>();
  readonly selections: Selection[] = [];
  readonly commits: Commit[] = [];
  readonly activity: Happening[] = [];
  readonly keyManagers = new Map<Hex, { operator: Hex; measurement: Hex; listed: boolean; place: Place }>();
  generation: { number: number; threshold: number; quorum: number; members: readonly Hex[]; place: Place } | undefined;
  networkHash: Hex | undefined;
  readonly events: Happening[] = [];

  /** The worker in each seat now, and at the start of each epoch. */
  #seats: number[] = [];
  readonly #seatsAt = new Map<number, readonly number[]>();
  readonly #tcbMinima = new Map<number, number>();

  get seats(): readonly number[] {
    return this.#seats;
  }

  get epoch(): number {
    return this.epochs.at(-1)?.number ?? 0;
  }

  /** The same history without what came after a block. */
  before(block: number): History {
    const shorter = new History();
    for (const event of this.events) if (event.place.block <= block) shorter.apply(event);
    return shorter;
  }

  realm(id: Hex): Realm | undefined {
    return this.realms.get(id.toLowerCase() as Hex);
  }

  task(id: Hex): ChainTask | undefined {
    return this.tasks.get(id.toLowerCase() as Hex);
  }

  /** The commit whose batch holds a sequence number of a realm. */
  commitOf(realm: Hex, sequence: bigint): Commit | undefined {
    const commits = this.realm(realm)?.commits ?? [];
    // A realm's batches follow each other without a gap.
    let low = 0;
    let high = commits.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const commit = commits[middle]!;
      if (sequence < commit.first) high = middle - 1;
      else if (sequence >= commit.first + commit.count) low = middle + 1;
      else return commit;
    }
    return undefined;
  }

  /** The draw of a selection made again. */
  drawn(selection: Selection): Drawn | undefined {
    const epoch = this.epochs.find((each) => each.number === selection.epoch);
    if (!epoch) return undefined;
    return recompute({
      seed: epoch.seed,
      realm: selection.realm,
      tenure: selection.tenure,
      seats: epoch.seats,
      workers: selection.seatWorkers,
      unfit: selection.unfit,
    });
  }

  apply(happening: Happening): void {
    this.events.push(happening);
    if (!QUIET.has(happening.eventName)) this.activity.push(happening);
    const { place } = happening;
    switch (happening.eventName) {
      case 'NetworkHashFixed':
        this.networkHash = happening.args.networkHash;
        break;
      case 'Seeded': {
        const { epoch, seed, seats, postedBy, reward } = happening.args;
        this.#seatsAt.set(Number(epoch), [...this.#seats]);
        this.epochs.push({ number: Number(epoch), seed, seats, postedBy, reward, place });
        break;
      }
      case 'SeatTaken':
        this.#seats[happening.args.index] = happening.args.worker;
        this.#count(happening.args.worker, (worker) => worker.seats++);
        break;
      case 'SeatDropped': {
        const last = this.#seats.pop() ?? 0;
        if (happening.args.index < this.#seats.length) this.#seats[happening.args.index] = last;
        this.#count(happening.args.worker, (worker) => worker.seats--);
        break;
      }
      case 'WorkerRegistered': {
        const { worker, operator, enclave, measurement, tee, platformHash, tcbNumber, notAfter, evidence } = happening.args;
        const known = this.workers.get(worker);
        this.workers.set(worker, {
          number: worker,
          operator,
          enclave,
          measurement,
          tee,
          platformHash,
          tcbNumber,
          notAfter: Number(notAfter),
          evidenceBytes: (evidence.length - 2) / 2,
          endpoint: known?.endpoint ?? '',
          registeredAt: known?.registeredAt ?? place,
          admissions: (known?.admissions ?? 0) + 1,
          seats: known?.seats ?? 0,
          loggedOut: known?.loggedOut ?? false,
          evicted: false,
          slashed: known?.slashed ?? false,
          misses: known?.misses ?? 0,
          batches: known?.batches ?? 0,
          earned: known?.earned ?? 0n,
        });
        break;
      }
      case 'EndpointSet': {
        const { enclave, url } = happening.args;
        for (const worker of this.workers.values()) if (worker.enclave.toLowerCase() === enclave.toLowerCase()) worker.endpoint = url;
        break;
      }
      case 'LoggedIn':
        this.#count(happening.args.worker, (worker) => (worker.loggedOut = false));
        break;
      case 'LoggedOut':
        this.#count(happening.args.worker, (worker) => (worker.loggedOut = true));
        break;
      case 'Evicted':
        this.#count(happening.args.worker, (worker) => (worker.evicted = true));
        break;
      case 'Slashed':
        this.#count(happening.args.worker, (worker) => (worker.slashed = true));
        break;
      case 'TcbMinimumSet':
        this.#tcbMinima.set(happening.args.tee, happening.args.minimum);
        break;
      case 'RealmOpened': {
        const { realm, owner, options } = happening.args;
        this.realms.set(realm, {
          id: realm,
          owner,
          options,
          openedAt: place,
          worker: 0,
          tenures: [],
          commits: [],
          tasks: [],
          takeOvers: [],
          challenges: [],
        });
        break;
      }
      case 'Assigned': {
        const { realm, tenure, epoch, generation, rank0, rank1, rank2 } = happening.args;
        // Rule C2: the weights of epoch e are those at the start of e - 1, of epoch 1 those at its own seed.
        const weightsOf = Number(epoch) === 1 ? 1 : Number(epoch) - 1;
        const selection: Selection = {
          realm,
          tenure: Number(tenure),
          epoch: Number(epoch),
          generation,
          ranks: [rank0, rank1, rank2].filter((rank) => rank !== 0),
          place,
          seatWorkers: this.#seatsAt.get(weightsOf) ?? [],
          unfit: this.#unfit(place.time),
        };
        this.selections.push(selection);
        const known = this.realms.get(realm);
        if (known) this.#tenure(known, Number(tenure)).selection = selection;
        break;
      }
      case 'KeyAnnounced': {
        const { realm, tenure, generation, worker, lease, suite, inputKey } = happening.args;
        const known = this.realms.get(realm);
        if (known) {
          known.worker = worker;
          const keyBytes = (inputKey.length - 2) / 2;
          this.#tenure(known, Number(tenure)).announced = { worker, lease, suite, generation, keyBytes, place };
        }
        break;
      }
      case 'TaskPosted': {
        const { realm, taskId, ...order } = happening.args;
        const task = this.#task(realm, taskId);
        task.order = { ...order, expiry: Number(order.expiry) };
        task.postedAt = place;
        break;
      }
      case 'TaskSettled': {
        const { realm, taskId, outcome, code, fee, refund } = happening.args;
        this.#task(realm, taskId).settled = { outcome, code, fee, refund, place };
        break;
      }
      case 'TaskExpired':
        this.#task(happening.args.realm, happening.args.taskId).expired = { refund: happening.args.refund, place };
        break;
      case 'CallbackDone': {
        const { realm, taskId, target, callbackHash } = happening.args;
        this.#callback(realm, taskId, { target, hash: callbackHash, done: true, place });
        break;
      }
      case 'CallbackFailed': {
        const { realm, taskId, target, callbackHash, reason, retryable } = happening.args;
        this.#callback(realm, taskId, { target, hash: callbackHash, done: false, reason, retryable, place });
        break;
      }
      case 'Committed': {
        const { realm, worker, kind, lease, tenure, firstSequence, count, headerNumber, stateHash, receiptsRoot, payee, paid } =
          happening.args;
        const commit: Commit = {
          realm,
          worker,
          kind: kind === 0 ? 'TASKS' : 'SNAPSHOT',
          lease,
          tenure: Number(tenure),
          first: firstSequence,
          count,
          header: Number(headerNumber),
          stateHash,
          receiptsRoot,
          payee,
          paid,
          place,
        };
        this.commits.push(commit);
        this.realms.get(realm)?.commits.push(commit);
        this.#count(worker, (each) => {
          each.batches++;
          each.earned += paid;
        });
        break;
      }
      case 'FailedOver': {
        const { realm, from, to, overdue } = happening.args;
        const known = this.realms.get(realm);
        if (known) {
          known.worker = to;
          known.takeOvers.push({ from, to, overdue, place });
        }
        break;
      }
      case 'Missed':
        this.#count(happening.args.worker, (worker) => worker.misses++);
        break;
      case 'Challenged': {
        const { realm, challenger, deposit } = happening.args;
        this.realms.get(realm)?.challenges.push({ challenger, deposit, place });
        break;
      }
      case 'ChallengeEnded': {
        const open = this.realms.get(happening.args.realm)?.challenges.findLast((each) => each.endedAt === undefined);
        if (open) {
          open.endedAt = place;
          open.paidTo = happening.args.paidTo;
        }
        break;
      }
      case 'KeyManagerAdded': {
        const { enclave, operator, measurement } = happening.args;
        this.keyManagers.set(enclave, { operator, measurement, listed: true, place });
        break;
      }
      case 'KeyManagerRemoved': {
        const known = this.keyManagers.get(happening.args.enclave);
        if (known) known.listed = false;
        break;
      }
      case 'GenerationPublished': {
        const { generation, threshold, quorum, members } = happening.args;
        this.generation = { number: generation, threshold, quorum, members, place };
        break;
      }
      default:
        break;
    }
  }

  #count(worker: number, change: (worker: WorkerHistory) => unknown): void {
    const known = this.workers.get(worker);
    if (known) change(known);
  }

  #tenure(realm: Realm, number: number): Tenure {
    let tenure = realm.tenures.find((each) => each.number === number);
    if (!tenure) {
      tenure = { number };
      realm.tenures.push(tenure);
    }
    return tenure;
  }

  #task(realm: Hex, id: Hex): ChainTask {
    let task = this.tasks.get(id);
    if (!task) {
      task = { id, realm, callbacks: [] };
      this.tasks.set(id, task);
      this.realms.get(realm)?.tasks.push(id);
    }
    return task;
  }

  #callback(realm: Hex, id: Hex, callback: Callback): void {
    const task = this.#task(realm, id);
    task.callbacks = [...task.callbacks.filter((each) => each.hash !== callback.hash), callback];
  }

  /** Rule C1, at a time in seconds: registered workers that may not be drawn. */
  #unfit(time: number | undefined): ReadonlyMap<number, string> {
    const unfit = new Map<number, string>();
    for (const worker of this.workers.values()) {
      if (worker.slashed) unfit.set(worker.number, 'its stake was slashed');
      else if (worker.evicted) unfit.set(worker.number, 'it was evicted');
      else if (worker.loggedOut) unfit.set(worker.number, 'it had logged out');
      else if (time !== undefined && worker.notAfter < time) unfit.set(worker.number, 'its admission had ended');
      else if (worker.tcbNumber < (this.#tcbMinima.get(worker.tee) ?? 0)) unfit.set(worker.number, 'its platform was not up to date');
    }
    return unfit;
  }
}

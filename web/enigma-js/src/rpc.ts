import type { Address, Hex } from 'viem';

/** A quantity as JSON-RPC writes it: hexadecimal without leading zeros. */
export type Quantity = Hex;

export interface OrderJson {
  sender: Address;
  realm: Hex;
  target: Address;
  kind: Quantity;
  codeHash: Hex;
  inputHash: Hex;
  gasLimit: Quantity;
  gasPrice: Quantity;
  expiry: Quantity;
  salt: Hex;
}

export interface SubmitParams {
  order: OrderJson;
  envelope: Hex;
  deploy?: { code: Hex; dialect: Quantity; authority: Address; delay: Quantity };
  signature?: Hex;
  session?: {
    owner: Address;
    key: Address;
    realm: Hex;
    notAfter: Quantity;
    maxFee: Quantity;
    epoch: Quantity;
    signature: Hex;
  };
}

export interface SubmitResult {
  taskId: Hex;
  status: 'ACCEPTED';
  acceptance?: { headerNumber: Quantity; headerHash: Hex; enclave: Address; signature: Hex };
}

export type NodeTaskStatus = 'UNKNOWN' | 'ACCEPTED' | 'ANCHORED' | 'COMMITTED' | 'FINAL' | 'EXPIRED';

export interface ReceiptJson {
  taskId: Hex;
  sequence: Quantity;
  outcome: Quantity;
  gasCharged: Quantity;
  resultHash: Hex;
  callbackHash: Hex;
}

export interface BatchJson {
  realm: Hex;
  kind: Quantity;
  lease: Quantity;
  tenure: Quantity;
  firstSequence: Quantity;
  count: Quantity;
  endSequence: Quantity;
  headerNumber: Quantity;
  headerHash: Hex;
  deltaHash: Hex;
  receiptsRoot: Hex;
  chargesHash: Hex;
  outcomesHash: Hex;
  callbacksHash: Hex;
  payee: Address;
  previousStateHash: Hex;
  stateHash: Hex;
  leaves: Quantity;
  worker: Quantity;
  enclave: Address;
  signature: Hex;
}

export interface TaskJson {
  taskId: Hex;
  status: NodeTaskStatus;
  outcome?: 'EXECUTED' | 'REFUSED' | 'DUPLICATE';
  code?: string;
  result?: Hex;
  receipt?: ReceiptJson;
  index?: Quantity;
  proof?: Hex[];
  batch?: BatchJson;
  transactionHash?: Hex;
  blockNumber?: Quantity;
  blockHash?: Hex;
  message?: string;
}

export interface QueryParams {
  realm: Hex;
  target: Address;
  sender: Address;
  salt: Hex;
  envelope: Hex;
}

export interface QueryJson {
  result: Hex;
  sequence: Quantity;
  stateHash: Hex;
}

export interface RealmJson {
  realm: Hex;
  status: 'UNASSIGNED' | 'KEY_PENDING' | 'READY';
  holder?: { worker: Quantity; operator: Address; enclave: Address };
  ranks: Quantity[];
  tenure: Quantity;
  tenureEnd: Quantity;
  generation: Quantity;
  sequence: Quantity;
  stateHash: Hex;
  headerNumber: Quantity;
  inputKeyHash?: Hex;
  inputKey?: Hex;
  suite?: Quantity;
  anchored?: { sequence: Quantity; stateHash: Hex };
}

export interface WorkerJson {
  worker: Quantity;
  operator: Address;
  enclave: Address;
  seats: Quantity;
  admittedUntil: Quantity;
  tee: Quantity;
  measurement: Hex;
  active: boolean;
  endpoint?: string;
}

export interface StatusJson {
  network: Hex;
  chainId: Quantity;
  enigma: Address;
  mode: 'SIMULATION' | 'HARDWARE';
  headerSource: 'NODE' | 'LIGHT_CLIENT';
  worker: Quantity;
  operator: Address;
  enclave: Address;
  headerNumber: Quantity;
  headerHash: Hex;
  chainNumber: Quantity;
  epoch: Quantity;
  ready: boolean;
  realms: Quantity;
  version: string;
}

/** The methods of a node, with what they take and answer. */
export interface NodeMethods {
  enigma_submit: { params: SubmitParams; result: SubmitResult };
  enigma_getTask: { params: { realm: Hex; taskId: Hex }; result: TaskJson };
  enigma_query: { params: QueryParams; result: QueryJson };
  enigma_getRealm: { params: { realm: Hex }; result: RealmJson };
  enigma_workers: { params: undefined; result: WorkerJson[] };
  enigma_status: { params: undefined; result: StatusJson };
}

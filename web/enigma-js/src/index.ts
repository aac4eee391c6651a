/**
 * The client of the Enigma network: seals calls to secret contracts, follows tasks, opens and checks results.
 * Begin with {@link createEnigmaClient}.
 *
 * @packageDocumentation
 */
export { createEnigmaClient, EnigmaClient } from './client.js';
export { keptRecord } from './orders.js';
export type { ClientEvent, DeployRequest, EnigmaClientOptions, RealmOptions, SessionOptions } from './options.js';
export type { CallableContract, DeliverOptions } from './callable.js';
export { consoleLine } from './console.js';
export type {
  CallOptions,
  ContractLocation,
  Deployment,
  QueryFunctions,
  QueryResult,
  ReadFunctions,
  ReadOptions,
  Route,
  SecretContract,
  UpgradeRequest,
  WriteFunctions,
} from './contract.js';
export { formatEng, parseEng } from './eng.js';
export { EnigmaError, ERROR_CODES, errorCodeOf, isErrorCode, type ErrorCode, type ErrorKind } from './errors.js';
export { enigmaAbi, tokenAbi } from './generated/abi.js';
export { callNode } from './nodes.js';
export { OUTCOMES, type Outcome } from './protocol/batch.js';
export { decodeEnvelope, SUITES, type Envelope, type RealmKey, type ResponseKey } from './protocol/envelope.js';
export { callbackData, encodeCallableInput, type Callback } from './protocol/callable.js';
export { contractAddress, realmId, type ContractTerms } from './protocol/ids.js';
export { decodeCallResult, openResult, type CallResult } from './protocol/result.js';
export { TaskKind, type Permit, type SessionTerms, type TaskOrder } from './protocol/messages.js';
/** The types of a node's JSON-RPC, generated from its OpenRPC document. */
export type * as rpc from './generated/rpc.js';
export { isOpenUpgrade, upgradeWarning, type AnnouncedUpgrade, type ContractCode, type UpgradeAuthority, type UpgradeStage } from './upgrades.js';
export { indexedDbStore, memoryStore, type SecretStore } from './store.js';
export { orThrow, Task, TASK_STAGES, type TaskDelay, type TaskProgress, type TaskResult, type TaskStage } from './task.js';

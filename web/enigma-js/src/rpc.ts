import type { Batch, DeployData, NodeMethods, Order, Receipt, Task } from './generated/rpc.js';

/*
 * What travels between client and node. The types are generated from the node's OpenRPC document; here they get the names
 * this library uses where its own values have the same name.
 */
export type {
  Acceptance as AcceptanceJson,
  NodeMethods,
  Outcome as OutcomeWord,
  Quantity,
  Realm as RealmJson,
  Session as SessionJson,
  Status as StatusJson,
  TaskLine as TaskLineJson,
  TaskStatus as NodeTaskStatus,
  Worker as WorkerJson,
} from './generated/rpc.js';

export type OrderJson = Order;
export type ReceiptJson = Receipt;
export type BatchJson = Batch;
export type TaskJson = Task;
export type DeployJson = DeployData;
/** What `enigma_submit` takes. */
export type SubmitParams = NodeMethods['enigma_submit']['params'];

package network.enigma.protocol;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every error that users, nodes and enclaves meet. Numbers and names never change their meaning;
 * new ones are added. Numbers below 100 are the public reasons of a REFUSED outcome (rule C10),
 * numbers from 201 to 299 travel only inside sealed results.
 */
public enum ErrorCode {
  // Reasons of a public outcome REFUSED. About public facts only (rule C10); at most 65,535.
  /**
   * The input is sealed to a tenure or generation of the realm key that is neither the current one
   * nor the one before.
   */
  WRONG_TENURE(
      1,
      Kind.USER,
      "The input is sealed to a tenure or generation of the realm key that is neither the current"
          + " one nor the one before.",
      "Fetch the realm key again, seal the input to it and send a new order."),
  /**
   * The envelope does not open: it is damaged, sealed to another key, or sealed for another realm,
   * sender, target or order.
   */
  DECRYPTION_FAILED(
      2,
      Kind.USER,
      "The envelope does not open: it is damaged, sealed to another key, or sealed for another"
          + " realm, sender, target or order.",
      "Seal the input again with the client library, for exactly the order that is sent."),
  /**
   * The envelope is not in the form of rule K7: unknown version or format, or too short for its
   * suite.
   */
  MALFORMED_ENVELOPE(
      3,
      Kind.USER,
      "The envelope is not in the form of rule K7: unknown version or format, or too short for its"
          + " suite.",
      "Use a client library of the network's version."),
  /** The envelope names an encryption suite that the realm's key does not have. */
  UNSUPPORTED_SUITE(
      4,
      Kind.USER,
      "The envelope names an encryption suite that the realm's key does not have.",
      "Seal with the suite that the realm announced."),
  /** No contract lives at the target address in this realm. */
  UNKNOWN_CONTRACT(
      5,
      Kind.USER,
      "No contract lives at the target address in this realm.",
      "Check realm and address; deploy the contract first, and wait until its deployment is"
          + " anchored."),
  /**
   * A contract is already deployed at this address; the address commits to deployer, salt, code and
   * settings.
   */
  CONTRACT_EXISTS(
      6,
      Kind.USER,
      "A contract is already deployed at this address; the address commits to deployer, salt, code"
          + " and settings.",
      "Use the deployed contract, or deploy with another salt."),
  /** The code's hash is not the one the order names. */
  CODE_MISMATCH(
      7,
      Kind.USER,
      "The code's hash is not the one the order names.",
      "Send the deploy data that belongs to the order."),
  /** Code, dialect, upgrade authority and delay do not lead to the target address of the order. */
  DEPLOY_DATA_MISMATCH(
      8,
      Kind.USER,
      "Code, dialect, upgrade authority and delay do not lead to the target address of the order.",
      "Compute the target from the same deploy data that is sent beside the order."),
  /** The network has no runtime for the code's dialect. */
  UNSUPPORTED_DIALECT(
      9,
      Kind.USER,
      "The network has no runtime for the code's dialect.",
      "Compile the contract for a dialect that the network's status lists."),
  /**
   * The code does not pass its runtime's checks, for instance too long, not of the dialect, or with
   * forbidden instructions.
   */
  INVALID_CODE(
      10,
      Kind.USER,
      "The code does not pass its runtime's checks, for instance too long, not of the dialect, or"
          + " with forbidden instructions.",
      "Read the detail in the message and compile the contract again."),
  /** The gas limit is below the base gas of a task. */
  GAS_LIMIT_TOO_LOW(
      11,
      Kind.USER,
      "The gas limit is below the base gas of a task.",
      "Give at least the base gas that the contract's parameters() returns."),
  /** The gas limit is above maxTaskGas of the network configuration. */
  GAS_LIMIT_TOO_HIGH(
      12,
      Kind.USER,
      "The gas limit is above maxTaskGas of the network configuration.",
      "Lower the gas limit or split the work into several tasks."),
  /** The gas price is below the network's minimum. */
  GAS_PRICE_TOO_LOW(
      13,
      Kind.USER,
      "The gas price is below the network's minimum.",
      "Offer at least the minimum gas price that parameters() returns."),
  /** What the payer has allocated to the realm does not cover gas limit times gas price. */
  ALLOCATION_TOO_SMALL(
      14,
      Kind.USER,
      "What the payer has allocated to the realm does not cover gas limit times gas price.",
      "Deposit ENG and allocate more of it to the realm."),
  /** The sender is not the contract's upgrade authority, or the contract has none. */
  UPGRADE_NOT_ALLOWED(
      15,
      Kind.USER,
      "The sender is not the contract's upgrade authority, or the contract has none.",
      "Let the upgrade authority post the upgrade."),
  /** The upgrade's delay has not passed yet. */
  UPGRADE_NOT_READY(
      16,
      Kind.USER,
      "The upgrade's delay has not passed yet.",
      "Wait until the block at which the upgrade takes effect."),
  /** The Ethereum contract named by a CALLABLE order has other code at the batch's header. */
  CALLABLE_CODE_MISMATCH(
      17,
      Kind.USER,
      "The Ethereum contract named by a CALLABLE order has other code at the batch's header.",
      "Check the target address and its code hash, then send a new order."),
  /**
   * The envelope exceeds 64 KiB posted or 1 MiB direct, or another bounded input exceeds its bound.
   */
  INPUT_TOO_LARGE(
      18,
      Kind.USER,
      "The envelope exceeds 64 KiB posted or 1 MiB direct, or another bounded input exceeds its"
          + " bound.",
      "Send less data, or send it in several tasks."),
  /** Order and envelope, permit or session key belong to another realm. */
  WRONG_REALM(
      19,
      Kind.USER,
      "Order and envelope, permit or session key belong to another realm.",
      "Use the realm in which the target contract was deployed."),
  /**
   * The task kind cannot be executed in the way it was sent, for instance an upgrade sent directly.
   */
  UNSUPPORTED_KIND(
      20,
      Kind.USER,
      "The task kind cannot be executed in the way it was sent, for instance an upgrade sent"
          + " directly.",
      "Send the task in the way rule C7 names for its kind."),
  /** The realm's state has reached maxStateBytes. */
  STATE_TOO_LARGE(
      21,
      Kind.USER,
      "The realm's state has reached maxStateBytes.",
      "Let the contract delete data, or use a further realm."),
  /** Only the realm's owner deploys into it by an order. */
  DEPLOY_NOT_ALLOWED(
      22,
      Kind.USER,
      "Only the realm's owner deploys into it by an order.",
      "Deploy with the account that opened the realm, or open a realm of your own."),
  // Errors of orders, queries and their signatures, found before a task runs.
  /** The signature is malformed or was not made by the account it has to come from. */
  BAD_SIGNATURE(
      101,
      Kind.USER,
      "The signature is malformed or was not made by the account it has to come from.",
      "Sign with the sender's key or with its session key, over this network's chain id and Enigma"
          + " address."),
  /** The order's expiry lies before the block at which it could run. */
  EXPIRED_ORDER(
      102,
      Kind.USER,
      "The order's expiry lies before the block at which it could run.",
      "Send a new order with a later expiry."),
  /** The order's expiry lies more than maxOrderBlocks ahead. */
  EXPIRY_TOO_FAR(
      103,
      Kind.USER,
      "The order's expiry lies more than maxOrderBlocks ahead.",
      "Choose an expiry of at most maxOrderBlocks beyond the holder's header."),
  /** The sender has used this salt in this realm already. */
  USED_SALT(
      104,
      Kind.USER,
      "The sender has used this salt in this realm already.",
      "Ask for the first task's result, or send a new order with a fresh salt."),
  /** The envelope's hash is not the input hash of the order. */
  INPUT_HASH_MISMATCH(
      105,
      Kind.USER,
      "The envelope's hash is not the input hash of the order.",
      "Send the envelope that the order was made for."),
  /** The session key is past its last block. */
  SESSION_EXPIRED(
      106, Kind.USER, "The session key is past its last block.", "Sign a new session key."),
  /** The session key's epoch is not the owner's current one in this realm. */
  SESSION_REVOKED(
      107,
      Kind.USER,
      "The session key's epoch is not the owner's current one in this realm.",
      "Sign a new session key with the current epoch."),
  /** The order may cost more than the session key allows. */
  SESSION_FEE_EXCEEDED(
      108,
      Kind.USER,
      "The order may cost more than the session key allows.",
      "Lower gas limit or price, or sign a session key with a higher maximum fee."),
  /** The permit is past its last block or valid for more than 30 days. */
  PERMIT_EXPIRED(
      109,
      Kind.USER,
      "The permit is past its last block or valid for more than 30 days.",
      "Sign a new permit."),
  /** The permit's epoch is not the owner's current one in this realm. */
  PERMIT_REVOKED(
      110,
      Kind.USER,
      "The permit's epoch is not the owner's current one in this realm.",
      "Sign a new permit with the current epoch."),
  /** The permit is for another realm, contract or owner. */
  WRONG_PERMIT(
      111,
      Kind.USER,
      "The permit is for another realm, contract or owner.",
      "Sign a permit for this contract."),
  /** This kind of task has to be posted on Ethereum and cannot be sent to a node directly. */
  NOT_DIRECT(
      112,
      Kind.USER,
      "This kind of task has to be posted on Ethereum and cannot be sent to a node directly.",
      "Post the task."),
  /** The node knows no task with this id in this realm. */
  UNKNOWN_TASK(
      113,
      Kind.USER,
      "The node knows no task with this id in this realm.",
      "Check realm and task id; ask again if the order was sent moments ago."),
  /** No realm with this id is open. */
  UNKNOWN_REALM(
      114, Kind.USER, "No realm with this id is open.", "Check the realm id, or open the realm."),
  /** A realm with this owner and salt is open already. */
  REALM_EXISTS(
      115,
      Kind.USER,
      "A realm with this owner and salt is open already.",
      "Use the open realm or another salt."),
  /** Only the realm's owner may do this. */
  NOT_REALM_OWNER(
      116,
      Kind.USER,
      "Only the realm's owner may do this.",
      "Use the account that opened the realm."),
  /** A task with this id is posted already. */
  TASK_EXISTS(
      117,
      Kind.USER,
      "A task with this id is posted already.",
      "Ask for its result, or post an order with a fresh salt."),
  /** The task is settled or refunded already. */
  TASK_CLOSED(118, Kind.USER, "The task is settled or refunded already.", "Ask for its result."),
  /** The task was not committed in time and ended EXPIRED; its fee goes back to the payer. */
  TASK_EXPIRED(
      119,
      Kind.USER,
      "The task was not committed in time and ended EXPIRED; its fee goes back to the payer.",
      "Send a new order; claim the refund of a posted one if nobody has."),
  /** The account does not hold enough ENG or deposit for the operation. */
  BALANCE_TOO_SMALL(
      120,
      Kind.USER,
      "The account does not hold enough ENG or deposit for the operation.",
      "Get ENG (on a test network from the faucet) and deposit it."),
  /** A query tried to write, log or call back. */
  QUERY_FORBIDDEN(
      121,
      Kind.USER,
      "A query tried to write, log or call back.",
      "Send a task instead of a query, or call a function that only reads."),
  /** The account may not do this. */
  NOT_PERMITTED(
      122, Kind.USER, "The account may not do this.", "Use the account that the message names."),
  /** The fields of the order contradict each other, for instance a query with a code hash. */
  ORDER_NOT_VALID(
      123,
      Kind.USER,
      "The fields of the order contradict each other, for instance a query with a code hash.",
      "Build orders with the client library."),
  /** There is no result yet. */
  RESULT_NOT_READY(
      124,
      Kind.USER,
      "There is no result yet.",
      "Wait for the task; results exist from ANCHORED on."),
  /** The task cannot be refunded: it is settled, or not yet past its expiry and maxBatchAge. */
  NOT_REFUNDABLE(
      125,
      Kind.USER,
      "The task cannot be refunded: it is settled, or not yet past its expiry and maxBatchAge.",
      "Wait until it is EXPIRED, or read its result."),
  /** The stake or allocation is still inside its waiting time. */
  STILL_BONDED(
      126,
      Kind.USER,
      "The stake or allocation is still inside its waiting time.",
      "Try again at the block that the message names."),
  /**
   * Traces, console lines and reading storage exist on development networks only; this network's
   * enclaves keep such things from everybody.
   */
  DEVELOPMENT_ONLY(
      127,
      Kind.USER,
      "Traces, console lines and reading storage exist on development networks only; this network's"
          + " enclaves keep such things from everybody.",
      "Try the contract on a testnet of your own: enigma testnet."),
  // How an executed call failed. Travels inside the sealed result only, never in public.
  /** The contract reverted the call; its state is unchanged. */
  EXECUTION_REVERTED(
      201,
      Kind.USER,
      "The contract reverted the call; its state is unchanged.",
      "Read the contract's reason in the result."),
  /** The contract's constructor reverted; nothing was deployed. */
  CONSTRUCTOR_REVERTED(
      202,
      Kind.USER,
      "The contract's constructor reverted; nothing was deployed.",
      "Read the constructor's reason in the result and check its arguments."),
  /** The execution used up its gas limit; its state changes are dropped. */
  OUT_OF_GAS(
      203,
      Kind.USER,
      "The execution used up its gas limit; its state changes are dropped.",
      "Send the task again with a higher gas limit."),
  /** The contract ran into an invalid instruction, jump or stack access. */
  INVALID_INSTRUCTION(
      204,
      Kind.USER,
      "The contract ran into an invalid instruction, jump or stack access.",
      "Check the contract's compiler settings and code."),
  /** The contract's calls or stack became too deep. */
  STACK_LIMIT_EXCEEDED(
      205,
      Kind.USER,
      "The contract's calls or stack became too deep.",
      "Reduce the depth of nested calls."),
  /** The contract wanted more memory than a task may use. */
  MEMORY_LIMIT_EXCEEDED(
      206,
      Kind.USER,
      "The contract wanted more memory than a task may use.",
      "Work on smaller data."),
  /** The contract's result is longer than a result may be. */
  OUTPUT_TOO_LARGE(
      207, Kind.USER, "The contract's result is longer than a result may be.", "Return less data."),
  /** A read-only call tried to change the state. */
  WRITE_PROTECTION(
      208,
      Kind.USER,
      "A read-only call tried to change the state.",
      "Send a task, or call a function that only reads."),
  /** A callback asks for too much gas or data, a forbidden target, or is one too many. */
  CALLBACK_NOT_ALLOWED(
      209,
      Kind.USER,
      "A callback asks for too much gas or data, a forbidden target, or is one too many.",
      "Stay within 4 callbacks of 1,000,000 gas and 4 KiB each."),
  /** A contract called into another realm, which this release does not support. */
  CROSS_REALM_CALL(
      210,
      Kind.USER,
      "A contract called into another realm, which this release does not support.",
      "Deploy contracts that call each other into one realm."),
  /** The contract to deploy is longer than its runtime allows. */
  CODE_TOO_LARGE(
      211,
      Kind.USER,
      "The contract to deploy is longer than its runtime allows.",
      "Make the contract smaller or split it."),
  /** A contract tried to create another at an address that is taken. */
  ADDRESS_COLLISION(
      212,
      Kind.USER,
      "A contract tried to create another at an address that is taken.",
      "Use another salt."),
  /** The opened input is not in the form that the contract's runtime expects. */
  MALFORMED_INPUT(
      213,
      Kind.USER,
      "The opened input is not in the form that the contract's runtime expects.",
      "Encode the call with the contract's own interface."),
  // State of the network, of a node or of the connection to it.
  /** The realm's worker has not announced its key yet. */
  KEY_PENDING(
      301,
      Kind.NETWORK,
      "The realm's worker has not announced its key yet.",
      "Try again in a few blocks; the client does so by itself."),
  /** No worker is drawn for the realm yet. */
  NOT_ASSIGNED(
      302,
      Kind.NETWORK,
      "No worker is drawn for the realm yet.",
      "Try again after the time the error names; then assign the realm."),
  /** No worker has a seat, so none can be drawn. */
  NO_WORKERS(
      303,
      Kind.NETWORK,
      "No worker has a seat, so none can be drawn.",
      "Wait until workers register and stake."),
  /** This enclave does not hold the realm's lease. */
  NOT_HOLDER(
      304,
      Kind.NETWORK,
      "This enclave does not hold the realm's lease.",
      "Send the order to any node again; it finds the holder."),
  /** The realm's worker does not answer. */
  HOLDER_UNREACHABLE(
      305,
      Kind.NETWORK,
      "The realm's worker does not answer.",
      "Try the next worker, or post the order on Ethereum; failover follows."),
  /** The node limits how often one client may ask. */
  TOO_MANY_REQUESTS(
      306,
      Kind.NETWORK,
      "The node limits how often one client may ask.",
      "Wait and ask less often."),
  /** The node is starting or has not caught up with the chain. */
  NODE_NOT_READY(
      307,
      Kind.NETWORK,
      "The node is starting or has not caught up with the chain.",
      "Try again after a moment."),
  /** The Ethereum endpoint does not answer or answers with an error. */
  CHAIN_UNREACHABLE(
      308,
      Kind.NETWORK,
      "The Ethereum endpoint does not answer or answers with an error.",
      "Check the endpoint's address and that it runs."),
  /** The Ethereum endpoint serves another chain or another Enigma contract. */
  CHAIN_MISMATCH(
      309,
      Kind.NETWORK,
      "The Ethereum endpoint serves another chain or another Enigma contract.",
      "Use an endpoint of the chain in the network's configuration."),
  /** The chain dropped a block that the operation relied on. */
  CHAIN_REORGANISED(
      310,
      Kind.NETWORK,
      "The chain dropped a block that the operation relied on.",
      "Nothing to do: the task goes on or is repeated on the new chain."),
  /** An Ethereum transaction was refused or reverted. */
  TRANSACTION_FAILED(
      311,
      Kind.NETWORK,
      "An Ethereum transaction was refused or reverted.",
      "Read the contract's error in the message."),
  /** The Enigma node does not answer. */
  NODE_UNREACHABLE(
      312, Kind.NETWORK, "The Enigma node does not answer.", "Check its URL or use another node."),
  /** The operation did not finish within the given time. */
  TIMEOUT(
      313,
      Kind.NETWORK,
      "The operation did not finish within the given time.",
      "Ask for the task again later, or raise the time limit."),
  /** Two parts belong to networks with different configuration hashes. */
  NETWORK_MISMATCH(
      314,
      Kind.NETWORK,
      "Two parts belong to networks with different configuration hashes.",
      "Use parts and addresses of one network."),
  /** The network runs simulated enclaves, which keep nothing secret from their operators. */
  SIMULATED_NETWORK(
      315,
      Kind.NETWORK,
      "The network runs simulated enclaves, which keep nothing secret from their operators.",
      "Use it for development only, and allow simulation explicitly in the client."),
  /**
   * The worker's enclave does not satisfy the client's policy, or its admission does not verify.
   */
  UNTRUSTED_ENCLAVE(
      316,
      Kind.NETWORK,
      "The worker's enclave does not satisfy the client's policy, or its admission does not"
          + " verify.",
      "Do not send secrets to this worker."),
  /**
   * A node's answer does not verify against the chain: signature, Merkle path, event or state proof
   * is wrong.
   */
  BAD_PROOF(
      317,
      Kind.NETWORK,
      "A node's answer does not verify against the chain: signature, Merkle path, event or state"
          + " proof is wrong.",
      "Use another node; report this one."),
  /** No node has the result of a task that may have run. */
  RESULT_MISSING(
      323,
      Kind.NETWORK,
      "No node has the result of a task that may have run.",
      "Resume the task later, or against other nodes; what can open its result is kept."),
  /** The batch's header is older than maxBatchAge or not on the chain. */
  BATCH_TOO_OLD(
      318,
      Kind.NETWORK,
      "The batch's header is older than maxBatchAge or not on the chain.",
      "Nothing to do: the task is repeated or expires."),
  /** Fewer key managers or backups answered than a quorum needs. */
  QUORUM_NOT_REACHED(
      319,
      Kind.NETWORK,
      "Fewer key managers or backups answered than a quorum needs.",
      "Wait until more of them are reachable."),
  /** The Enigma contract at the given address does not exist or has unexpected code. */
  WRONG_ADDRESS_BOOK(
      320,
      Kind.NETWORK,
      "The Enigma contract at the given address does not exist or has unexpected code.",
      "Check the Enigma address."),
  /** The message belongs to another epoch than the chain's. */
  WRONG_EPOCH(
      321,
      Kind.NETWORK,
      "The message belongs to another epoch than the chain's.",
      "Try again; the epoch has advanced."),
  /** The worker is not registered, logged out, evicted or past its admission. */
  WORKER_NOT_ACTIVE(
      322,
      Kind.NETWORK,
      "The worker is not registered, logged out, evicted or past its admission.",
      "Register, renew the admission or log in."),
  /** What the hardware's vendor signs about a machine cannot be had. */
  COLLATERAL_UNAVAILABLE(
      330,
      Kind.NETWORK,
      "What the hardware's vendor signs about a machine cannot be had.",
      "Check the addresses of the collateral services and the connection to them."),
  /** The node's disk has no room for new work. */
  STORAGE_FULL(
      331,
      Kind.NETWORK,
      "The node's disk has no room for new work.",
      "Users: ask another node. Operators: make room on the disk; the node goes on by itself."),
  // Answers of enclaves to their hosts and to each other.
  /** A message is not in the form that its reader expects. */
  MALFORMED_MESSAGE(
      401,
      Kind.ENCLAVE,
      "A message is not in the form that its reader expects.",
      "Use parts of one version; report the sender if it persists."),
  /** The enclave has no network configuration yet. */
  NOT_CONFIGURED(
      402,
      Kind.ENCLAVE,
      "The enclave has no network configuration yet.",
      "Configure the enclave first."),
  /** The message carries another network hash. */
  WRONG_NETWORK(
      403,
      Kind.ENCLAVE,
      "The message carries another network hash.",
      "Connect parts of one network."),
  /** A proof of chain state does not verify against a header the enclave holds, or lacks a slot. */
  BAD_STATE_PROOF(
      404,
      Kind.ENCLAVE,
      "A proof of chain state does not verify against a header the enclave holds, or lacks a slot.",
      "Fetch the proof again for a header that the enclave has."),
  /** The enclave does not hold the block header that the message refers to. */
  UNKNOWN_HEADER(
      405,
      Kind.ENCLAVE,
      "The enclave does not hold the block header that the message refers to.",
      "Advance the enclave's headers first."),
  /** A block header does not follow the ones the enclave holds, or would move it back. */
  BAD_HEADER(
      406,
      Kind.ENCLAVE,
      "A block header does not follow the ones the enclave holds, or would move it back.",
      "Send the headers in order from the enclave's tip."),
  /** A higher lease exists for the realm. */
  LEASE_FENCED(
      407,
      Kind.ENCLAVE,
      "A higher lease exists for the realm.",
      "Drop the realm; its worker continues elsewhere."),
  /** The key manager does not grant this lease. */
  LEASE_REFUSED(
      408,
      Kind.ENCLAVE,
      "The key manager does not grant this lease.",
      "Read the reason in the message; try again with a newer header."),
  /**
   * The key manager does not acknowledge this head: it is lower, different, or of a lease it did
   * not grant.
   */
  HEAD_REFUSED(
      409,
      Kind.ENCLAVE,
      "The key manager does not acknowledge this head: it is lower, different, or of a lease it did"
          + " not grant.",
      "Take a new lease and load the highest head."),
  /** Snapshot and deltas do not lead to the head that the key managers acknowledged. */
  HEAD_MISMATCH(
      410,
      Kind.ENCLAVE,
      "Snapshot and deltas do not lead to the head that the key managers acknowledged.",
      "Fetch the missing deltas from a backup."),
  /**
   * The batch's head has not been acknowledged by a quorum of key managers, so nothing of it may
   * leave.
   */
  NOT_ANCHORED(
      411,
      Kind.ENCLAVE,
      "The batch's head has not been acknowledged by a quorum of key managers, so nothing of it may"
          + " leave.",
      "Collect acknowledgements first."),
  /** Attestation evidence does not satisfy the policy. */
  EVIDENCE_REJECTED(
      412,
      Kind.ENCLAVE,
      "Attestation evidence does not satisfy the policy.",
      "Read the verdict's reasons in the message."),
  /** The key manager does not have the master secret of this generation. */
  NO_MASTER_SECRET(
      413,
      Kind.ENCLAVE,
      "The key manager does not have the master secret of this generation.",
      "Fetch it from another listed key manager."),
  /** A master secret does not match the check hash on chain. */
  WRONG_MASTER_SECRET(
      414,
      Kind.ENCLAVE,
      "A master secret does not match the check hash on chain.",
      "Fetch it from another listed key manager."),
  /** The enclave is not a listed key manager or registered worker. */
  NOT_LISTED(
      415,
      Kind.ENCLAVE,
      "The enclave is not a listed key manager or registered worker.",
      "List or register it on chain."),
  /** The derived input key is not the one on chain. */
  KEY_MISMATCH(
      416,
      Kind.ENCLAVE,
      "The derived input key is not the one on chain.",
      "Check generation and tenure; the lease may be of another network."),
  /** The enclave cannot open its own sealed state: other machine, other code, or damaged. */
  SEALED_STATE_UNREADABLE(
      417,
      Kind.ENCLAVE,
      "The enclave cannot open its own sealed state: other machine, other code, or damaged.",
      "Start with an empty state directory and register again."),
  /** The grants or acknowledgements lie further apart than maxHeaderLag. */
  QUORUM_STALE(
      418,
      Kind.ENCLAVE,
      "The grants or acknowledgements lie further apart than maxHeaderLag.",
      "Ask the key managers again."),
  /** The worker has taken maxLeases leases of the realm in this epoch. */
  TOO_MANY_LEASES(
      419,
      Kind.ENCLAVE,
      "The worker has taken maxLeases leases of the realm in this epoch.",
      "Wait for the next epoch."),
  /** The key manager was restarted and has not read the heads from a quorum yet. */
  HEADS_UNKNOWN(
      420,
      Kind.ENCLAVE,
      "The key manager was restarted and has not read the heads from a quorum yet.",
      "Let it read the heads of the other key managers."),
  /** The epoch's seed may not be released yet. */
  SEED_NOT_DUE(
      421,
      Kind.ENCLAVE,
      "The epoch's seed may not be released yet.",
      "Wait for the end of the epoch before."),
  /** The task cannot run in this batch, for instance its expiry or its header does not fit. */
  TASK_NOT_ELIGIBLE(
      422,
      Kind.ENCLAVE,
      "The task cannot run in this batch, for instance its expiry or its header does not fit.",
      "The host takes it up in a later batch or drops it at expiry."),
  /** The enclave does not know this request. */
  UNKNOWN_REQUEST(
      423,
      Kind.ENCLAVE,
      "The enclave does not know this request.",
      "Use host and enclave of one version."),
  /** The batch has reached one of its bounds. */
  BATCH_FULL(
      424,
      Kind.ENCLAVE,
      "The batch has reached one of its bounds.",
      "Close it and go on in the next one."),
  /** The enclave has no batch that ends at this sequence. */
  UNKNOWN_BATCH(
      425,
      Kind.ENCLAVE,
      "The enclave has no batch that ends at this sequence.",
      "Ask for the batch that the last execution returned."),
  /**
   * The backup does not accept the delta: its lease has no quorum of grants, or it does not
   * continue the chain it holds.
   */
  DELTA_REFUSED(
      426,
      Kind.ENCLAVE,
      "The backup does not accept the delta: its lease has no quorum of grants, or it does not"
          + " continue the chain it holds.",
      "Send the missing deltas first."),
  /** The machine cannot produce attestation evidence. */
  EVIDENCE_UNAVAILABLE(
      427,
      Kind.ENCLAVE,
      "The machine cannot produce attestation evidence.",
      "Run doctor to see what the machine lacks."),
  /** The enclave process ended or its channel is closed. */
  ENCLAVE_STOPPED(
      428,
      Kind.ENCLAVE,
      "The enclave process ended or its channel is closed.",
      "Read the enclave's log and start it again."),
  /** The enclave is configured for another network already. */
  ALREADY_CONFIGURED(
      429,
      Kind.ENCLAVE,
      "The enclave is configured for another network already.",
      "Start a new enclave process."),
  /** A head of the realm that is older than half of maxBatchAge is not known to be committed. */
  COMMIT_OVERDUE(
      430,
      Kind.ENCLAVE,
      "A head of the realm that is older than half of maxBatchAge is not known to be committed.",
      "Commit it and show the key manager a proof; the next head is acknowledged then."),
  // Errors of the client libraries and of the machine they run on.
  /** Function or arguments do not fit the contract's interface. */
  ABI_MISMATCH(
      501,
      Kind.USER,
      "Function or arguments do not fit the contract's interface.",
      "Compare the call with the signature in the message."),
  /** The contract's interface has no such function. */
  NO_SUCH_FUNCTION(
      502,
      Kind.USER,
      "The contract's interface has no such function.",
      "Choose one of the functions that the message lists."),
  /** No contract of this name or address is known here. */
  NO_SUCH_CONTRACT(
      503,
      Kind.USER,
      "No contract of this name or address is known here.",
      "Deploy it first, or name it by its address."),
  /** The Solidity compiler reports errors. */
  COMPILATION_FAILED(
      504,
      Kind.USER,
      "The Solidity compiler reports errors.",
      "Correct the errors in the message."),
  /** A JSON text is nested more than 128 levels deep. */
  INPUT_TOO_DEEP(
      505, Kind.USER, "A JSON text is nested more than 128 levels deep.", "Flatten the data."),
  /** An argument or option has a value that is not allowed. */
  INVALID_ARGUMENT(
      506,
      Kind.USER,
      "An argument or option has a value that is not allowed.",
      "Correct the value that the message names."),
  /** A configuration key is unknown or its value is not allowed. */
  INVALID_CONFIGURATION(
      507,
      Kind.USER,
      "A configuration key is unknown or its value is not allowed.",
      "Correct the key that the message names."),
  /** A file is missing or cannot be read. */
  FILE_NOT_READABLE(
      508, Kind.USER, "A file is missing or cannot be read.", "Check path and permissions."),
  /** A padded payload has a wrong length or bytes other than zero after its end. */
  BAD_PADDING(
      509,
      Kind.USER,
      "A padded payload has a wrong length or bytes other than zero after its end.",
      "Ask the sender to pad as rule K8 says."),
  /** The sealed result does not open with the secret of this request. */
  RESULT_UNREADABLE(
      510,
      Kind.USER,
      "The sealed result does not open with the secret of this request.",
      "Use the client that sealed the request, with its saved secrets."),
  /** A key is not valid for its purpose. */
  INVALID_KEY(
      511,
      Kind.USER,
      "A key is not valid for its purpose.",
      "Generate a key with the client library."),
  /** A wallet's owner declined to connect, to sign or to send. */
  SIGNATURE_DECLINED(
      512,
      Kind.USER,
      "The wallet's owner declined to connect, to sign or to send.",
      "Ask again and confirm in the wallet; nothing was sent."),
  /** The client does not know where the contract keeps its variables. */
  NO_STORAGE_LAYOUT(
      513,
      Kind.USER,
      "The client does not know where the contract keeps its variables.",
      "Name the contract's source with --source, or deploy it from its source."),
  /** Somebody may change the contract's code, and the client was told to send nothing to such. */
  CODE_MAY_CHANGE(
      514,
      Kind.USER,
      "Somebody may change the contract's code, and the client was told to send nothing to such.",
      "Trust the account that the message names and say so to the client, or use another"
          + " contract."),
  /** A port is taken by another program. */
  PORT_IN_USE(
      601,
      Kind.USER,
      "A port is taken by another program.",
      "Choose another port, or 0 for any free one."),
  /** The Ethereum development node anvil is not installed. */
  ANVIL_MISSING(
      602,
      Kind.USER,
      "The Ethereum development node anvil is not installed.",
      "Run npm ci in the project's directory."),
  /** The Java version is older than 25. */
  WRONG_JDK(
      603,
      Kind.USER,
      "The Java version is older than 25.",
      "Install a JDK of version 25 or newer and set JAVA_HOME."),
  /** Another process uses the state directory. */
  STATE_DIRECTORY_IN_USE(
      604,
      Kind.USER,
      "Another process uses the state directory.",
      "Stop that process or choose another directory."),
  /** The state directory belongs to another network or version. */
  STATE_DIRECTORY_MISMATCH(
      605,
      Kind.USER,
      "The state directory belongs to another network or version.",
      "Choose another directory, or reset this one."),
  /** The state directory cannot be written: read-only or full. */
  STATE_DIRECTORY_UNUSABLE(
      606,
      Kind.USER,
      "The state directory cannot be written: read-only or full.",
      "Check permissions and free space."),
  /** Node or the Solidity compiler is not installed. */
  COMPILER_MISSING(
      607,
      Kind.USER,
      "Node or the Solidity compiler is not installed.",
      "Install Node 20 or newer and run npm ci in the project's directory."),
  /** No test network is running where it was expected. */
  NO_TESTNET(
      608,
      Kind.USER,
      "No test network is running where it was expected.",
      "Start one with: enigma testnet"),
  /** The machine cannot run enclaves in hardware mode. */
  HARDWARE_MISSING(
      609,
      Kind.USER,
      "The machine cannot run enclaves in hardware mode.",
      "Run doctor to see what is missing."),
  // Faults of Enigma itself.
  /** Something went wrong inside Enigma that should not. */
  INTERNAL(
      901,
      Kind.INTERNAL,
      "Something went wrong inside Enigma that should not.",
      "Report it with the log around it."),
  /** The node could not read or write its storage. */
  STORAGE_FAILED(
      902,
      Kind.INTERNAL,
      "The node could not read or write its storage.",
      "Make room on the disk: the node goes on by itself. Else check the disk's health and restart"
          + " the node.");

  /** Who is concerned: the caller, the network, an enclave's host, or the authors of Enigma. */
  public enum Kind {
    USER,
    NETWORK,
    ENCLAVE,
    INTERNAL
  }

  private static final Map<Integer, ErrorCode> BY_NUMBER =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(ErrorCode::number, Function.identity()));

  private final int number;
  private final Kind kind;
  private final String explanation;
  private final String remedy;

  ErrorCode(int number, Kind kind, String explanation, String remedy) {
    this.number = number;
    this.kind = kind;
    this.explanation = explanation;
    this.remedy = remedy;
  }

  /** The stable number, between 1 and 65,535. */
  public int number() {
    return number;
  }

  public Kind kind() {
    return kind;
  }

  /** What happened, in one sentence. */
  public String explanation() {
    return explanation;
  }

  /** What to do about it, in one sentence. */
  public String remedy() {
    return remedy;
  }

  /** Whether this code may stand in a public outcome REFUSED. */
  public boolean isRefusal() {
    return number < 100;
  }

  /**
   * Whether this code says how an executed call failed, inside a sealed result. What depends on a
   * realm's secret state is told there only, so some codes are both: a reason to refuse where it is
   * public, else a failure.
   */
  public boolean isExecutionFailure() {
    return switch (this) {
      case UNKNOWN_CONTRACT, CONTRACT_EXISTS, INVALID_CODE, STATE_TOO_LARGE -> true;
      default -> number > 200 && number < 300;
    };
  }

  public static Optional<ErrorCode> fromNumber(int number) {
    return Optional.ofNullable(BY_NUMBER.get(number));
  }

  /** Finds a code by its name, in any spelling of case, with or without underscores. */
  public static Optional<ErrorCode> fromName(String name) {
    String wanted = name.replace("_", "");
    return Arrays.stream(values())
        .filter(code -> code.name().replace("_", "").equalsIgnoreCase(wanted))
        .findFirst();
  }
}

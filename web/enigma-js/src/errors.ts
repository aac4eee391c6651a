import { ERROR_CODES } from './generated/errors.js';

export { ERROR_CODES };

/** The name of an error code; the same names and numbers as in Java. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Whose fault it is, roughly: what the user gave, the network, an enclave, or a bug. */
export type ErrorKind = (typeof ERROR_CODES)[ErrorCode]['kind'];

/** The one error this library throws on purpose. Programs look at `code`, people at `message` and `remedy`. */
export class EnigmaError extends Error {
  override readonly name = 'EnigmaError';
  readonly code: ErrorCode;
  /** When trying again makes sense, where the network said so. */
  readonly retryAfterMillis: number | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfterMillis?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterMillis = options.retryAfterMillis;
  }

  get number(): number {
    return ERROR_CODES[this.code].number;
  }

  get kind(): ErrorKind {
    return ERROR_CODES[this.code].kind;
  }

  /** What the code means, in one sentence. */
  get explanation(): string {
    return ERROR_CODES[this.code].explanation;
  }

  /** What can be done about it. */
  get remedy(): string {
    return ERROR_CODES[this.code].remedy;
  }
}

/** Whether a text is the name of an error code. */
export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(ERROR_CODES, text);

/** The name of an error code's number, if there is one. */
export const errorCodeOf = (number: number): ErrorCode | undefined =>
  (Object.keys(ERROR_CODES) as ErrorCode[]).find((name) => ERROR_CODES[name].number === number);

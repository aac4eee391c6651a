export { enigmaAbi, tokenAbi } from './generated/abi.js';
export { EnigmaError, ERROR_CODES, errorCodeOf, isErrorCode, type ErrorCode, type ErrorKind } from './errors.js';

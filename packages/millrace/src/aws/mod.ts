/** Wire protocols of AWS: names, requests and error shapes. */

export { type Arn, formatArn, parseArn } from "./arn.ts";
export { encodeEventMessage, eventStreamType } from "./event-stream.ts";
export {
  type JsonAnswerOptions,
  type JsonError,
  type JsonTarget,
  type JsonVersion,
  jsonAnswer,
  jsonErrorAnswer,
  parseTarget,
} from "./json-protocol.ts";
export {
  decodeLabel,
  type RestError,
  type RestTarget,
  restErrorAnswer,
  restTarget,
  signedService,
} from "./rest-json.ts";
export {
  type ClaimReading,
  type CredentialScope,
  type Evidence,
  type HeaderReader,
  isSigned,
  queryParameters,
  type RequestHead,
  type RequestToSign,
  readClaim,
  type SignableRequest,
  type SignatureClaim,
  type SignatureProblem,
  type SigningCredentials,
  SigningKeys,
  signableRequest,
  signatureProblem,
  signedHeaders,
  signedKeyId,
  unsigned,
  type VerifierOptions,
} from "./sigv4/mod.ts";

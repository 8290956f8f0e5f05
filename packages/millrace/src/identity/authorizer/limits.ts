/** The bounds of custom authorizers: AWS's, and ours where AWS names none. */

export const authorizerLimits = {
  /** [IoT quotas] */
  authorizersMax: 100,
  activeMax: 32,
  publicKeysMax: 10,
  publicKeyCharactersMax: 5_120,
  keyBitsMin: 2_048,
  /** Of a token and of its signature. [IoT: TestInvokeAuthorizer] */
  tokenCharactersMax: 6_144,
  signatureCharactersMax: 2_560,
  /** For the function's answer. [IoT quotas] */
  answerMsMax: 5_000,
  answerBytesMax: 65_536,
  /** [IoT: Defining your Lambda function] */
  policyDocumentsMax: 10,
  policyCharactersMax: 2_048,
  secondsMin: 300,
  secondsMax: 86_400,
  /** Sets of policies that are kept for those who come next with the same. */
  policySetsMax: 1_000,
  /** Decisions that are kept for each of them; at most twice as many for a moment. */
  decisionsMax: 1_000,
  /** Answers for requests over HTTP that are kept. */
  cachedAnswersMax: 10_000,
} as const;

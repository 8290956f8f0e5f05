/** The bounds of logins at identity providers. */

export const loginLimits = {
  /** [Cognito: Logins] */
  tokenCharactersMax: 50_000,
  /** Of a discovery document and of a set of keys. */
  answerBytesMax: 262_144,
  fetchMsMax: 5_000,
  keysMax: 100,
  /** So long keys are taken as they are. */
  keysFreshMs: 3_600_000,
  /** And so long when the provider cannot be reached. */
  keysStaleMs: 86_400_000,
  /** The same of keys for tokens shown to APIs. [API Gateway: JWT authorizers, "two hours"] */
  apiKeysHoldMs: 7_200_000,
  /** Between two tries to fetch, whatever tokens come meanwhile. */
  fetchPauseMs: 30_000,
  /** How far the clocks of provider and server may be apart. */
  clockToleranceSeconds: 60,
  /** A token of ours. [Cognito: GetOpenIdToken] */
  ownTokenSeconds: 600,
} as const;

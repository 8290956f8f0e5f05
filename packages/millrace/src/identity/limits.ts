/** The bounds of identities and of what stands for them. */

export const identityLimits = {
  /** A session token that is longer is none of ours. */
  sessionTokenCharactersMax: 7_168,
  /** The document of a session policy, as it is sealed. [STS: AssumeRole, PackedPolicyTooLarge] */
  sessionPolicyBytesMax: 2_048,
  /** Session policies that are kept compiled. */
  sessionPoliciesMax: 1_000,
  /** Long-term access keys of the deployment. */
  accessKeysMax: 100,
  /** Refusals that are remembered for people to read. */
  denialsMax: 200,
  /** New refusals that are explained and logged in a second; more are counted alone. */
  denialsPerSecondMax: 20,
  /** A topic or client id in a remembered refusal that is longer is cut. */
  denialCharactersMax: 1_024,
  /** Failures from one address before the next try waits. */
  failuresFree: 10,
  tryDelayMsMin: 250,
  tryDelayMsMax: 2_000,
  /** Tries from one address that wait at once. */
  waitingTriesMax: 32,
  /** Without a failure for so long an address is as good as new. */
  failuresForgottenMs: 600_000,
  failingAddressesMax: 10_000,
} as const;

/** How long temporary credentials are good for, in seconds. */
export const lifetimes = {
  /** Of a guest of an identity pool. [Cognito: enhanced flow] */
  guest: 3_600,
  /** Of a function's process, which ends before they do. */
  function: 43_200,
  roleMin: 900,
  roleDefault: 3_600,
  /** Of any role. [STS: AssumeRole] */
  roleMost: 43_200,
  /** The template's `MaxSessionDuration` where it says nothing. [IAM: CreateRole] */
  roleMax: 3_600,
  /** Of a role that a role takes. [IAM: role chaining] */
  chainedMax: 3_600,
  rootMin: 900,
  rootDefault: 3_600,
  /** For the account's owner an hour, whatever is asked for. [STS: GetSessionToken] */
  rootMax: 3_600,
} as const;

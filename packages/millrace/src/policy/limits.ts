/** The bounds of the policy language: those of AWS, and ours where AWS names none. */

/** Characters of a document, white space not counted. [IAM and STS quotas; AWS IoT Core quotas] */
export const documentCharactersMax = {
  /** An IoT policy, and each document that a custom authorizer returns. */
  iot: 2_048,
  /** All inline policies of a role together; a managed policy has `managedCharactersMax`. */
  identity: 10_240,
  session: 2_048,
  /** A role's trust policy. */
  trust: 2_048,
  /** A bucket's policy, the largest of the policies of resources. */
  resource: 20_480,
} as const;

export const policyLimits = {
  /** A customer managed policy. [IAM and STS quotas] */
  managedCharactersMax: 6_144,
  /** White space included; what is longer is not read at all. */
  textCharactersMax: 128 * 1024,
  /** Lists and maps inside each other in a document's text; its grammar needs six. */
  nestingMax: 64,
  /** Told of one document. */
  problemsMax: 100,
  /** A certificate's value that is longer does not replace its variable. [IoT: X.509 variables] */
  certificateValueCharactersMax: 1_024,
  /** Resources whose decision is kept, for each policy set; at most twice as many for a moment. */
  sharedDecisionsMax: 10_000,
  /** A longer resource is decided each time, so that what is kept is bounded in bytes, too. */
  sharedResourceCharactersMax: 1_024,
  /** Actions for which a bound set keeps a table; the server asks about a few dozen. */
  actionTablesMax: 200,
} as const;

/** The bounds of shadows: AWS IoT's, and ours where it names none. */

export const shadowLimits = {
  /** [IoT: thing names], and the same for shadows. */
  thingNameCharactersMax: 128,
  shadowNameCharactersMax: 64,
  /** Of the state as it will be stored, as JSON without spaces, without metadata. [quotas] */
  stateBytesMax: 8 * 1024,
  /** Of the state of an update, nulls included, which are not stored; counted in the same way. */
  stateOfRequestBytesMax: 2 * 8 * 1024,
  /**
   * Objects and arrays inside each other, `desired` or `reported` being the first. The quotas page
   * says 8 and counts the document and its `state` too; the error's text says 6. [quotas]
   */
  nestingMax: 6,
  /** In UTF-8. [error messages] */
  clientTokenBytesMax: 64,
  /** Of a request; nothing larger is read. What AWS IoT takes of any message. */
  requestBytesMax: 128 * 1024,
  /** Requests of one connection that are not answered yet; one more is rejected. [quotas] */
  requestsOfConnectionMax: 10,
  /** The same of all rules together, which may ask several times for one message. */
  requestsOfRulesMax: 1_000,
  /** How long the version of a shadow that was deleted is remembered: 48 hours. */
  versionKeptSeconds: 48 * 60 * 60,
  /** Names in a page of a list. [ListNamedShadowsForThing] */
  pageMax: 100,
  pageDefault: 25,
  /** Records read at once. */
  rangeMax: 500,
  /** How often versions are forgotten whose time is over. */
  sweepEveryMs: 60 * 60 * 1000,
} as const;

/**
 * What the bus needs of other parts; `node/` hands it over, with the rights that each rule has.
 *
 * Each rejects with a `WorldError` when it may help to try again, and else with the reason.
 */

/** Who acts. */
export interface ActingRule {
  readonly ruleName: string;
  readonly ruleArn: string;
  readonly roleArn?: string | undefined;
}

export interface BusPorts {
  /** Answers when the call is accepted, which is then the functions' affair. */
  readonly callFunction: (
    call: {
      readonly name: string;
      readonly qualifier?: string | undefined;
      readonly payload: Uint8Array;
    },
    by: ActingRule,
  ) => Promise<void>;
  /** Answers when the line is durable. */
  readonly writeLog: (
    line: { readonly groupName: string; readonly message: string },
    by: ActingRule,
  ) => Promise<void>;
  /** Why the rule may not send to that bus. */
  readonly busRefusal: (busArn: string, by: ActingRule) => string | undefined;
}

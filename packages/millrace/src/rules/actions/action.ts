/**
 * What an action is to the engine, and what a file of this folder says about one type of action.
 *
 * An action is prepared once for a message: templates are rendered, what the statement gave is
 * checked. What was prepared is then performed, and performed again when the world was in the way;
 * so an attempt repeats the request alone, with the same ids and keys.
 */

import type { Clock, Logger } from "../../base/mod.ts";
import type { Output, SqlVersion, Template, Value } from "../../sql/mod.ts";
import type { RuleContext } from "../message.ts";
import type { Members, MembersValue } from "../payload/members.ts";
import type { RulePorts } from "../ports.ts";

export interface ActionInput {
  /** What the statement selected. */
  readonly output: Output;
  /** What the statement's SET gave, for templates. */
  readonly variables: readonly Value[];
  /** The original message: templates see this, not the output. */
  readonly context: RuleContext;
  readonly clock: Clock;
  readonly logger: Logger;
  /** It is told what has failed: the action is the rule's error action. */
  readonly ofErrors?: true;
}

/** Why an action failed, for good; `undefined` when it did not. */
export type ActionProblem = string | undefined;

export interface Prepared {
  /** What it acts on, e.g. a topic or a table's name. */
  readonly resource: string;
  /** Why it cannot be done with this message: then that is all that `perform` says. */
  readonly problem?: string;
  /** Throws a `WorldError` when another attempt may succeed; any other error is final. */
  perform(): ActionProblem | Promise<ActionProblem>;
}

export interface Action {
  readonly kind: string;
  /** What it acts on, as the definition says it: for an action that could not be prepared. */
  readonly resource: string;
  /** Its messages may be sent together with others: failures are told in another form then. */
  readonly isBatched?: boolean;
  /** URLs that must be confirmed before anything is sent to those that begin with them. */
  readonly destinations?: readonly string[];
  prepare(input: ActionInput): Prepared | Promise<Prepared>;
}

/** What an action is made from, besides its definition. */
export interface ActionSetting {
  readonly ruleName: string;
  readonly version: SqlVersion;
  readonly ports: RulePorts;
  /** The definition as it is written, to tell of it. */
  readonly resource: string;
  /** Refuses the action when it is loaded; `member` is e.g. `headers.contentType`. */
  refuse(member: string, message: string): void;
}

export interface ActionType<M extends Members = Members> {
  /** As an error action is told of it. */
  readonly failedName: string;
  /** The member that says what it acts on, e.g. `topic`. */
  readonly resource: string;
  readonly members: M;
  /** `given` is the definition as it is written, `settings` the same with compiled templates. */
  load(
    settings: MembersValue<M, Template>,
    setting: ActionSetting,
    given: MembersValue<M>,
  ): Omit<Action, "kind" | "resource">;
}

/** Ties the types of the members to `load`. */
export function defineAction<const M extends Members>(type: ActionType<M>): ActionType<M> {
  return type;
}

/** What the template comes to for this message. Throws when something it asks for failed. */
export function render(template: Template, input: ActionInput): string | Promise<string> {
  return template.render(input.context, input.variables);
}

/** As `render`, for what need not be there. */
export function renderIfGiven(template: Template | undefined, input: ActionInput) {
  return template && render(template, input);
}

/** What `prepare` makes of the text; at once where no other service has to be asked for it. */
export function withRendered(
  template: Template,
  input: ActionInput,
  prepare: (text: string) => Prepared | Promise<Prepared>,
): Prepared | Promise<Prepared> {
  const text = render(template, input);
  return typeof text === "string" ? prepare(text) : text.then(prepare);
}

/** Every digit has one place in it, so that a long text that is none is known at its first look. */
const decimal = /^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/;

/** Whether the text is a number in decimal notation, as AWS's services read it. */
export function isDecimal(text: string): boolean {
  return decimal.test(text) && Number.isFinite(Number(text));
}

/** An action that cannot be done with this message. */
export function failing(resource: string, problem: string): Prepared {
  return { resource, problem, perform: () => problem };
}

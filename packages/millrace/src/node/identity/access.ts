/**
 * Answers who may do what, for people: finds out whom a name means (an identity of a pool, a role,
 * a function, a rule, an access key, the owner) and where in the template the deciding statement
 * stands.
 */

import { type Clock, suggest } from "../../base/mod.ts";
import type { Functions } from "../../functions/mod.ts";
import {
  type AccessAnswer,
  type AccessQuestion,
  type Asked,
  explainAccess,
  type Identities,
} from "../../identity/mod.ts";
import { type RuleManager, rolesOf } from "../../rules/mod.ts";
import type { Application } from "../../template/mod.ts";
import type { FunctionPolicies } from "./function-policies.ts";

export interface AccessExplainerOptions {
  readonly application: Application;
  readonly identities: Identities;
  readonly functions: Pick<Functions, "control">;
  readonly rules: Pick<RuleManager, "get" | "list">;
  readonly policies: FunctionPolicies;
  readonly clock: Clock;
}

/** The answer, and the place of the deciding statement, e.g. `template.yaml:12:9`. */
export type PlacedAnswer = AccessAnswer & { readonly place?: string };

type Question = Omit<AccessQuestion, "granted">;

export class AccessExplainer {
  readonly #options: AccessExplainerOptions;

  constructor(options: AccessExplainerOptions) {
    this.#options = options;
  }

  /**
   * One answer for each role that the identity acts in (a rule may have several); a sentence when
   * nobody has that name.
   */
  async explain(identity: string, question: Question): Promise<readonly PlacedAnswer[] | string> {
    const callers = await this.#callersOf(identity);
    if (typeof callers === "string") return callers;
    const { action, resource } = question;
    const isCall = /^lambda:Invoke/i.test(action);
    const called = isCall ? /:function:([^:]+)(?::([^:]+))?$/.exec(resource) : null;
    const granted = called ? this.#options.policies.of(called[1]!, called[2]) : undefined;
    const keys = { ...clientKeys(action, resource), ...question.keys };
    const asked = { action, resource, keys, granted };
    return callers.map((caller) => {
      const answer = explainAccess(caller, asked, this.#options.clock);
      const place = this.#placeOf(caller, answer);
      return { ...answer, ...(place !== undefined && { place }) };
    });
  }

  async #callersOf(identity: string): Promise<Asked["caller"][] | string> {
    const { identities, application } = this.#options;
    const { accountId } = identities.account;
    if (["owner", "root", accountId].includes(identity)) return [identities.owner(loopback)];
    if (/^[\w-]+:[0-9a-f-]{36}$/.test(identity)) return this.#ofGrant(identity);
    const key = identities.accessKeys.find(identity);
    if (key?.roleName !== undefined) return this.#ofRole(key.roleName, key.name ?? identity);
    if (key) return [identities.owner(loopback)];
    const role = identities.roles.byArn(identity) ?? identities.roles.byName(identity);
    if (role) return this.#ofRole(role.name, "someone");
    const roleArns = (await this.#rolesOfFunction(identity)) ?? this.#rolesOfRule(identity);
    if (roleArns) return this.#ofRoles(roleArns, identity);
    const names = [...application.functions, ...application.rules, ...application.roles];
    const hint = suggest(
      identity,
      names.map(({ name }) => name),
    );
    return (
      `"${identity}" is no identity of a pool, no role, function, rule or access key ` +
      `of this node, nor "owner"${hint}`
    );
  }

  #ofGrant(identityId: string): Asked["caller"][] | string {
    const { identities } = this.#options;
    const grant = identities.guests.grantOf(identityId, loopback);
    if (typeof grant === "string") return grant;
    const caller = identities.callerOf(grant, { "aws:SourceIp": loopback });
    return caller ? [caller] : `the role "${grant.roleName}" is not in the template`;
  }

  #ofRole(roleName: string, sessionName: string): Asked["caller"][] | string {
    const grant = { roleName, sessionName, keys: {} };
    const caller = this.#options.identities.callerOf(grant, { "aws:SourceIp": loopback });
    return caller ? [caller] : `the role "${roleName}" is not in the template`;
  }

  #ofRoles(roleArns: readonly string[], sessionName: string): Asked["caller"][] | string {
    const callers: Asked["caller"][] = [];
    for (const arn of roleArns) {
      const role = this.#options.identities.roles.byArn(arn);
      if (!role) return `the role "${arn}" of "${sessionName}" is not in the template`;
      const found = this.#ofRole(role.name, sessionName);
      if (typeof found === "string") return found;
      callers.push(...found);
    }
    return callers.length > 0 ? callers : `"${sessionName}" acts in no role`;
  }

  async #rolesOfFunction(name: string): Promise<string[] | undefined> {
    const found = await this.#options.functions.control.describe(name, undefined);
    return found.ok ? [found.value.definition.role ?? ""] : undefined;
  }

  #rolesOfRule(name: string): string[] | undefined {
    const found = this.#options.rules.get(name);
    return found && rolesOf(found.payload);
  }

  #placeOf(caller: Asked["caller"], { decidedBy }: AccessAnswer): string | undefined {
    if (!decidedBy || caller.principal.kind !== "session") return undefined;
    const role = this.#options.identities.roles.byArn(caller.principal.roleArn);
    const key = `role:${role?.name}:${decidedBy.policy}:${decidedBy.statement}`;
    const position = this.#options.application.positions.get(key);
    return position && `${position.file}:${position.line}:${position.column}`;
  }
}

const loopback = "127.0.0.1";

/** What a CONNECT says of itself by what it asks for. */
function clientKeys(action: string, resource: string): Record<string, string> {
  const clientId = /:client\/(.+)$/.exec(resource)?.[1];
  return action === "iot:Connect" && clientId ? { "iot:ClientId": clientId } : {};
}

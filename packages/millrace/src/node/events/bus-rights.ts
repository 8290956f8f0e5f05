/**
 * What rules of event buses may do: what the role of the target allows, or where it has none, what
 * the target's own policy allows to the service.
 *
 * A function without a permission for the rule is not called. A log group has no policy of its own
 * here, and another bus of the same account needs none, so that without a role both are open to the
 * rules of this deployment.
 *
 * A refusal does not carry the rule's name: that would be taken for a rule of the broker, in whose
 * execution it would be looked for. So it stands in the trace by itself.
 */

import type { ActingRule, BusPorts } from "../../events/mod.ts";
import { arnsOf, type Need } from "../../identity/mod.ts";
import type { RuleRightsOptions } from "../rules/rule-rights.ts";

export type BusRightsOptions = RuleRightsOptions;

const service = "events.amazonaws.com";

/** The ports, each of which asks first. */
export function withBusRights(
  ports: Omit<BusPorts, "busRefusal">,
  options: BusRightsOptions,
): BusPorts {
  const arnOf = arnsOf(options.identities.account);
  return {
    async callFunction(call, by) {
      const { name, qualifier } = call;
      const suffix = qualifier === undefined ? "" : `:${qualifier}`;
      const resource = arnOf("lambda", `function:${name}${suffix}`);
      const need = { action: "lambda:InvokeFunction", resource };
      demand(
        by.roleArn === undefined
          ? refusalOfItself(options, by, {
              ...need,
              granted: { ...options.policies.of(name, qualifier), isRequired: true },
            })
          : refusalOfRole(options, by, [need]),
      );
      await ports.callFunction(call, by);
    },
    async writeLog(line, by) {
      const all = arnOf("logs", `log-group:${line.groupName}:*`);
      const stream = arnOf("logs", `log-group:${line.groupName}:log-stream:${by.ruleName}`);
      const needs = [
        { action: "logs:CreateLogStream", resource: all },
        { action: "logs:PutLogEvents", resource: stream },
      ];
      if (by.roleArn !== undefined) demand(refusalOfRole(options, by, needs));
      await ports.writeLog(line, by);
    },
    busRefusal(busArn, by) {
      if (by.roleArn === undefined) return undefined;
      return refusalOfRole(options, by, [{ action: "events:PutEvents", resource: busArn }]);
    },
  };
}

function demand(refusal: string | undefined): void {
  if (refusal !== undefined) throw new Error(refusal);
}

function refusalOfItself(
  { identities, access }: BusRightsOptions,
  { ruleArn }: ActingRule,
  need: Need,
): string | undefined {
  const caller = identities.services.itself({ service, sourceArn: ruleArn });
  return access.refusal({ caller, via: "invoke" }, [need]);
}

function refusalOfRole(
  { identities, access, trustsAbsentRoles }: BusRightsOptions,
  { ruleArn, ruleName, roleArn = "" }: ActingRule,
  needs: readonly Need[],
): string | undefined {
  const acting = { service, sessionName: ruleName, sourceArn: ruleArn };
  const caller = identities.services.caller(roleArn, acting);
  if (caller === "absent") {
    return trustsAbsentRoles ? undefined : `the role "${roleArn}" is not in the template`;
  }
  if ("problem" in caller) return caller.problem;
  return access.refusal({ caller, via: "rule" }, needs);
}

/** Topic rules on the wire: their names, ARNs and problems. */

import { decodeLabel, formatArn } from "../../aws/mod.ts";
import { problemText, type RuleError, type RuleProblem } from "../../rules/mod.ts";
import { done, type Failure, failure, invalid, type Outcome } from "./answers.ts";
import type { IotCall } from "./operation.ts";

/** The rule's name, or what is wrong with it. */
export function readRuleName({ label }: IotCall): string | Failure {
  const name = decodeLabel(label);
  if (name !== undefined && /^\w{1,128}$/.test(name)) return name;
  return invalid(`The rule name "${name ?? label}" is not 1 to 128 letters, digits or underscores`);
}

export function ruleArn({ ports }: IotCall, name: string): string {
  const { region, accountId: account } = ports.account;
  return formatArn({ partition: "aws", service: "iot", region, account, resource: `rule/${name}` });
}

/**
 * AWS hides whether a rule exists from those who may not know: in its place an operation on a rule
 * that is missing says that access was denied. Tools look for this name, and for these words.
 */
export function missingRule(name: string): Failure {
  return failure("UnauthorizedException", `Access to topic rule '${name}' was denied`);
}

/** What a change of the rule came to. */
export function outcomeOf(call: IotCall, name: string, problem: RuleProblem | undefined): Outcome {
  if (!problem) return done;
  switch (problem.kind) {
    case "missing":
      return missingRule(name);
    case "exists":
      return failure("ResourceAlreadyExistsException", `The rule "${name}" already exists`, {
        resourceId: name,
        resourceArn: ruleArn(call, name),
      });
    case "broken":
      return invalid(`The rule "${name}" cannot be enabled: ${problem.reason}`);
    case "invalid":
      return invalidRule(problem.errors);
  }
}

/**
 * Where all that is wrong is in the text of the SQL, that is what AWS calls it. A statement that is
 * missing, or no text, has no place in it.
 */
function invalidRule(errors: readonly RuleError[]): Failure {
  const isPlace = ({ property, line }: RuleError) => property === "sql" && line !== undefined;
  const isSql = errors.length > 0 && errors.every(isPlace);
  return failure(isSql ? "SqlParseException" : "InvalidRequestException", problemText(errors));
}

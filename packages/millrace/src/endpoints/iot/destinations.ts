/** Destinations of rules on the wire: their ARNs, shapes and problems. */

import { decodeLabel, formatArn } from "../../aws/mod.ts";
import type { Destination, DestinationResult } from "../../rules/mod.ts";
import { type Failure, failure, invalid, type Outcome, wireSeconds } from "./answers.ts";
import type { IotCall } from "./operation.ts";
import { ownResource } from "./own-arn.ts";

const resourcePattern = /^ruledestination\/http\/([\w-]+)$/;

export function destinationArn({ ports }: IotCall, id: string): string {
  const { region, accountId: account } = ports.account;
  const resource = `ruledestination/http/${id}`;
  return formatArn({ partition: "aws", service: "iot", region, account, resource });
}

/** The id in an ARN of this account and region, which its rights were asked for. */
export function idOf({ ports }: IotCall, arn: unknown): string | Failure {
  const [, id] = resourcePattern.exec(ownResource(ports, arn) ?? "") ?? [];
  return id ?? invalid(`"${arn}" is not the ARN of a destination for HTTP`);
}

/** The id in the path's label. */
export function readDestinationId(call: IotCall): string | Failure {
  return idOf(call, decodeLabel(call.label) ?? call.label);
}

export function missingDestination(call: IotCall, id: string): Failure {
  const arn = destinationArn(call, id);
  return failure("ResourceNotFoundException", `There is no destination "${arn}"`);
}

/** As `GetTopicRuleDestination` and `CreateTopicRuleDestination` show it. */
export function destinationBody(call: IotCall, destination: Destination): object {
  const { confirmationUrl } = destination;
  return { ...common(call, destination), httpUrlProperties: { confirmationUrl } };
}

/** As a list shows it. */
export function destinationSummary(call: IotCall, destination: Destination): object {
  const { confirmationUrl } = destination;
  return { ...common(call, destination), httpUrlSummary: { confirmationUrl } };
}

function common(call: IotCall, { id, status, reason, createdAtMs, changedAtMs }: Destination) {
  return {
    arn: destinationArn(call, id),
    status,
    statusReason: reason,
    createdAt: wireSeconds(createdAtMs),
    lastUpdatedAt: wireSeconds(changedAtMs),
  };
}

/** The outcome for what could not be done; `done` says it for what could. */
export function outcomeOfResult(
  call: IotCall,
  { result, id = "" }: { readonly result: DestinationResult; readonly id?: string },
  done: (destination: Destination) => Outcome,
): Outcome {
  if (result.ok) return done(result.destination);
  const { problem } = result;
  switch (problem.kind) {
    case "missing":
      return missingDestination(call, id);
    case "invalid":
      return invalid(problem.reason);
    case "exists": {
      const resourceArn = destinationArn(call, problem.id);
      const message = "There is a destination of this confirmation URL already";
      const members = { resourceId: problem.id, resourceArn };
      return failure("ResourceAlreadyExistsException", message, members);
    }
  }
}

/**
 * iot ConfirmTopicRuleDestination: `GET /confirmdestination/{confirmationToken+}`.
 *
 * Whoever opens the `enableUrl` of a confirmation message comes here too, without a signature. As
 * AWS's guide has it, that enables the destination; the operation itself leaves it disabled.
 */

import { decodeLabel, signedService } from "../../aws/mod.ts";
import { invalid, type Outcome } from "./answers.ts";
import type { IotCall } from "./operation.ts";

export async function confirmTopicRuleDestination(call: IotCall): Promise<Outcome> {
  const { label, request, ports } = call;
  const token = decodeLabel(label) ?? label;
  const isOperation = signedService(request.headers.get("authorization")) === "iot";
  const destination = await ports.destinations.confirm(token, isOperation ? "DISABLED" : "ENABLED");
  if (!destination) return invalid("No destination waits for this confirmation token");
  return { body: {} };
}

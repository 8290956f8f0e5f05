/** An error that belongs to no service of AWS: a message as JSON. */

import type { Call } from "./ports.ts";

export function plainError(
  { requestId }: Pick<Call, "requestId">,
  status: number,
  message: string,
): Response {
  return Response.json({ message }, { status, headers: { "x-amzn-requestid": requestId } });
}

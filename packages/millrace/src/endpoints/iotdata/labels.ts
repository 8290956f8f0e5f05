/** The variable parts of paths: topics and client ids. */

import { topicNameProblem } from "@millrace/mqtt";
import { decodeLabel } from "../../aws/mod.ts";
import { utf8 } from "../../base/mod.ts";
import { type Failure, failure } from "./answers.ts";
import type { IotDataCall } from "./operation.ts";

/** The topic, decoded once and then exactly that, or what is wrong with it. */
export function readTopic({ label }: Pick<IotDataCall, "label">): string | Failure {
  const topic = decodeLabel(label);
  if (topic === undefined) return invalid("The topic is not percent-encoded UTF-8");
  return checkTopic(topic);
}

/** The topic itself, or what is wrong with it; the broker's limits are not looked at. */
export function checkTopic(topic: string): string | Failure {
  const problem = topicNameProblem(topic);
  return problem ? invalid(`The topic "${topic}" is not valid: ${problem}`) : topic;
}

/** The client id, or what is wrong with it; those that start with `$` are the server's own. */
export function readClientId({ label, ports }: IotDataCall): string | Failure {
  const { clientIdBytesMax } = ports.broker.limits;
  const clientId = decodeLabel(label);
  if (clientId === undefined) return invalid("The client id is not percent-encoded UTF-8");
  if (clientId === "") return invalid("The client id is empty");
  if (clientId.startsWith("$")) {
    return invalid(`The client id "${clientId}" begins with a dollar sign`);
  }
  if (utf8(clientId).length > clientIdBytesMax) {
    return invalid(`The client id has more than ${clientIdBytesMax} bytes`);
  }
  return clientId;
}

function invalid(message: string): Failure {
  return failure("InvalidRequestException", message);
}

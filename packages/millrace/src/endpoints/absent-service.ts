/**
 * Services of AWS that are not here, told in a form that their clients read: those of S3 and of
 * the Query protocol (IAM, SNS, CloudFormation, ...) show nothing of a message in JSON.
 */

import { escapeXml } from "./xml-text.ts";

export interface Absence {
  readonly service: string;
  /** What the message begins with, e.g. `GET "/bucket"`. */
  readonly what: string;
  readonly requestId: string;
}

/** S3's form: the error alone. */
export function absentS3({ service, what, requestId }: Absence): Response {
  const error = errorXml(service, what, `<RequestId>${requestId}</RequestId>`);
  return answer(requestId, `<?xml version="1.0" encoding="UTF-8"?>\n${error}\n`);
}

/** The form of the Query protocol. */
export function absentQuery({ service, what, requestId }: Absence): Response {
  const error = errorXml(service, what, "<Type>Sender</Type>");
  const text = `<ErrorResponse>${error}<RequestId>${requestId}</RequestId></ErrorResponse>\n`;
  return answer(requestId, text);
}

function errorXml(service: string, what: string, more: string): string {
  const message = escapeXml(`${what} of the service "${service}" is not implemented`);
  return `<Error><Code>NotImplemented</Code><Message>${message}</Message>${more}</Error>`;
}

function answer(requestId: string, text: string): Response {
  const headers = { "content-type": "text/xml", "x-amzn-requestid": requestId };
  return new Response(text, { status: 501, headers });
}

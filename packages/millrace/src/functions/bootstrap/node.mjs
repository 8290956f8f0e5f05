/**
 * The bootstrap of Node handlers: loads the handler, then asks for work until the server goes away.
 *
 * Runs as it is on Node and on Bun. An error that nobody caught is reported as the result of the
 * call in hand, and ends the process, as on Lambda.
 */

import { connectRuntimeApi } from "./connection.mjs";
import { logMark, patchConsole, setLogRequestId } from "./console.mjs";
import { describeError, logError, UnhandledPromiseRejection } from "./errors.mjs";
import { callHandler, loadHandler } from "./handler.mjs";
import { redirectSignedRequests } from "./redirect.mjs";
import { awslambda, isStreamed, serveStream } from "./streaming.mjs";

const variables = process.env;
const runtimeApi = connectRuntimeApi(variables.AWS_LAMBDA_RUNTIME_API);
/** Tells whoever waits for this process; absent while nobody does. */
let report = (json) => runtimeApi.failInit(json);

patchConsole();
redirectSignedRequests(variables);
globalThis.awslambda = awslambda;
process.on("uncaughtException", (error) => giveUp("Uncaught Exception", error, 129));
process.on("unhandledRejection", (reason) => {
  giveUp("Unhandled Promise Rejection", new UnhandledPromiseRejection(reason), 128);
});

serve();

/** Not a wait at the top level: one that is pending would keep an event loop from being empty. */
async function serve() {
  let handler;
  try {
    handler = await loadHandler(variables.LAMBDA_TASK_ROOT, variables._HANDLER);
  } catch (error) {
    await giveUp("Uncaught Exception", error, 1);
  }
  for (;;) {
    report = undefined;
    await serveCall(handler, await runtimeApi.next());
  }
}

async function serveCall(handler, { headers, body }) {
  const requestId = headers.get("lambda-runtime-aws-request-id");
  report = (json) => {
    logMark(requestId);
    return runtimeApi.fail(requestId, json);
  };
  setLogRequestId(requestId);
  variables._X_AMZN_TRACE_ID = headers.get("lambda-runtime-trace-id");
  let json;
  let failed = false;
  try {
    const event = JSON.parse(body.toString());
    const context = createContext(headers);
    if (isStreamed(handler)) {
      const beforeEnd = () => {
        report = undefined;
        logMark(requestId);
      };
      const call = { runtimeApi, requestId, event, context, beforeEnd };
      return await serveStream(handler, call);
    }
    json = toJson(await callHandler(handler, event, context));
  } catch (error) {
    failed = true;
    logError("Invoke Error", error);
    json = JSON.stringify(describeError(error));
  }
  report = undefined;
  logMark(requestId);
  await (failed ? runtimeApi.fail(requestId, json) : runtimeApi.respond(requestId, json));
}

function createContext(headers) {
  const deadlineMs = Number(headers.get("lambda-runtime-deadline-ms"));
  const clientContext = headers.get("lambda-runtime-client-context");
  const identity = headers.get("lambda-runtime-cognito-identity");
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: variables.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: variables.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: variables.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: variables.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: variables.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: clientContext ? JSON.parse(clientContext) : undefined,
    identity: identity ? JSON.parse(identity) : undefined,
    invokedFunctionArn: headers.get("lambda-runtime-invoked-function-arn"),
    awsRequestId: headers.get("lambda-runtime-aws-request-id"),
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

function toJson(result) {
  const json = JSON.stringify(result === undefined ? null : result);
  if (json === undefined) throw new Error("Unable to stringify response body");
  return json;
}

/** Reports to whoever waits, then ends this process; never comes back. */
async function giveUp(what, error, exitCode) {
  logError(what, error);
  await report?.(JSON.stringify(describeError(error)));
  process.exit(exitCode);
}

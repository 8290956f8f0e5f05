/** Lambda GetAccountSettings: the limits of the account, and what it holds. */

import { accountConcurrencyMax, codeBytesMax, zipBytesMax } from "../../functions/mod.ts";
import { type ControlCall, done, type Route } from "./operation.ts";

/** What AWS gives an account; nothing here adds up to it. */
const codeBytesMaxOfAll = 80_530_636_800;

export const getAccountSettings: Route = {
  operation: "GetAccountSettings",
  method: "GET",
  path: /^\/2016-08-19\/account-settings\/?$/,
  perform,
};

async function perform({ functions }: ControlCall) {
  const all = await functions.control.list();
  return done(200, {
    AccountLimit: {
      TotalCodeSize: codeBytesMaxOfAll,
      CodeSizeUnzipped: codeBytesMax,
      CodeSizeZipped: zipBytesMax,
      ConcurrentExecutions: accountConcurrencyMax,
      UnreservedConcurrentExecutions: functions.settings.unreservedConcurrency,
    },
    AccountUsage: {
      FunctionCount: all.length,
      TotalCodeSize: all.reduce((sum, { codeBytes }) => sum + codeBytes, 0),
    },
  });
}

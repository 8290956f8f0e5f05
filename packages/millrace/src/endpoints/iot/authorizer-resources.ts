/** Which operation of custom authorizers a method and a path mean. */

import { clearDefaultAuthorizer } from "./ClearDefaultAuthorizer.ts";
import { createAuthorizer } from "./CreateAuthorizer.ts";
import { deleteAuthorizer } from "./DeleteAuthorizer.ts";
import { describeAuthorizer } from "./DescribeAuthorizer.ts";
import { describeDefaultAuthorizer } from "./DescribeDefaultAuthorizer.ts";
import { listAuthorizers } from "./ListAuthorizers.ts";
import type { Resource } from "./operation.ts";
import { setDefaultAuthorizer } from "./SetDefaultAuthorizer.ts";
import { testInvokeAuthorizer } from "./TestInvokeAuthorizer.ts";
import { updateAuthorizer } from "./UpdateAuthorizer.ts";

export const authorizerResources: readonly Resource[] = [
  {
    path: /^\/authorizer\/([^/]+)$/,
    operations: {
      POST: createAuthorizer,
      GET: describeAuthorizer,
      PUT: updateAuthorizer,
      DELETE: deleteAuthorizer,
    },
  },
  { path: /^\/authorizer\/([^/]+)\/test$/, operations: { POST: testInvokeAuthorizer } },
  { path: /^\/authorizers\/?$/, operations: { GET: listAuthorizers } },
  {
    path: /^\/default-authorizer$/,
    operations: {
      POST: setDefaultAuthorizer,
      GET: describeDefaultAuthorizer,
      DELETE: clearDefaultAuthorizer,
    },
  },
];

/** Where the operations on things, their principals and their types stand. */

import type { Resource } from "../operation.ts";
import { attachThingPrincipal } from "./AttachThingPrincipal.ts";
import { createThing } from "./CreateThing.ts";
import { createThingType } from "./CreateThingType.ts";
import { deleteThing } from "./DeleteThing.ts";
import { deleteThingType } from "./DeleteThingType.ts";
import { deprecateThingType } from "./DeprecateThingType.ts";
import { describeThing } from "./DescribeThing.ts";
import { describeThingType } from "./DescribeThingType.ts";
import { detachThingPrincipal } from "./DetachThingPrincipal.ts";
import { listPrincipalThings } from "./ListPrincipalThings.ts";
import { listPrincipalThingsV2 } from "./ListPrincipalThingsV2.ts";
import { listThingPrincipals } from "./ListThingPrincipals.ts";
import { listThingPrincipalsV2 } from "./ListThingPrincipalsV2.ts";
import { listThings } from "./ListThings.ts";
import { listThingTypes } from "./ListThingTypes.ts";
import { updateThing } from "./UpdateThing.ts";

export const thingResources: readonly Resource[] = [
  { path: /^\/things$/, operations: { GET: listThings } },
  {
    path: /^\/things\/([^/]*)$/,
    operations: { POST: createThing, GET: describeThing, PATCH: updateThing, DELETE: deleteThing },
  },
  {
    path: /^\/things\/([^/]*)\/principals$/,
    operations: {
      PUT: attachThingPrincipal,
      GET: listThingPrincipals,
      DELETE: detachThingPrincipal,
    },
  },
  { path: /^\/things\/([^/]*)\/principals-v2$/, operations: { GET: listThingPrincipalsV2 } },
  { path: /^\/principals\/things$/, operations: { GET: listPrincipalThings } },
  { path: /^\/principals\/things-v2$/, operations: { GET: listPrincipalThingsV2 } },
  { path: /^\/thing-types$/, operations: { GET: listThingTypes } },
  {
    path: /^\/thing-types\/([^/]*)$/,
    operations: { POST: createThingType, GET: describeThingType, DELETE: deleteThingType },
  },
  { path: /^\/thing-types\/([^/]*)\/deprecate$/, operations: { POST: deprecateThingType } },
];

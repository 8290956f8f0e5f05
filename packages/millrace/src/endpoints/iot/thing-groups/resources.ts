/** Where the operations on groups of things stand. */

import type { Resource } from "../operation.ts";
import { addThingToThingGroup } from "./AddThingToThingGroup.ts";
import { createThingGroup } from "./CreateThingGroup.ts";
import { deleteThingGroup } from "./DeleteThingGroup.ts";
import { describeThingGroup } from "./DescribeThingGroup.ts";
import { listThingGroups } from "./ListThingGroups.ts";
import { listThingGroupsForThing } from "./ListThingGroupsForThing.ts";
import { listThingsInThingGroup } from "./ListThingsInThingGroup.ts";
import { removeThingFromThingGroup } from "./RemoveThingFromThingGroup.ts";
import { updateThingGroup } from "./UpdateThingGroup.ts";
import { updateThingGroupsForThing } from "./UpdateThingGroupsForThing.ts";

export const thingGroupResources: readonly Resource[] = [
  { path: /^\/thing-groups$/, operations: { GET: listThingGroups } },
  {
    path: /^\/thing-groups\/addThingToThingGroup$/,
    operations: { PUT: addThingToThingGroup },
  },
  {
    path: /^\/thing-groups\/removeThingFromThingGroup$/,
    operations: { PUT: removeThingFromThingGroup },
  },
  {
    path: /^\/thing-groups\/updateThingGroupsForThing$/,
    operations: { PUT: updateThingGroupsForThing },
  },
  {
    path: /^\/thing-groups\/([^/]*)$/,
    operations: {
      POST: createThingGroup,
      GET: describeThingGroup,
      PATCH: updateThingGroup,
      DELETE: deleteThingGroup,
    },
  },
  { path: /^\/thing-groups\/([^/]*)\/things$/, operations: { GET: listThingsInThingGroup } },
  { path: /^\/things\/([^/]*)\/thing-groups$/, operations: { GET: listThingGroupsForThing } },
];

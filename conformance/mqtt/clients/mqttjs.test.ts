import { testLibrary } from "./client-suite.ts";

testLibrary({
  command: ["node", `${import.meta.dir}/mqttjs.mjs`],
  qosMax: { 3: 2, 4: 2, 5: 2 },
});

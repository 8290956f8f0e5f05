import { testLibrary } from "./client-suite.ts";
import { pahoPython } from "./programs.ts";

testLibrary({
  command: [pahoPython, `${import.meta.dir}/paho_client.py`],
  qosMax: { 3: 2, 4: 2, 5: 2 },
});

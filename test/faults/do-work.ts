/** A process that does some work in a home, and may be ended at a point of it: `work home seed`. To be started with `--import use-points.ts`. */
import { argv } from "node:process";
import { tellPoints } from "./point.ts";
import { kafkaWorks, works } from "./works/index.ts";

const [, , name = "", home = "", seed = ""] = argv;
const work = [...works, ...kafkaWorks].find((one) => one.name === name);
if (work === undefined) throw new Error(`there is no work "${name}"`);
await work.run(home, Number(seed));
tellPoints();

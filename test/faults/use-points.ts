/** Loaded before all else into a process that is to end at a point: puts points around what it does to its disk, and to LMDB. */
import { registerHooks } from "node:module";
import { useDiskPoints } from "./disk-points.ts";

useDiskPoints();
const withPoints = new URL("lmdb-points.ts", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "lmdb" && context.parentURL !== withPoints
      ? { url: withPoints, shortCircuit: true }
      : next(specifier, context),
});

import { loadedHistories } from "./loaded-histories.ts";

loadedHistories({ seed: 17_301, runs: 150 });

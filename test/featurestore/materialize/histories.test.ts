import { loadedHistories } from "./loaded-histories.ts";

loadedHistories({ seed: 7301, runs: 150 });

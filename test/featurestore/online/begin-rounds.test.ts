import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { functionLibrary } from "../../../src/dsl/index.ts";
import { beginRounds } from "../../../src/featurestore/online/begin-rounds.ts";
import type { EntityKeys } from "../../../src/featurestore/online/index.ts";
import { NamesProgram } from "../../../src/featurestore/online/names-program.ts";
import { RecordReads } from "../../../src/featurestore/online/record-reads.ts";
import { emptyAnswers } from "../../../src/featurestore/online/stored-answers.ts";
import { laterStore } from "./later-store.ts";
import { noon, sampleProject } from "./sample-project.ts";
import { type SampleStore, sampleStore } from "./sample-store.ts";

let sample: SampleStore;
beforeAll(async () => {
  sample = await sampleStore(["airport:weather"]);
});
afterAll(() => sample.close());

const sfo = { airport: "SFO" };

describe("a round under way", () => {
  it.each<[string, readonly EntityKeys[], string]>([
    ["of keys that are all there", [sfo], "present"],
    ["of keys of which one is missing", [{ airport: null }, sfo], "present"],
  ])("%s writes what comes, and nothing once its answers are given out", async (_, keys, status) => {
    const program = new NamesProgram(sampleProject, ["airport:weather:wind"], functionLibrary());
    const { store } = laterStore(sample.store);
    const read = async (isFinal: boolean): Promise<readonly unknown[]> => {
      const view = await store.view(program.groups);
      const answers = emptyAnswers(keys.length, program.blank, noon);
      const round = beginRounds(view, new RecordReads(), program, keys, answers, 0);
      answers.isFinal = isFinal;
      await new Promise<void>((resolve) => {
        for (const { read: one } of round?.lookups ?? [])
          one.listen({ answered: () => resolve(), ended: () => undefined });
      });
      view.close();
      return [answers.statuses.at(-1), answers.values.at(-1)];
    };
    expect(await read(false)).toEqual([status, 25]);
    expect(await read(true)).toEqual(["unavailable", NaN]);
  });
});

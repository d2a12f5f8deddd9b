import { expect, it } from "vitest";
import { closeAsked, closeNow } from "../../../src/featurestore/materialize/close-pushed.ts";
import type { OnlineStore } from "../../../src/featurestore/online/index.ts";
import type { NewLoad } from "../../../src/featurestore/online/pushed-store.ts";
import { noon, sampleProject } from "../online/sample-project.ts";

it("loads of tables, to which nothing is pushed, are not begun for what is", async () => {
  const begun: (readonly string[])[] = [];
  const close = (_: number, loads: readonly NewLoad[] = []): Promise<ReadonlyMap<string, number>> => {
    begun.push(loads.map(({ group }) => group));
    return Promise.resolve(new Map());
  };
  const store = { pushed: { close } } as unknown as OnlineStore;
  const tables = sampleProject.sources.filter(({ kind }) => kind === "table").map(({ name }) => name);
  const fed = sampleProject.groups.filter(({ source }) => !tables.includes(source));
  for (const how of [closeAsked, closeNow])
    await how({ project: sampleProject, store, clock: () => noon }, sampleProject.groups, noon);
  const names = fed.map(({ entity, name }) => `${entity}:${name}`);
  expect(names.length).toBeLessThan(sampleProject.groups.length);
  expect(begun).toEqual([names, names]);
});

import { afterEach, expect, it, vi } from "vitest";
import { reportedStart } from "./reported-start.ts";
import type { shareStart } from "./share-start.ts";

afterEach(() => vi.resetModules());

/** As each project of Vitest has it: a module of its own. */
const ofItsOwn = async (): Promise<typeof shareStart> => {
  vi.resetModules();
  return (await import("./share-start.ts")).shareStart;
};

it("starts a server once, however many ask with modules of their own, and ends it once", async () => {
  const did: string[] = [];
  const server = { port: 1, [Symbol.asyncDispose]: () => Promise.resolve(void did.push("end")) };
  const start = (): Promise<typeof server> => Promise.resolve(void did.push("start")).then(() => server);
  const shared = [
    await (await ofItsOwn())("Once", start, ({ port }) => ({ port })),
    await (await ofItsOwn())("Once", start, ({ port }) => ({ port })),
  ];
  for (const { url } of shared) expect(await reportedStart(url)).toEqual({ port: 1 });
  await Promise.all(shared.map(({ stop }) => stop()));
  expect(did).toEqual(["start", "end"]);
});

it("tells each who asks what kept it from starting, and ends nothing then", async () => {
  const start = (): Promise<AsyncDisposable> => Promise.reject(new Error("no Java"));
  const { url, stop } = await (await ofItsOwn())("Never", start, () => ({}));
  await expect(reportedStart(url)).rejects.toThrow("no Java");
  await expect(reportedStart(url)).rejects.toThrow("no Java");
  await expect(stop()).resolves.toBeUndefined();
});

import { expect, it, vi } from "vitest";
import { loadedAt, ordersProject } from "./orders-project.ts";
import { jsonOf, tondo } from "./run-tondo.ts";

// The disk stood still while the switch was written.
vi.mock(import("../../src/featurestore/materialize/materialize.ts"), async (original) => {
  const real = await original();
  return { ...real, materialize: async (options) => ({ ...(await real.materialize(options)), lateBy: 12_345 }) };
});

const commands = {
  materialize: ["materialize", "--as-of", loadedAt],
  backfill: ["backfill", "restaurant:profile:cuisine"],
};

it.each(["materialize", "backfill"] as const)("%s warns where a load's switch came late", async (name) => {
  for (const format of ["text", "json"] as const) {
    await using project = await ordersProject("applied");
    const ran = await tondo(project.folder, ...commands[name], ...(format === "json" ? ["--json"] : []));
    expect(ran.code, ran.err).toBe(0);
    if (format === "json") expect(jsonOf(ran)["lateBy"]).toBe(12_345);
    else
      expect(ran.out).toMatch(
        /\n\nthe switch may not have shown until 12,345 microseconds behind \S+Z: requests between may have been answered by the load before, and training takes them to have seen this one\n$/,
      );
  }
});

import { describe, expect, inject, it } from "vitest";
import { describeRegistry } from "../conformance/registry.ts";
import { freshDatabase } from "../servers/fresh-database.ts";
import { newVersion, openRegistryWorld } from "./registry-world.ts";

describeRegistry("a registry on PostgreSQL", () => freshDatabase(inject("postgresUrl")));

describe("a registry whose PostgreSQL goes away", () => {
  it("answers from memory with what it knew last, says how old that is, and refuses to write", async () => {
    const fresh = await freshDatabase(inject("postgresUrl"));
    const world = await openRegistryWorld(fresh.url);
    const { registry } = world;
    await registry.createModel({ name: "m" });
    const { version } = await registry.registerVersion(newVersion("m"));
    await registry.setTag({ model: "m", tag: "t", versionId: version.id });
    const resolver = registry.resolver({ maxStalenessMs: 20 });
    const before = await resolver.resolve("m@t");
    await fresh.drop();
    for (let i = 0; i < 5; i++) {
      await new Promise((wake) => setTimeout(wake, 30));
      expect(await resolver.resolve("m@t")).toEqual(before);
    }
    expect(resolver.ageMs("m")).toBeGreaterThan(100);
    expect(resolver.current("m")).toBeUndefined();
    await expect(resolver.resolve("other@t")).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    await expect(registry.resolve("m@t")).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    const move = registry.setTag({ model: "m", tag: "t", versionId: null });
    await expect(move).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    await world.close();
  });
});

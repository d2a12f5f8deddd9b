import { expect, it } from "vitest";
import { freshKeyspace } from "../servers/fresh-keyspace.ts";
import { loadedAt, ordersProject, step } from "./orders-project.ts";
import { errorOf, jsonOf, spawnTondo, tondoWith } from "./run-tondo.ts";

it("answers from Cassandra what it answers from LMDB, in a keyspace that it makes", async () => {
  const keyspace = await freshKeyspace("named");
  const online = `cassandra://${keyspace.contactPoint}/${keyspace.keyspace}?datacenter=${keyspace.localDataCenter}&create=true`;
  try {
    await using project = await ordersProject("served");
    const { folder } = project;
    const asOf = ["--as-of", loadedAt];
    const loaded = await step(folder, "materialize", ...asOf, "--online", online);
    expect((loaded["groups"] as readonly { status: string }[]).map(({ status }) => status)).not.toContain("unchanged");
    const again = await step(folder, "materialize", ...asOf, "--online", online);
    expect(new Set((again["groups"] as readonly { status: string }[]).map(({ status }) => status))).toEqual(
      new Set(["unchanged"]),
    );
    const environment = { PATH: process.env["PATH"] ?? "", TONDO_ONLINE: online };
    for (const asked of [
      ["get", "restaurant:kitchen:prep_7d", "restaurant:profile:cuisine", "--key", "restaurant=r07", "--at", "loaded"],
      ["get", "restaurant:kitchen:prep_7d", "restaurant:profile:cuisine", "--key", "restaurant=none", "--at", "loaded"],
      [
        "predict",
        "eta@champion",
        "--key",
        "store=r07",
        "--input",
        "distance_km=3.2",
        "--input",
        "items=2",
        "--at",
        "loaded",
      ],
    ]) {
      const answer = jsonOf(await tondoWith({ folder, environment }, ...asked, "--json"));
      expect(answer).not.toHaveProperty("error");
      expect(answer).toEqual(await step(folder, ...asked));
    }
  } finally {
    await keyspace.drop();
  }
});

it("ends by itself where it was told a data centre that is not there", async () => {
  const keyspace = await freshKeyspace("named");
  await using project = await ordersProject("applied");
  const online = `cassandra://${keyspace.contactPoint}/${keyspace.keyspace}?datacenter=elsewhere`;
  const asked = ["generations", "--online", online, "--json"];
  const ran = await spawnTondo(project.folder, asked, { interruptAfterMs: 60_000 });
  expect([ran.code, errorOf(ran).code]).toEqual([1, "INVALID_ARGUMENT"]);
});

import { expect, it } from "vitest";
import { ordersProject } from "./orders-project.ts";
import { jsonOf, tondo, tondoWith } from "./run-tondo.ts";

it("shows with the plan the CQL by which the store in Cassandra is made, and connects to nothing", async () => {
  await using project = await ordersProject("made");
  const { folder } = project;
  const online = "cassandra://me:s3cret@127.0.0.1:1/features?create=true&replication=dc1:3";
  const shown = await tondo(folder, "plan", "--online", online);
  expect(shown.code).toBe(0);
  expect(shown.out).toContain("The online store in Cassandra is made by:");
  expect(shown.out).toContain(`CREATE KEYSPACE IF NOT EXISTS "features" WITH replication =`);
  expect(shown.out).not.toContain("s3cret");
  const environment = { TONDO_ONLINE: "cassandra://127.0.0.1:1" };
  const planned = jsonOf(await tondoWith({ folder, environment }, "plan", "--json"));
  expect(planned["online"]).toMatchObject({
    kind: "cassandra",
    cql: [/"tondo"\."groups"/, ...Array<RegExp>(5).fill(/"tondo"\."pushed_/), /CREATE TABLE/].map(
      (one) => expect.stringMatching(one) as string,
    ),
  });
  expect(jsonOf(await tondo(folder, "plan", "--json"))).not.toHaveProperty("online");
});

it("says what is wrong with the address of an online store, without its password", async () => {
  await using project = await ordersProject("made");
  const { code, out } = await tondo(project.folder, "plan", "--online", "redis://me:s3cret@a", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ error: { code: "INVALID_ARGUMENT" } });
  expect(out).not.toContain("s3cret");
});

import { inject } from "vitest";
import { describeReleases } from "../conformance/releases.ts";
import { freshDatabase } from "../servers/fresh-database.ts";

describeReleases("a registry on PostgreSQL", () => freshDatabase(inject("postgresUrl")));

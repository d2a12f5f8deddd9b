import { inject } from "vitest";
import { describeRegistry } from "../conformance/registry.ts";
import { freshDatabase } from "../servers/fresh-database.ts";

describeRegistry("a registry on PostgreSQL", () => freshDatabase(inject("postgresUrl")));

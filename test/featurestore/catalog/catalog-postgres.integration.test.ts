import { inject } from "vitest";
import { describeCatalog } from "../../conformance/catalog.ts";
import { freshDatabase } from "../../servers/fresh-database.ts";

describeCatalog("a catalog in PostgreSQL", () => freshDatabase(inject("postgresUrl")));

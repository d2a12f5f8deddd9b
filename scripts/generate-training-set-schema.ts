// `node scripts/generate-training-set-schema.ts`: writes docs/training-set.schema.json from what the reader of specifications checks by.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { specificationSchema } from "../src/featurestore/index.ts";

const path = join(import.meta.dirname, "../docs/training-set.schema.json");
writeFileSync(
  path,
  await format(JSON.stringify(specificationSchema()), { ...(await resolveConfig(path)), parser: "json" }),
);

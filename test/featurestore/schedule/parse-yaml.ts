import { createRequire } from "node:module";
import { join } from "node:path";

// knip, which is installed here, brings a parser of YAML; the package itself needs none.
const ofKnip = createRequire(join(import.meta.dirname, "../../../node_modules/knip/package.json"));
const yaml = ofKnip("yaml") as {
  readonly parseAllDocuments: (
    text: string,
    options: object,
  ) => readonly {
    readonly errors: readonly Error[];
    readonly warnings: readonly Error[];
    readonly toJS: () => unknown;
  }[];
};

/** The documents of a text, as a strict parser of a version of YAML reads them. */
export function parseYaml(text: string, version: "1.1" | "1.2" = "1.2"): readonly unknown[] {
  return yaml.parseAllDocuments(text, { version, strict: true, uniqueKeys: true }).map((document) => {
    const [wrong] = [...document.errors, ...document.warnings];
    if (wrong !== undefined) throw wrong;
    return document.toJS();
  });
}

import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands/index.ts";
import { commonExits, helpText } from "../../src/cli/help-text.ts";
import { styleOf } from "../../src/cli/output/index.ts";
import { errorCodes } from "../../src/core/index.ts";
import { jsonOf, tondo } from "./run-tondo.ts";

const intro = `# The tondo command

\`tondo COMMAND [options]\` does by hand what the library does in a program, on any folder with \`.tondo\` files and data.
[The tutorial](tutorial.md) walks through it.

- **Results** go to standard output, progress and errors to standard error. With \`--json\` standard output holds one JSON object on
  one line, the result or \`{"error":{"code":...,"message":...,"where":...,"hint":...,"details":...}}\`, and nothing else.
- **Paths** (\`--rows\`, \`--output\`, the training set's folder, \`--home\`, \`sqlite:PATH\`) are relative to the project's folder, which is
  the working folder or what \`--folder\` says.
- **Moments** are ISO 8601 with their offset, such as \`2024-03-01T12:00:00Z\` or \`2024-03-01T13:00:00+01:00\`; a bare date is its midnight
  in UTC. A time without an offset is refused: whose clock it shows would be a guess.
- **Values** of keys and inputs are read by their declared types: a \`string\` stays as it is (\`007\` too); \`int\` and \`float\` are decimal;
  \`bool\` is \`true\` or \`false\`; a \`date\` is \`2024-03-01\`; a \`duration\` is \`90s\`, \`1.5h\` or \`7d\`. \`null\` is missing, except for a string.
- **Partition paths** are written from the top down with \`/\`: \`US/CA/San Francisco\`. Names that hold a \`/\` are given one by one with the
  option that ends in \`-part\`.
- **Environment**: \`TONDO_DATABASE\` stands in for \`--database\`, \`TONDO_ONLINE\` for \`--online\`, \`TONDO_KAFKA\` for \`--kafka\`, \`TONDO_EVENTS\` for \`--events\`;
  \`TONDO_KAFKA_USERNAME\`, \`TONDO_KAFKA_PASSWORD\`, \`TONDO_KAFKA_MECHANISM\` and \`TONDO_KAFKA_SSL\` log in to [Kafka](streams.md#kafka); \`AWS_ACCESS_KEY_ID\`, \`AWS_SECRET_ACCESS_KEY\`, \`AWS_SESSION_TOKEN\`,
  \`AWS_PROFILE\`, \`AWS_REGION\` and \`AWS_ENDPOINT_URL_S3\` say how [paths of S3](training-sets.md#data-in-s3) are read; \`NO_COLOR\` takes the colours away, which only a terminal gets anyway.
- **Ctrl-C** ends a command cleanly; a second one ends it at once. What a command writes appears whole or not at all, so that
  both are safe.

Exit codes:

`;

/** What 3 says: the work is done, and there is something to act on. */
const threes =
  "something is to be done: `plan --exit-code` would change something, `freshness` found a group that does not keep its sla, `generations rollback` was not told --yes, `consistency` found what was served otherwise than it is trained on, or nothing to compare, `stream --until-empty` had not applied all when the time of `--for` was over";

/** The page as it follows from the commands; \`npx vitest run test/cli/reference.test.ts -u\` writes it anew. */
function reference(): string {
  const exits = Object.entries({ ...commonExits, 3: threes });
  const rows = exits.map(([code, meaning]) => `- \`${code}\`: ${meaning}`).join("\n");
  const sections = commands.map((command) => {
    const help = helpText(command, styleOf(false)).trimEnd();
    return `## tondo ${command.name}\n\n${sentence(command.summary)}\n\n\`\`\`text\n${help}\n\`\`\`\n`;
  });
  return `${intro}${rows}\n\n${sections.join("\n")}`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

describe("docs/cli.md", () => {
  it("is what the commands say of themselves", async () => {
    await expect(reference()).toMatchFileSnapshot("../../docs/cli.md");
  });
});

describe("--help", () => {
  it.each(commands.map(({ name }) => name))("of %s has synopsis, options, example and exit codes", async (name) => {
    const { code, out } = await tondo("/", name, "--help");
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage\n  tondo ${name}`));
    for (const part of ["\nOptions\n", "--json", "\nExample", `$ tondo ${name}`, "\nExit codes\n"])
      expect(out).toContain(part);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(130);
    expect((await tondo("/", "help", name)).out).toBe(out);
    expect(jsonOf(await tondo("/", name, "-h", "--json"))["command"]).toMatchObject({ name });
  });
  it("lists every command, also without arguments", async () => {
    const { out } = await tondo("/");
    for (const { name, summary } of commands)
      expect(out).toMatch(new RegExp(`^ {2}${name} +${summary.slice(0, 10)}`, "m"));
    expect((await tondo("/", "--help")).out).toBe(out);
    expect((await tondo("/", "help")).out).toBe(out);
  });
  it("names no code that does not exist", () => {
    const known = new Set(Object.keys(errorCodes));
    const named = commands.flatMap(({ about }) => about.match(/\b[A-Z]+_[A-Z_]+\b/g) ?? []);
    expect(named.filter((code) => !known.has(code))).toEqual([]);
  });
});

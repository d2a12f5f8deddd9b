import { asTondoError, printable, type Style } from "../output/index.ts";

/** For how long a failure must not have come until it is said once more, milliseconds. */
const quietMs = 60_000;

/**
 * Warns of what fails and is tried again: of each source once for a message, however often it is tried.
 *
 * @param now milliseconds
 */
export function failureWarnings(
  say: (text: string) => void,
  style: Style,
  now: () => number = () => performance.now(),
): (source: string, error: unknown) => void {
  const last = new Map<string, { readonly message: string; readonly at: number }>();
  return (source, error) => {
    const { code, message, hint } = asTondoError(error);
    const before = last.get(source);
    const at = now();
    last.set(source, { message, at });
    if (before?.message === message && at - before.at < quietMs) return;
    const advice = hint === undefined ? "" : ` ${hint}`;
    say(
      `${style.yellow("warning:")} ${printable(`${source}: [${code}] ${message}; it is tried again.${advice}`).replaceAll("\n", " ")}`,
    );
  };
}

import { TondoError } from "../../core/index.ts";

/**
 * An argument as a POSIX shell reads it back, as it is where nothing in it means anything to the shell. No backslash is used, for crons differ
 * in what they make of one.
 *
 * @example `shellText("it's 100 %") // `'it'"'"'s 100 %'``
 */
export function shellText(argument: string): string {
  return /^[\w./:@=,+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'"'"'`)}'`;
}

/**
 * A command as the last field of a crontab's line: cron ends a command at a bare `%` and has no way to write a line break.
 *
 * @throws TondoError `INVALID_ARGUMENT` for a control character or a backslash
 */
export function cronCommand(command: string): string {
  const wrong = /[\p{Cc}\\]/u.exec(command)?.[0];
  if (wrong === undefined) return command.replaceAll("%", "\\%");
  const sign = wrong === "\\" ? "a backslash" : `the character ${JSON.stringify(wrong)}`;
  throw new TondoError(
    "INVALID_ARGUMENT",
    `a crontab's line cannot hold ${sign}, which is in one of the job's paths or arguments`,
    {
      hint: "Rename the path, or start a script of your own from cron.",
    },
  );
}

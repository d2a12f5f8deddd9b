import { join } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "../..");

/** The errors that the compiler finds in some files beside this one, which may exist here only: `LINE: MESSAGE`. */
export function errorsIn(
  files: Readonly<Record<string, string | undefined>>,
  paths?: Record<string, string[]>,
): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    readonly config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const own: ts.CompilerOptions = {
    ...options,
    noEmit: true,
    skipLibCheck: false,
    ...(paths === undefined ? {} : { paths }),
  };
  const host = ts.createCompilerHost(own);
  const texts = new Map(Object.entries(files).map(([name, text]) => [join(import.meta.dirname, name), text]));
  const read = host.readFile.bind(host);
  const exists = host.fileExists.bind(host);
  host.readFile = (path) => texts.get(path) ?? read(path);
  host.fileExists = (path) => texts.get(path) !== undefined || exists(path);
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (path, language) => {
    const text = texts.get(path);
    return text === undefined ? parse(path, language) : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([...texts.keys()], own, host);
  return [...texts.keys()].flatMap((path) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText, start = 0 }) => {
        const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
        return `${String(line)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
      },
    );
  });
}

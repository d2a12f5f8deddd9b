import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { LiveProject } from "./live-project.ts";

/** A document's place: its project, and its path from that project's folder. */
export interface Place {
  readonly project: LiveProject;
  readonly path: string;
}

/**
 * Which project a document belongs to: that of the workspace folder it lies in; outside of all, that of its own folder
 * without subfolders.
 */
export class Workspace {
  readonly #folders: readonly LiveProject[];
  readonly #outside: Map<string, LiveProject> = new Map<string, LiveProject>();
  readonly #log: (message: string) => void;
  /** As the client writes them, by absolute path: there are several ways to write one. */
  readonly #uris: Map<string, string> = new Map<string, string>();

  constructor(folders: readonly string[], log: (message: string) => void) {
    this.#log = log;
    this.#folders = [...new Set(folders)]
      // The innermost folder first.
      .sort((a, b) => b.length - a.length)
      .map((folder) => new LiveProject(folder, true, log));
  }

  /** The projects of the workspace's folders, and those of documents outside them. */
  get projects(): readonly LiveProject[] {
    return [...this.#folders, ...this.#outside.values()];
  }

  /** Where a document belongs. */
  placeOf(uri: string): Place {
    const file = pathOf(uri);
    for (const project of this.#folders) {
      const path = relative(project.root, file);
      if (path !== "" && !path.startsWith("..") && !isAbsolute(path)) return { project, path };
    }
    const folder = dirname(file);
    const project = this.#outside.get(folder) ?? new LiveProject(folder, false, this.#log);
    return { project, path: basename(file) };
  }

  /** Takes note of how the client writes the document's address. */
  opened(uri: string): Place {
    this.#uris.set(pathOf(uri), uri);
    const place = this.placeOf(uri);
    if (!this.#folders.includes(place.project)) this.#outside.set(place.project.root, place.project);
    return place;
  }

  /** The document is no longer open; a project that was there for it alone goes. */
  closed(uri: string): Place {
    const place = this.placeOf(uri);
    this.#uris.delete(pathOf(uri));
    place.project.close(place.path);
    if (place.project.idle) this.#outside.delete(place.project.root);
    return place;
  }

  /** The address of a project's file. */
  uriOf({ project, path }: Place): string {
    const whole = join(project.root, path);
    return this.#uris.get(whole) ?? pathToFileURL(whole).href;
  }
}

/** Documents that are not saved yet have addresses without a path: they lie side by side in a folder of none. */
function pathOf(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch {
    // Not a file's address, or not one of this system.
    return `${sep}${encodeURIComponent(uri)}${sep}unsaved.tondo`;
  }
}

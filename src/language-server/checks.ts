import type { LiveProject, ProjectView } from "./live-project.ts";

/** How long typing must rest before a project is checked. */
const quietMs = 150;

interface Waiting {
  readonly timer: NodeJS.Timeout;
  /** Whether the disk is looked at, too. */
  readonly look: boolean;
}

/** Checks projects in the background: each one at a time, and only once for much that happens together. */
export class Checks {
  readonly #waiting: Map<LiveProject, Waiting> = new Map<LiveProject, Waiting>();
  readonly #running: WeakMap<LiveProject, Promise<void>> = new WeakMap<LiveProject, Promise<void>>();
  readonly #first: WeakMap<LiveProject, Promise<void>> = new WeakMap<LiveProject, Promise<void>>();
  /** What is being checked when it goes is not told of. */
  readonly #gone: WeakSet<LiveProject> = new WeakSet<LiveProject>();
  readonly #done: (project: LiveProject, view: ProjectView) => Promise<void>;
  readonly #failed: (error: unknown) => void;

  constructor(done: (project: LiveProject, view: ProjectView) => Promise<void>, failed: (error: unknown) => void) {
    this.#done = done;
    this.#failed = failed;
  }

  /** Checks soon: after typing has rested, or at once where the disk is to be looked at. */
  soon(project: LiveProject, look: boolean): void {
    this.#gone.delete(project);
    const before = this.#waiting.get(project);
    if (before !== undefined) clearTimeout(before.timer);
    const whole = look || before?.look === true;
    const timer = setTimeout(
      () => {
        this.#waiting.delete(project);
        void this.#check(project, whole);
      },
      whole ? 0 : quietMs,
    );
    this.#waiting.set(project, { timer, look: whole });
  }

  /** The project's files have been looked at once, and the columns of its sources read. */
  ready(project: LiveProject): Promise<void> {
    const before = this.#first.get(project);
    if (before !== undefined) return before;
    const first = project
      .look()
      .then(() => project.check(true))
      .then(() => undefined, this.#failed);
    this.#first.set(project, first);
    return first;
  }

  /** No more checks of a project that has gone, and nothing more of one that is running. */
  forget(project: LiveProject): void {
    this.#gone.add(project);
    clearTimeout(this.#waiting.get(project)?.timer);
    this.#waiting.delete(project);
  }

  /** No more checks at all. */
  stop(): void {
    for (const project of [...this.#waiting.keys()]) this.forget(project);
  }

  async #check(project: LiveProject, look: boolean): Promise<void> {
    const before = this.#running.get(project);
    const run = (async (): Promise<void> => {
      await before;
      try {
        const looked = this.#first.has(project);
        await this.ready(project);
        if (look && looked) await project.look();
        const view = await project.check(!look);
        if (!this.#gone.has(project)) await this.#done(project, view);
      } catch (error) {
        this.#failed(error);
      }
    })();
    this.#running.set(project, run);
    await run;
  }
}

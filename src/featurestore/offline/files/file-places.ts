/** Where the paths of sources and of training rows lead. Whoever reads files is handed it whole, from whoever opened the project. */
export interface FilePlaces {
  /** The project folder, which relative paths start from. */
  readonly folder: string;
}

/** The places alone, of what says more: to be spread into what is asked of another. */
export function placesOf({ folder }: FilePlaces): FilePlaces {
  return { folder };
}

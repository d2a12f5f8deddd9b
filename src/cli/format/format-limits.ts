/** Bounds on what one call formats: those of a project, here so that formatting loads no engine. */
export const formatLimits = { files: 1000, bytesPerFile: 16_000_000 } as const;

/**
 * Every code that an error of this library can carry, with the sentence that documents it. Add a line here
 * before throwing a new one; keep the list sorted within its section.
 */
export const errorCodes = {
  // Anything
  ABORTED: "The caller's signal ended the work; nothing of it was kept.",
  HOME_BUSY:
    "Another process is doing the same exclusive work (apply, materialize, erase) in this home, or loads the same group.",
  INTERNAL: "A defect of Tondo itself; please report it with the message.",
  INVALID_ARGUMENT: "A call's argument has the wrong form.",
  IO_FAILED: "A file or folder could not be read or written.",
  LIMIT_EXCEEDED: "An input is larger than a stated limit.",
  USAGE:
    "The command was called with a command, option or argument that it does not have, or without one that it needs.",

  // Language and catalog
  DEFINITION_IN_USE: "A change would silently alter the meaning of something already applied.",
  DEFINITIONS_INVALID: "The .tondo files have errors; each is listed with its line.",
  PROJECT_EXISTS: "The folder already holds files that a new project would overwrite.",
  NOT_APPLIED: "A definition was used that has not been applied to this home.",
  UNKNOWN_DEFINITION: "The .tondo files define no feature, group, vector, slot or label of this name.",
  UNKNOWN_FEATURE: "No feature has this canonical name.",
  UNKNOWN_GROUP: "No feature group has this name.",
  UNKNOWN_VECTOR: "No vector has this name.",
  FUNCTIONS_INVALID: "The file with a project's own functions cannot be loaded, or exports something else.",
  FUNCTION_UNKNOWN: "A plan calls a function of the project's own that is not registered here.",
  FUNCTION_CHANGED: "A plan calls a function of the project's own, and another one of its name is registered here.",
  USER_FUNCTION_FAILED: "A function of the project's own threw, or answered with something that its type forbids.",

  // Sources and training sets
  SOURCE_CHANGED: "A source's columns or types are not those the definitions were applied with.",
  SOURCE_MISSING: "No file matches a source's path.",
  SOURCE_UNREADABLE: "A file exists but is not readable as its declared format.",
  STORAGE_DENIED: "The place of a source's objects takes no credentials from here, or refuses these.",
  STORAGE_FAILED: "The place of a source's objects refused a request for a reason of its own.",
  STORAGE_UNAVAILABLE: "The place of a source's objects could not be reached, or did not answer in time.",
  SPECIFICATION_INVALID:
    "A training set's specification says something that none can say; the path leads to the member.",
  SPECIFICATION_MISSING: "There is no file of a specification at a path.",
  ROWS_INVALID: "The rows of a training set lack a column or hold values of the wrong type.",
  TRAINING_SET_EMPTY: "No row is left to train on; the counts say where they went.",
  TRAINING_SET_EXISTS: "The output folder already holds something else.",
  NOT_REPRODUCIBLE: "The inputs of a training set are not there as they were; all that changed is listed.",
  SPARK_FAILED:
    "Spark did not start, or refused or broke off a statement; the last lines of its log are in the message.",
  SPARK_MISSING: "There is no such command of Spark on this machine.",
  MANIFEST_INVALID: "A manifest is missing, damaged or of an unknown version.",
  VECTOR_UNFITTED: "A vector with fitted functions was used before they were fitted.",

  // Online store
  INCONSISTENT: "What was served differs from what the training path gives for it, or nothing could be compared.",
  DEADLINE_EXCEEDED: "The online store had not answered when the deadline of a request passed.",
  GROUP_NOT_MATERIALIZED: "The online store holds nothing for this group yet.",
  KEY_INVALID: "A key value is missing, of the wrong type or too long.",
  INPUT_INVALID: "A request's input is missing, unknown or of the wrong type.",
  MOMENT_NOT_SERVED: "The online store cannot answer exactly for this moment.",
  SLA_TOO_SHORT: "Loads that start at whole minutes cannot keep a group's sla with the margin asked for.",
  ERASE_INCOMPLETE: "A key that was erased is still found; where, is in the details.",
  ERASURES_UNREADABLE:
    "Erased keys are remembered under a secret that this home does not have, so a load could bring them back unnoticed.",
  ROLLBACK_REFUSED: "A group has no generation to go back to, or the definitions in force cannot read it.",
  GENERATION_GONE: "What was read of the online store was loaded anew and removed before the answer came; read again.",
  STORE_BUSY: "More requests to the online store are under way, or more processes read it, than may at once.",
  STORE_CORRUPT: "A record of the online store does not decode.",
  STORE_DENIED: "The online store takes no credentials from here, refuses these, or this account lacks a right.",
  STORE_FAILED: "The online store refused a request for a reason of its own.",
  STORE_FULL: "What the online store was to be written to has no room, or may not be larger; what was served still is.",
  STORE_MISSING: "The online store's keyspace or tables are not there, and were not to be made.",
  STORE_UNAVAILABLE: "The online store could not be reached, or did not answer in time.",

  // Streams
  EVENTS_DENIED: "The log of events takes no credentials from here, refuses these, or this account lacks a right.",
  EVENTS_FAILED: "The log of events refused a request for a reason of its own.",
  EVENTS_GONE: "Events were removed from a topic before they were read.",
  EVENTS_UNAVAILABLE: "The log of events could not be reached, or did not answer in time.",
  TOPIC_MISSING: "The log of events has no such topic.",

  // Registry
  DATABASE_BUSY: "The database stayed locked for longer than the configured wait.",
  DATABASE_FAILED: "The database refused a statement for a reason of its own.",
  DATABASE_UNAVAILABLE: "The database could not be reached.",
  DATABASE_NEWER: "The database was migrated by a newer program than this one.",
  DRIVER_MISSING: "An optional driver package is not installed.",
  MODEL_EXISTS: "A model of this name exists and says something else of itself.",
  MODEL_NOT_FOUND: "No model has this name.",
  MODEL_INVALID: "A model's files or parameters do not have the form its kind demands.",
  PACKAGE_CORRUPT: "A package's bytes, digest, files or golden rows are not what was sealed.",
  PACKAGE_MISSING: "A package that the registry names is not in the artifact store.",
  PARTITION_INVALID: "A partition path has the wrong form.",
  RELEASE_NOT_FOUND: "The model has no such release.",
  TAG_CONFLICT: "A tag was not at the expected version when it should move.",
  TAG_NOT_FOUND: "No version carries this tag on the path asked for or above it.",
  VERSION_NOT_FOUND: "No model version has this id.",
  VERSION_SEALED: "A model version is immutable once it is sealed.",

  // Training
  TRAINER_FAILED: "A trainer threw, exited with an error or left no model behind.",
  TRAINING_ROWS_INCOMPLETE: "Rows to train or judge on lack a slot or label, and were not to be dropped.",
  METRIC_INPUT_INVALID: "A metric was given values it is not defined for.",
} as const;

/** A literal error code; see {@link errorCodes} for what each one means. */
export type ErrorCode = keyof typeof errorCodes;

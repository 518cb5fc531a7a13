/**
 * What this version can fold: raised by one with every event type, event version or status that the version before it does
 * not know. A run remembers the highest format that has written to it, and whoever knows less leaves it alone: during an
 * upgrade the newer workers bring it to its end.
 */
export const RUN_FORMAT = 1

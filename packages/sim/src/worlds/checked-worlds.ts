import type { WorldFile } from './world-file.ts'

/**
 * Texts of world files that were read and checked when the simulator was put into one file, and what they came to. Empty
 * when it runs from its sources. A text that is not in here, down to the last letter, is read and checked as it comes.
 */
export const CHECKED_WORLDS: readonly (readonly [text: string, checked: WorldFile])[] = []

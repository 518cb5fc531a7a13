import type { IconName } from '../ui/icon.tsx'

/** A colour with a meaning; each is a class in base.css. `plain` is ink and says nothing. */
export const ROLES = [
  'fault',
  'recovering',
  'held',
  'deviated',
  'inconclusive',
  'people',
  'alarm',
  'accent',
  'plain',
] as const
export type Role = (typeof ROLES)[number]

/** How a status is shown: word, shape and colour, and one sentence that explains the word. */
export type Word = Readonly<{ word: string; icon: IconName; role: Role; means: string }>

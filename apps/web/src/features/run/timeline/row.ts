import type { IconName } from '../../../ui/icon.tsx'
import type { Role } from '../../../vocabulary/word.ts'

/** How a bar looks. Faults are hatched with square ends, people have round ends, plans are dashed. */
export const BAR_LOOKS = ['work', 'fault', 'requested', 'expiry', 'undo', 'people', 'good', 'alarm'] as const
export type BarLook = (typeof BAR_LOOKS)[number]

/** Something on a track. Instants are world time. `seq` is the event behind it, for the inspector. */
export type Mark =
  | Readonly<{
      kind: 'bar'
      from: number
      to: number
      look: BarLook
      isOpen: boolean
      says: string
      seq?: number
    }>
  | Readonly<{ kind: 'bounds'; lo: number; hi: number; role: Role; says: string }>
  | Readonly<{ kind: 'glyph'; at: number; icon: IconName; role: Role; says: string; seq: number }>
  | Readonly<{ kind: 'text'; at: number; text: string; isQuiet: boolean; end: boolean }>
  | Readonly<{ kind: 'chip'; at: number; until: number; text: string }>
  | Readonly<{ kind: 'ticks'; role: Role; at: readonly number[] }>

/** One line of the timeline. */
export type Row = Readonly<{
  key: string
  icon: IconName
  role: Role
  label: string
  meta: string
  depth: 0 | 1
  marks: readonly Mark[]
}>

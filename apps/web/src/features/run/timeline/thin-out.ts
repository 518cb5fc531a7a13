import type { Mark } from './row.ts'
import { percent, type View } from './scale.ts'

/** Closer than this, in percent of the view, nobody could press one of two icons, nor read one of two texts. */
const APART: Readonly<Record<'glyph' | 'text', number>> = { glyph: 0.35, text: 0.35 }

/**
 * What a row draws of its marks: of icons on one another the first, which says how many it stands for. A run of ten thousand events is
 * a few hundred elements; zoomed in, every one of them is there. Marks are in order of time. Pure.
 */
export function thinOut(marks: readonly Mark[], view: View): readonly Mark[] {
  const kept: Mark[] = []
  const last: { glyph: number; text: number } = { glyph: -Infinity, text: -Infinity }
  let glyph: Readonly<{ index: number; says: string; more: number }> | undefined
  for (const mark of marks) {
    if (mark.kind !== 'glyph' && mark.kind !== 'text') {
      kept.push(mark)
      continue
    }
    const at = percent(view, mark.at)
    if (at < 0 || at > 100) continue
    if (at - last[mark.kind] >= APART[mark.kind]) {
      last[mark.kind] = at
      if (mark.kind === 'glyph') glyph = { index: kept.length, says: mark.says, more: 0 }
      kept.push(mark)
    } else if (mark.kind === 'glyph' && glyph !== undefined) {
      glyph = { ...glyph, more: glyph.more + 1 }
      const first = kept[glyph.index]
      if (first?.kind === 'glyph')
        kept[glyph.index] = { ...first, says: `${glyph.says}, and ${glyph.more} more close by` }
    }
  }
  return kept
}

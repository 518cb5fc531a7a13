import type { Measurement } from '@firedrill/contracts'
import { formatInterval } from '@firedrill/contracts'
import { PART_WORDS, type PartName } from '../../../vocabulary/measured.ts'
import { clip, type View } from './scale.ts'

/** Between which points each part lies; the first that was observed counts. */
const ENDS: Readonly<Record<PartName, Readonly<{ from: readonly PointKey[]; to: PointKey; line: 0 | 1 }>>> = {
  detect: { from: ['onset'], to: 'detected', line: 0 },
  decide: { from: ['detected'], to: 'decided', line: 0 },
  act: { from: ['decided'], to: 'acted', line: 0 },
  propagate: { from: ['acted', 'onset'], to: 'first-good', line: 1 },
  ramp: { from: ['first-good'], to: 'recovered', line: 1 },
}
type PointKey = keyof Measurement['points']

/** The parts of the recovery time. An alarm may come after the traffic has moved, so noticing has a line of its own. */
export function PartsRow({ measurement, view }: Readonly<{ measurement: Measurement; view: View }>) {
  const { points, parts } = measurement
  return (
    <div className="tl-row is-parts">
      <div className="tl-label">
        <span>Where the time goes</span>
      </div>
      <div className="tl-track">
        {(Object.keys(ENDS) as PartName[]).map((name) => {
          const { from, to, line } = ENDS[name]
          const start = from.flatMap((key) => points[key] ?? [])[0]
          const end = points[to]
          const part = parts[name]
          if (start === undefined || end === undefined || part === undefined) return null
          const box = clip(view, (start.lo + start.hi) / 2, (end.lo + end.hi) / 2)
          if (box === undefined) return null
          const { word, look } = PART_WORDS[name]
          const text = `${word.toLowerCase()} ${formatInterval(part)}`
          return (
            <span
              key={name}
              className={`part is-${look} is-line-${line}`}
              style={{ left: `${box.left}%`, width: `${box.width}%` }}
              title={text}
            >
              {text}
            </span>
          )
        })}
      </div>
    </div>
  )
}

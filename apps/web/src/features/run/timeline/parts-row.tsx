import type { Measurement } from '@firedrill/contracts'
import { formatInterval } from '@firedrill/contracts'
import { PART_ENDS, PART_WORDS, type PartName } from '../../../vocabulary/measured.ts'
import { clip, type View } from './scale.ts'

/** Noticing has a line of its own: an alarm may come after the traffic has moved. */
const LINES: Readonly<Record<PartName, 0 | 1>> = {
  detect: 0,
  decide: 0,
  act: 0,
  propagate: 1,
  ramp: 1,
  'fail-back': 0,
}

/** The parts of the recovery time. */
export function PartsRow({ measurement, view }: Readonly<{ measurement: Measurement; view: View }>) {
  const { points, parts } = measurement
  return (
    <div className="tl-row is-parts">
      <div className="tl-label">
        <span>Where the time goes</span>
      </div>
      <div className="tl-track">
        {(Object.keys(PART_ENDS) as PartName[]).map((name) => {
          const { from, to } = PART_ENDS[name]
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
              className={`part is-${look} is-line-${LINES[name]}`}
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

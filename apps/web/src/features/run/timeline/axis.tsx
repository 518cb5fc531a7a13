import { clockTime, type Zone } from '../../../format/time.ts'
import { axisDistance } from '../../../format/duration.ts'
import { percent, ticks, type View } from './scale.ts'

/** World time above, time since the onset (or the fault) below. */
export function Axis({
  view,
  width,
  zone,
  now,
  zero,
}: Readonly<{
  view: View
  width: number
  zone: Zone
  /** The live edge has a label of its own, which no other may touch. */
  now: number | undefined
  zero: Readonly<{ at: number; word: string }> | undefined
}>) {
  const seconds = (view.to - view.from) / 1_000_000 < 180
  return (
    <div className="axis" aria-hidden="true">
      {ticks(view, width, seconds ? 84 : 62)
        .filter((at) => now === undefined || Math.abs(percent(view, at) - percent(view, now)) * width > 8500)
        .map((at) => (
          <span key={at} className="tick" style={{ left: `${percent(view, at)}%` }}>
            {clockTime(at, zone, 0).slice(0, seconds ? 8 : 5)}
          </span>
        ))}
      {zero === undefined ? null : <Relative view={view} width={width} zero={zero} />}
    </div>
  )
}

function Relative({
  view,
  width,
  zero,
}: Readonly<{ view: View; width: number; zero: Readonly<{ at: number; word: string }> }>) {
  const from = zero.at
  const shifted = { from: view.from - from, to: view.to - from }
  return (
    <>
      {ticks(shifted, width, 84)
        .filter((at) => at > 0)
        .map((at) => (
          <span key={at} className="tick is-low" style={{ left: `${percent(shifted, at)}%` }}>
            +{axisDistance(at)}
          </span>
        ))}
      {from >= view.from && from <= view.to ? (
        <span className="tick is-low accent" style={{ left: `${percent(view, from)}%` }}>
          {zero.word}
        </span>
      ) : null}
    </>
  )
}

import { OBJECTIVE_AT, type IntervalRuler, type Ruler } from './ruler.ts'

/** A ruler: the objective as a place, and the observed interval as two caps with a line. */
export function RulerView({ ruler, label }: Readonly<{ ruler: Ruler | undefined; label: string }>) {
  return (
    <div className="ruler" role="img" aria-label={label}>
      <span className="beyond" style={{ left: `${OBJECTIVE_AT}%` }} />
      <span className="line" />
      {[0, 0.25, 0.5, 0.75, 1.25].map((share) => (
        <span key={share} className="mark" style={{ left: `${share * OBJECTIVE_AT}%` }} />
      ))}
      {ruler === undefined ? null : ruler.kind === 'clock' ? (
        <span className="so-long" style={{ width: `${ruler.at}%` }} />
      ) : (
        <Interval ruler={ruler} />
      )}
      <span className="objective" style={{ left: `${OBJECTIVE_AT}%` }} />
    </div>
  )
}

function Interval({ ruler }: Readonly<{ ruler: IntervalRuler }>) {
  const { lo, hi, isBeyond, role, distance } = ruler
  if (isBeyond) {
    return (
      <span className={`off-scale ${role}`}>
        {distance?.text ?? 'beyond the ruler'} <span aria-hidden="true">▸</span>
      </span>
    )
  }
  return (
    <>
      <span
        className={`span ${role}${hi === null ? ' is-open' : ''}`}
        style={{ left: `${lo}%`, width: hi === null ? '26px' : `${Math.max(0, hi - lo)}%` }}
      />
      {distance === undefined ? null : (
        <span
          className={`distance${distance.to - distance.from < 22 ? ' is-narrow' : ''}${distance.from >= OBJECTIVE_AT ? ' is-over' : ''}`}
          style={{ left: `${distance.from}%`, width: `${Math.max(0, distance.to - distance.from)}%` }}
        >
          <span>{distance.text}</span>
        </span>
      )}
    </>
  )
}

import type { OverviewRow } from '@firedrill/contracts'
import { Link } from '@tanstack/react-router'
import { useMemo, useRef } from 'react'
import { limit } from '../../format/duration.ts'
import { shortInterval } from '../../format/interval.ts'
import { shortMoment, zoneName, type Zone } from '../../format/time.ts'
import { Icon } from '../../ui/icon.tsx'
import { StatusWord } from '../../ui/word.tsx'
import { VERDICT_WORDS } from '../../vocabulary/verdicts.ts'
import { useWidth } from '../run/timeline/use-width.ts'
import { MEASURE_WORDS, objectiveOf, resultOf, type Measure } from './present.ts'
import { layTrend, type Trend, type TrendMark } from './trend.ts'

const HEIGHT = 280

/** How the figure of one scenario has moved: bounds as bars, the objective as a line, changes of the scenario marked. */
export function TrendChart({
  row,
  measure,
  zone,
}: Readonly<{ row: OverviewRow; measure: Measure; zone: Zone }>) {
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame)
  const trend = useMemo(() => layTrend(row, measure, width, HEIGHT), [row, measure, width])
  const runs = row.runs.length
  return (
    <section className="sheet trend" aria-labelledby="h-trend">
      <header>
        <h2 id="h-trend">
          {row.title}: {MEASURE_WORDS[measure].toLowerCase()}
        </h2>
        <span className="end">
          {row.environment ?? 'no environment'} · {runs} {runs === 1 ? 'run' : 'runs'}, one place each; bars
          are bounds, not deviations
        </span>
      </header>
      <div ref={frame} className="trend-frame">
        {trend === undefined ? (
          <p className="muted">
            {objectiveOf(row, measure) === undefined
              ? 'This scenario has no such objective.'
              : 'No run was carried out yet.'}
          </p>
        ) : (
          <Drawing
            trend={trend}
            title={`${row.title}: ${runs} runs with bounds; the table below has the same`}
          />
        )}
      </div>
      {trend === undefined ? null : <TrendTable row={row} measure={measure} zone={zone} />}
    </section>
  )
}

function Drawing({ trend, title }: Readonly<{ trend: Trend; title: string }>) {
  const { width, height, left, right, bottom } = trend
  const last = trend.marks.at(-1)
  return (
    <svg width={width} height={height} role="img" aria-label={title}>
      <text className="is-quiet" x={0} y={11}>
        {trend.unit}
      </text>
      {trend.axis.map(({ y, text }, index) => (
        <g key={text}>
          <path d={`M${left} ${y}H${right}`} className={index === 0 ? 'axis' : 'grid'} />
          <text className="is-quiet" x={left - 8} y={y + 4} textAnchor="end">
            {text}
          </text>
        </g>
      ))}
      {trend.changes.map(({ x, text }) => (
        <g key={x}>
          <path d={`M${x} 14V${bottom + 6}`} className="change" />
          <text className="is-quiet" x={x + 4} y={bottom + 16}>
            {text}
          </text>
        </g>
      ))}
      {trend.objectives.map(({ x1, x2, y, text, isNew }, index) => (
        <g key={x1}>
          <path d={`M${x1} ${trend.objectives[index - 1]?.y ?? y}V${y}H${x2}`} className="limit-line" />
          <text className="is-strong" x={isNew ? width : x2 - 6} y={y - 7} textAnchor="end">
            {text}
          </text>
        </g>
      ))}
      {trend.marks.map((mark) => (
        <Mark key={mark.run.id} mark={mark} bottom={bottom} isLast={mark === last} />
      ))}
    </svg>
  )
}

function Mark({ mark, bottom, isLast }: Readonly<{ mark: TrendMark; bottom: number; isLast: boolean }>) {
  const { x, box, verdict, run, label, figure } = mark
  const word = VERDICT_WORDS[verdict]
  const isOpen = box?.top === null
  const top = box === undefined ? bottom : (box.top ?? 24)
  const low = box?.bottom ?? bottom
  return (
    <g className={word.role}>
      <title>
        run {run.number}: {word.word}
      </title>
      {box === undefined ? null : (
        <>
          <rect
            x={x - 5}
            y={top}
            width={10}
            height={Math.max(1.5, low - top)}
            fill="currentColor"
            opacity={0.22}
          />
          <path
            d={`M${x} ${top}V${low}M${x - 5} ${low}h10${isOpen ? `M${x - 4} ${top + 6}l4-6 4 6` : `M${x - 5} ${top}h10`}`}
            className="caps"
          />
        </>
      )}
      <ShapeAt x={x - 6} y={isOpen ? low + 5 : top - 18} verdict={verdict} />
      {isLast && figure.length > 0 ? (
        <text className="is-strong" x={x + 12} y={Math.max(top, 24) + 4}>
          {figure.map((line, index) => (
            <tspan key={line} x={x + 12} dy={index === 0 ? 0 : 13}>
              {line}
            </tspan>
          ))}
        </text>
      ) : null}
      {label === '' ? null : (
        <text className={isLast ? 'is-strong' : 'is-quiet'} x={x} y={bottom + 34} textAnchor="middle">
          {label}
        </text>
      )}
    </g>
  )
}

/** An icon inside of a drawing: the same shape as beside the word. */
function ShapeAt({ x, y, verdict }: Readonly<{ x: number; y: number; verdict: TrendMark['verdict'] }>) {
  return (
    <svg x={x} y={y} width={12} height={12} viewBox="0 0 14 14" overflow="visible">
      <Icon name={VERDICT_WORDS[verdict].icon} />
    </svg>
  )
}

function TrendTable({ row, measure, zone }: Readonly<{ row: OverviewRow; measure: Measure; zone: Zone }>) {
  const objective = objectiveOf(row, measure)
  if (objective === undefined) return null
  return (
    <details className="as-table">
      <summary>The trend as a table</summary>
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Trend as a table">
        <table className="tbl">
          <caption className="sr">Runs, the newest first, started at in {zoneName(zone)}</caption>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Started, {zoneName(zone)}</th>
              <th scope="col">Version</th>
              <th scope="col">Observed</th>
              <th scope="col">Objective</th>
              <th scope="col">Verdict</th>
            </tr>
          </thead>
          <tbody>
            {row.runs.toReversed().map((run) => {
              const result = resultOf(run, objective.name)
              const observed = result?.observed ?? null
              return (
                <tr key={run.id}>
                  <th scope="row">
                    <Link to="/runs/$runId" params={{ runId: run.id }}>
                      run {run.number}
                    </Link>
                  </th>
                  <td className="nowrap">{shortMoment(run.at, zone)}</td>
                  <td>{run.version === null ? 'not kept' : `v${run.version}`}</td>
                  <td className="nowrap">{observed === null ? 'not observed' : shortInterval(observed)}</td>
                  <td className="nowrap">≤ {limit(result?.maxMicros ?? objective.maxMicros)}</td>
                  <td>
                    <StatusWord word={VERDICT_WORDS[result?.verdict ?? run.verdict]} />
                    {run.isAborted ? <span className="u small"> aborted</span> : null}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </details>
  )
}

import { POINTS } from '@firedrill/core'
import type { ReportModel } from '../model/model.ts'
import { POINT_WORDS } from '../model/vocabulary.ts'
import { clockText, spanText } from '../text/instant-text.ts'
import { html, NOTHING, raw, type Markup } from './markup.ts'

/** Statuses that are too short or too dull for a label of their own. */
const QUIET = new Set(['booked', 'planning', 'preflight', 'awaiting-approval', 'closed'])
/** The whole run on one line: what the platform did, when the fault was in, when users saw failures. */
export function strip(model: ReportModel): Markup {
  const { from, to } = model.run
  if (to <= from) return NOTHING
  const x = (micros: number) => percent(((micros - from) / (to - from)) * 100)
  const points = POINTS.flatMap((name) => {
    const point = model.points[name]
    return point === undefined || name === 'injected' ? [] : [{ word: POINT_WORDS[name], point }]
  })
  // The latest stands highest, so that no line runs through the words of an earlier one.
  points.sort((a, b) => b.point.lo - a.point.lo)
  const lanesEnd = 76
  const height = lanesEnd + 8 + points.length * 16
  return html`<svg
    class="strip"
    height="${height}"
    role="img"
    aria-label="The run on one time axis, from ${clockText(from, 0)} to ${clockText(to, 0)} world time"
  >
    ${raw('<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-a" width="6" height="6"/><rect class="hatch-b" width="3" height="6"/></pattern></defs>')}
    <rect class="lane" x="0" y="0" width="100%" height="${lanesEnd}" />
    ${points.map(({ point }, index) => pointLine(point, x, lanesEnd + 16 + index * 16))}
    ${phaseLane(model, x)}${faultLane(model, x)}${outageLane(model, x)}
    ${points.map(({ word, point }, index) => pointWords(word, point, x, lanesEnd + 16 + index * 16))}
  </svg>`
}

type Scale = (micros: number) => number

function phaseLane(model: ReportModel, x: Scale): Markup {
  return html`${model.phases.map(({ status, from, to }) => {
    const width = percent(x(to) - x(from))
    const label = QUIET.has(status) || width < 3 ? NOTHING : html`<text x="5" y="13">${status}</text>`
    return html`<svg x="${x(from)}%" y="4" width="${width}%" height="18">
      <rect class="phase" x="0.5" y="0.5" width="100%" height="17" />
      ${label}
    </svg>`
  })}`
}

function faultLane(model: ReportModel, x: Scale): Markup {
  const spans = model.targets.flatMap(({ injected, restored }) =>
    injected === undefined ? [] : [{ lo: injected.lo, hi: restored?.hi ?? model.run.to }],
  )
  if (spans.length === 0) return NOTHING
  const lo = Math.min(...spans.map((span) => span.lo))
  const hi = Math.max(...spans.map((span) => span.hi))
  const label = `fault on ${spans.length === 1 ? 'one target' : `${spans.length} targets`}`
  return lane(x(lo), percent(x(hi) - x(lo)), 28, 'fault-bar', label)
}

function outageLane(model: ReportModel, x: Scale): Markup {
  const { onset, recovered } = model.points
  if (onset === undefined) return NOTHING
  const end = recovered?.hi ?? model.run.to
  const label = recovered === undefined ? 'users see failures, no recovery seen' : 'users see failures'
  return lane(x(onset.lo), percent(x(end) - x(onset.lo)), 52, 'outage-bar', label)
}

/** A bar with its label inside when there is room, else right of it. */
function lane(at: number, width: number, y: number, kind: string, label: string): Markup {
  const bar = html`<rect class="${kind}" x="${at}%" y="${y}" width="${width}%" height="18" />`
  if (width > 30)
    return html`${bar}<svg x="${at}%" y="${y + 2}" width="${width}%" height="14">
        <rect class="plate" x="5" y="0" width="${label.length * 6.2 + 10}" height="14" />
        <text x="10" y="11">${label}</text>
      </svg>`
  const isRight = at + width < 70
  return html`${bar}<text
      x="${isRight ? percent(at + width) : at}%"
      dx="${isRight ? 6 : -6}"
      y="${y + 13}"
      text-anchor="${isRight ? 'start' : 'end'}"
      >${label}</text
    >`
}

type Span = Readonly<{ lo: number; hi: number }>

function pointLine({ lo, hi }: Span, x: Scale, y: number): Markup {
  const at = x((lo + hi) / 2)
  return html`<line class="limit" x1="${at}%" x2="${at}%" y1="0" y2="${y}" />`
}

function pointWords(word: string, point: Span, x: Scale, y: number): Markup {
  const at = x((point.lo + point.hi) / 2)
  const isRight = at > 60
  return html`<text
    class="halo"
    x="${at}%"
    dx="${isRight ? -6 : 6}"
    y="${y}"
    text-anchor="${isRight ? 'end' : 'start'}"
    ><tspan class="b">${word}</tspan><tspan class="when"> ${spanText(point)}</tspan></text
  >`
}

function percent(value: number): number {
  return Math.round(Math.max(0, Math.min(100, value)) * 100) / 100
}

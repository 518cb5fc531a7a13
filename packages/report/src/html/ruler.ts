import type { ObjectiveResult } from '@firedrill/core'
import { exactText, intervalText, marginText } from '../text/duration-text.ts'
import { html, raw, type Markup } from './markup.ts'

/** How far right of zero the objective stands, in percent of the ruler: the same for every objective. */
const OBJECTIVE_AT = 74
const MIDDLE = 22
const CAP = 9

/** The head of the rulers: what their marks mean. */
export function rulerHead(): Markup {
  return raw(
    `<svg class="ruler-head" aria-hidden="true"><text x="0" y="14">0</text><text x="${OBJECTIVE_AT / 2}%" y="14" text-anchor="middle">half</text><text class="b" x="${OBJECTIVE_AT}%" y="14" text-anchor="middle">objective</text></svg>`,
  )
}

/**
 * One objective's interval as a pair of caps beside the objective's line. Positions are rounded away from the line, so
 * that an interval never seems to touch or cross what it does not. A missing upper bound is an arrow.
 */
export function ruler(result: ObjectiveResult): Markup {
  const { observed, maxMicros, verdict, objective } = result
  const label =
    observed === undefined
      ? `${objective}: not observed, objective ${exactText(maxMicros)}`
      : `${objective}: ${intervalText(observed, maxMicros)}, objective ${exactText(maxMicros)}, ${marginText(observed, maxMicros)}`
  const ticks = [0, 0.25, 0.5, 0.75, 1.25].map((share) => {
    const x = share === 0 ? '0.5' : `${share * OBJECTIVE_AT}%`
    return `<line class="axis" x1="${x}" x2="${x}" y1="${MIDDLE - 3}" y2="${MIDDLE + 3}"/>`
  })
  const ground = `<rect class="over" x="${OBJECTIVE_AT}%" y="${MIDDLE - 11}" width="${100 - OBJECTIVE_AT}%" height="22"/><line class="axis" x1="0" x2="100%" y1="${MIDDLE}" y2="${MIDDLE}"/>${ticks.join('')}<line class="limit" x1="${OBJECTIVE_AT}%" x2="${OBJECTIVE_AT}%" y1="0" y2="100%"/>`
  const mark = observed === undefined ? raw(nothing()) : interval(result, observed)
  return html`<svg class="ruler ${verdict}" role="img" aria-label="${label}">${raw(ground)}${mark}</svg>`
}

function nothing(): string {
  return `<text x="8" y="${MIDDLE + 21}">not observed</text>`
}

function interval(result: ObjectiveResult, observed: NonNullable<ObjectiveResult['observed']>): Markup {
  const { maxMicros } = result
  const lo = place(observed.lo, maxMicros, 'lo')
  const hi = observed.hi === null ? 100 : place(observed.hi, maxMicros, 'hi')
  const isBeyond = observed.lo / Math.max(1, maxMicros) > 100 / OBJECTIVE_AT
  const caps: string[] = []
  if (!isBeyond) {
    caps.push(
      `<rect class="body" x="${lo}%" y="${MIDDLE - CAP}" width="${round(hi - lo)}%" height="${2 * CAP}"/>`,
    )
    caps.push(`<line class="cap" x1="${lo}%" x2="${hi}%" y1="${MIDDLE}" y2="${MIDDLE}"/>`)
    caps.push(`<line class="cap" x1="${lo}%" x2="${lo}%" y1="${MIDDLE - CAP}" y2="${MIDDLE + CAP}"/>`)
  }
  if (hi < 100)
    caps.push(`<line class="cap" x1="${hi}%" x2="${hi}%" y1="${MIDDLE - CAP}" y2="${MIDDLE + CAP}"/>`)
  else caps.push(`<svg x="100%" y="${MIDDLE}" overflow="visible"><path class="cap" d="m-8-5 6 5-6 5"/></svg>`)
  return html`${raw(caps.join(''))}${margin(observed, maxMicros, lo, hi)}`
}

/** The distance that decided, drawn between interval and objective and written beside it. */
function margin(
  observed: NonNullable<ObjectiveResult['observed']>,
  maxMicros: number,
  lo: number,
  hi: number,
): Markup {
  const y = MIDDLE + 19
  const text = marginText(observed, maxMicros)
  const isHeld = observed.hi !== null && observed.hi <= maxMicros
  const isOver = observed.lo > maxMicros
  const line = isHeld
    ? span(hi, OBJECTIVE_AT, y - 4)
    : isOver
      ? span(OBJECTIVE_AT, Math.min(lo, 99), y - 4)
      : ''
  // Left of what is drawn there is room in every case but an interval that begins near zero.
  const anchor = isHeld ? hi : OBJECTIVE_AT
  const words =
    anchor > 45
      ? html`<text x="${anchor}%" dx="-6" y="${y}" text-anchor="end">${text}</text>`
      : html`<text x="${OBJECTIVE_AT}%" dx="-6" y="${y + 12}" text-anchor="end">${text}</text>`
  return html`${raw(line)}${words}`
}

function span(from: number, to: number, y: number): string {
  if (to - from < 1) return ''
  const ends = [from, to].map((x) => `<line class="dim" x1="${x}%" x2="${x}%" y1="${y - 3}" y2="${y + 3}"/>`)
  return `<line class="dim" x1="${from}%" x2="${to}%" y1="${y}" y2="${y}"/>${ends.join('')}`
}

/** Percent of the ruler for a bound, rounded away from the objective's line. */
function place(micros: number, maxMicros: number, side: 'lo' | 'hi'): number {
  const exact = (micros / Math.max(1, maxMicros)) * OBJECTIVE_AT
  if (exact >= 100) return 100
  const isBelow = micros <= maxMicros
  const rounded = isBelow ? Math.floor(exact * 100) / 100 : Math.ceil(exact * 100) / 100
  return side === 'hi' && isBelow && micros < maxMicros ? Math.min(rounded, OBJECTIVE_AT - 0.2) : rounded
}

function round(value: number): number {
  return Math.max(0, Math.round(value * 100) / 100)
}

import { PARTS, type DurationInterval, type Part } from '@firedrill/core'
import type { ReportModel } from '../model/model.ts'
import { intervalText } from '../text/duration-text.ts'
import { capital } from '../text/list-text.ts'
import { html, NOTHING, type Markup } from './markup.ts'

/** Who holds the clock in each part, and what it is measured between. */
const PART_WORDS: Readonly<Record<Part, Readonly<{ who: string; between: string }>>> = {
  detect: { who: 'alarms', between: 'first failure, first alarm' },
  decide: { who: 'people', between: 'alarm, decision' },
  act: { who: 'platform', between: 'decision, first step' },
  propagate: { who: 'network', between: 'first step, traffic moved' },
  ramp: { who: 'service', between: 'traffic moved, sustained recovery' },
  'fail-back': { who: 'platform', between: 'first step back, everything as before' },
}

/** Where the recovery time went: one bar of its parts, and a table with the bounds of each. */
export function split(model: ReportModel): Markup {
  const seen = PARTS.flatMap((part) => {
    const interval = model.parts[part]
    // The way back comes after the recovery and may take far longer: it would leave no room for its parts.
    return interval === undefined || part === 'fail-back' ? [] : [{ part, middle: middleOf(interval) }]
  })
  if (seen.length === 0) return NOTHING
  const total = seen.reduce((sum, { middle }) => sum + middle, 0)
  let at = 0
  const bars = seen.map(({ part, middle }) => {
    const from = at
    at += total === 0 ? 0 : (middle / total) * 100
    return html`<rect
      class="part-${part}"
      x="${round(from)}%"
      y="0"
      width="${round(at - from)}%"
      height="22"
    />`
  })
  return html`<section>
    <header>
      <h2>Where the time went</h2>
      <span class="end">parts of the recovery time; the bar shows their middles</span>
    </header>
    <svg
      class="split"
      height="22"
      role="img"
      aria-label="Parts of the recovery time, drawn to scale; the table below has the figures"
    >
      ${bars}
    </svg>
    <div class="scroll" role="region" aria-label="Parts, table" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Between</th>
            <th scope="col" class="right">Took</th>
          </tr>
        </thead>
        <tbody>
          ${PARTS.filter((part) => part !== 'fail-back' || model.parts[part] !== undefined).map((part) =>
            row(part, model),
          )}
        </tbody>
      </table>
    </div>
  </section>`
}

function row(part: Part, { parts, scenario }: ReportModel): Markup {
  const interval = parts[part]
  const { who: usual, between } = PART_WORDS[part]
  const who = part === 'act' && scenario.response === 'runbook' ? 'people' : usual
  const took =
    interval === undefined
      ? html`<span class="muted">not observed</span>`
      : html`<b>${intervalText(interval)}</b>`
  return html`<tr>
    <th scope="row">
      <svg class="key" viewBox="0 0 10 10" aria-hidden="true">
        <rect class="part-${part}" width="10" height="10" /></svg
      >${capital(part)} <span class="muted">${who}</span>
    </th>
    <td class="soft">${between}</td>
    <td class="right nowrap">${took}</td>
  </tr>`
}

function middleOf({ lo, hi }: DurationInterval): number {
  return hi === null ? lo : (lo + hi) / 2
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

import { clocksInWords, type ObjectiveResult } from '@firedrill/core'
import type { ReportModel } from '../model/model.ts'
import { OBJECTIVE_WORDS } from '../model/vocabulary.ts'
import { boundText, exactText } from '../text/duration-text.ts'
import { capital } from '../text/list-text.ts'
import { verdictMark } from './icons.ts'
import { html, NOTHING, when, type Markup } from './markup.ts'
import { ruler, rulerHead } from './ruler.ts'

/** Each objective beside what was observed, with the reason of its verdict and how it was measured. */
export function objectives(model: ReportModel): Markup {
  if (model.objectives.length === 0) return NOTHING
  const clocks = clocksInWords(model.clocks)
  return html`<section>
    <header>
      <h2>Objectives and what was observed</h2>
      <span class="end">rulers are scaled so that every objective stands at the same line</span>
    </header>
    <table class="objectives" role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">Objective</th>
          <th scope="col" role="columnheader" class="r">
            <span class="sr">Interval beside the objective</span>${rulerHead()}
          </th>
          <th scope="col" role="columnheader" class="right">Observed</th>
          <th scope="col" role="columnheader" class="vd">Verdict</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${model.objectives.map(row)}
      </tbody>
    </table>
    <ul class="how">
      ${model.objectives.map((result) => html`<li><b>${result.objective}</b>: ${result.method}</li>`)}
      ${when(clocks !== undefined, () => html`<li><b>clocks</b>: ${clocks}; added to every bound above</li>`)}
    </ul>
  </section>`
}

function row(result: ObjectiveResult): Markup {
  const { objective, kind, maxMicros, verdict, reason, wouldDecide } = result
  const words = kind in OBJECTIVE_WORDS ? OBJECTIVE_WORDS[kind as keyof typeof OBJECTIVE_WORDS].from : kind
  return html`<tr role="row">
    <th scope="row" role="rowheader">
      ${capital(objective)}<span class="why">${words}</span><span class="lim">≤ ${exactText(maxMicros)}</span>
    </th>
    <td role="cell" class="r">${ruler(result)}</td>
    <td role="cell" class="right nowrap">${observed(result)}</td>
    <td role="cell" class="vd">
      ${verdictMark(verdict)}<span class="why">${reason}</span
      >${when(wouldDecide !== undefined, () => html`<span class="why">Would decide: ${wouldDecide}</span>`)}
    </td>
  </tr>`
}

function observed({ observed: interval, maxMicros }: ObjectiveResult): Markup {
  if (interval === undefined) return html`<span class="muted">not observed</span>`
  const low = boundText(interval.lo, 'lo', maxMicros)
  if (interval.hi === null) return html`<span class="muted">more than</span><br /><b>${low}</b>`
  return html`<b>${low}</b><br /><span class="muted">to</span>
    <b>${boundText(interval.hi, 'hi', maxMicros)}</b>`
}

import type { ReportModel, UndoLatency } from '../model/model.ts'
import { durationText } from '../text/duration-text.ts'
import { clockText } from '../text/instant-text.ts'
import { html, NOTHING, when, type Markup } from './markup.ts'

/** Refusals, aborts, and how long taking the faults out took. */
export function safety(model: ReportModel): Markup {
  const { refusals, guardrailsAsked, undo } = model
  const asked =
    guardrailsAsked === 0
      ? html`<dd>not asked: the run ended before</dd>`
      : refusals.length === 0
        ? html`<dd>all ${guardrailsAsked} allowed the drill</dd>`
        : html`<dd>
            <ul>
              ${refusals.map(({ guardrail, reason }) => html`<li><b>${guardrail}</b>: ${reason}</li>`)}
            </ul>
          </dd>`
  return html`<section>
    <header><h2>Safety</h2></header>
    <dl class="facts">
      <dt>Guardrails</dt>
      ${asked}
      ${
        undo === undefined
          ? html`<dt>Undo</dt>
              <dd>nothing had to be undone</dd>`
          : undoFacts(undo, model.run.rate)
      }
    </dl>
  </section>`
}

function undoFacts(undo: UndoLatency, rate: number): Markup {
  const began = `${clockText(undo.at)}, by ${undo.by}`
  const name = undo.trigger === 'abort' ? 'Abort' : 'Undo began'
  return html`<dt>${name}</dt>
    <dd>${began}${when(undo.reason !== '', () => html`: ${undo.reason}`)}</dd>
    <dt>Last undo issued</dt>
    <dd>${latency(undo.toLastIssued, rate)}</dd>
    <dt>Last undo verified</dt>
    <dd>${latency(undo.toLastVerified, rate)}</dd>
    ${
      undo.trigger === 'abort'
        ? NOTHING
        : html`<dt>Abort</dt>
            <dd>not used; it takes the same path, so its latency is measured in every run</dd>`
    }`
}

function latency(took: UndoLatency['toLastIssued'], rate: number): Markup {
  if (took === undefined) return html`<span class="muted">not observed</span>`
  const world = durationText(Math.max(0, took.world), 'up')
  if (rate === 1) return html`<b>${world}</b> after that`
  return html`<b>${world}</b> after that in world time, ${durationText(Math.max(0, took.platform), 'up')} on
    the platform’s clock`
}

import type { Verdict } from '@firedrill/core'
import type { Tone } from '../model/model.ts'
import { capital } from '../text/list-text.ts'
import { html, raw, type Markup } from './markup.ts'

const STROKE =
  'fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"'
const CUT =
  'fill="none" stroke="var(--page)" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"'

const SHAPES = {
  held: `<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M4.8 8.3 7 10.5l4.3-4.9" ${CUT}/>`,
  deviated: `<path d="M8 .5 15.5 8 8 15.5.5 8z" fill="currentColor"/><path d="m6 6 4 4m0-4-4 4" ${CUT}/>`,
  inconclusive: `<circle cx="8" cy="8" r="6.2" ${STROKE}/><path d="M8 1.8v12.4A6.2 6.2 0 0 1 8 1.8z" fill="currentColor"/>`,
  'not-run': `<circle cx="8" cy="8" r="6.2" ${STROKE}/><path d="M5 8h6" ${STROKE}/>`,
  fault: '<path d="M9.5.8 2.7 9.3h4.2L5.7 15.2l7.6-9h-4.5z" fill="currentColor"/>',
  recovering: `<path d="M3.3 5.5A5.5 5.5 0 1 1 2.6 8.7M3 2v3.8h3.8" ${STROKE}/>`,
  people:
    '<circle cx="8" cy="4.6" r="3.1" fill="currentColor"/><path d="M2 14.6c.3-3.5 2.6-5.4 6-5.4s5.7 1.9 6 5.4z" fill="currentColor"/>',
  alarm: `<path d="M8 1.4 15 14H1z" fill="currentColor"/><path d="M8 6v3.6M8 11.8v.1" ${CUT}/>`,
  note: `<path d="M2.3 2.7h11.4v8H7.5l-3 2.7v-2.7H2.3z" ${STROKE}/>`,
  work: '<circle cx="8" cy="8" r="2.6" fill="currentColor"/>',
} as const

/** An icon; decorative, since its word always stands beside it. */
export function icon(name: keyof typeof SHAPES): Markup {
  return raw(`<svg class="i" viewBox="0 0 16 16" aria-hidden="true">${SHAPES[name]}</svg>`)
}

/** The icon of a timeline entry. */
export function toneIcon(tone: Tone): Markup {
  return html`<span class="${tone}">${icon(tone)}</span>`
}

const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  held: 'Held',
  deviated: 'Deviated',
  inconclusive: 'Inconclusive',
  'not-run': 'Not run',
}

/** A verdict as word. */
export function verdictWord(verdict: Verdict): string {
  return VERDICT_WORDS[verdict]
}

/** A verdict as icon and word, in its colour. */
export function verdictMark(verdict: Verdict): Markup {
  return html`<span class="mark ${verdict}">${icon(verdict)} ${capital(verdictWord(verdict))}</span>`
}

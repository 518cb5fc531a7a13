import type { ReportModel } from '../model/model.ts'
import type { SignOffSheet } from '../model/sign-off.ts'
import { clockText, dateText } from '../text/instant-text.ts'
import { background, sources, timeline } from './background.ts'
import { controls } from './controls.ts'
import { findings } from './findings.ts'
import { icon, verdictWord } from './icons.ts'
import { html, raw, when, type Markup } from './markup.ts'
import { objectives } from './objectives.ts'
import { notes, record } from './record.ts'
import { restoration } from './restoration.ts'
import { runbook } from './runbook.ts'
import { safety } from './safety.ts'
import { signOff } from './sign-off.ts'
import { split } from './split.ts'
import { strip } from './strip.ts'
import { STYLE } from './style.ts'

/** No network, no scripts: the page is a document and nothing else. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** What rides along: the data as canonical JSON, the SHA-256 of the model, the whole journal, and who signed. */
type PageData = Readonly<{ json: string; hash: string; journal: string; signOff: SignOffSheet }>

/** The report as one HTML file that needs nothing else. */
export function page(model: ReportModel, { json, hash, journal, signOff: sheet }: PageData): string {
  const { run, scenario } = model
  const title = `Run ${run.number}, ${scenario.title}: ${verdictWord(run.verdict).toLowerCase()}`
  const body = html`<body>
    <div class="page">
      <header>${crumb(model)}${answer(model)}</header>
      <div class="cols">
        <main>
          ${when(
            model.phases.some(({ status }) => status === 'baseline'),
            () =>
              html`<section>
                <header>
                  <h2>The run</h2>
                  <span class="end"
                    >${clockText(run.from, 0)} to ${clockText(run.to, 0)}, world time, UTC</span
                  >
                </header>
                ${strip(model)}
              </section>`,
          )}
          ${objectives(model)}${split(model)}${runbook(model)}${restoration(model)}${safety(model)}${sources(model)}${findings(model)}${notes(model)}${background(model)}${timeline(model)}${controls()}${signOff(sheet)}
        </main>
        <aside aria-label="Record">${record(model)}</aside>
      </div>
      <footer>
        Written by ${model.generator} from the journal and its evidence. All times are world time in UTC;
        lengths are bounds, rounded outwards. SHA-256 of this report’s data: <code>${hash}</code> The file
        carries its data, the whole journal, and as its last line the SHA-256 of everything before it with the
        signature of the installation that wrote it. <code>firedrill verify FILE --key KEY</code> checks all
        of that without a network.
      </footer>
    </div>
    ${data('firedrill-report', json)} ${data('firedrill-journal', journal)}
  </body>`
  return `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${raw(POLICY)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      ${body}
    </html>`.markup
  }\n`
}

function crumb({ run, scenario, environment }: ReportModel): Markup {
  return html`<p class="crumb">
    <span>${scenario.title}</span><span>run ${run.number}</span
    ><span class="tag${environment.production ? ' prod' : ''}"
      >${environment.production ? 'production' : environment.kind}</span
    ><span>${environment.title}</span
    ><span>${dateText(run.from)}, ${clockText(run.from, 0)} to ${clockText(run.to, 0)} UTC</span>
  </p>`
}

function answer({ run }: ReportModel): Markup {
  return html`<div class="answer">
    <h1>
      <span class="${run.verdict}">${icon(run.verdict)}</span
      ><span
        ><span class="${run.verdict}"
          >${verdictWord(run.verdict)}${run.provisional ? ', provisional' : ''}.</span
        >
        ${run.headline}</span
      >
    </h1>
    <p>${run.summary}</p>
    ${when(!run.isClean, () => html`<p class="warn" role="alert">${icon('alarm')} At least one target is not confirmed as put back. Treat the fault as live, and use the recovery kit.</p>`)}
  </div>`
}

/** JSON inside HTML: `<` is written so that nothing in it can end the element. */
function data(id: string, json: string): Markup {
  return raw(
    `<script type="application/json" id="${id}">${json.replaceAll('<', String.raw`\u003c`)}</script>`,
  )
}

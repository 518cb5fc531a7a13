import { canonicalJson } from '@firedrill/core'
import { csv } from './csv.ts'
import { page } from './html/page.ts'
import type { ReportInput } from './input.ts'
import { markdown } from './markdown.ts'
import { buildModel } from './model/build-model.ts'
import type { ReportModel } from './model/model.ts'
import { dataText, signOffSheet, type SignOffSheet } from './model/sign-off.ts'
import { sealPage } from './seal/seal.ts'

/**
 * A finished report in every form. `hash` is its identity: the SHA-256 of the model's canonical JSON (RFC 8785). `json` is
 * that text, with one more member `signOff` once somebody has signed. `data` is the hash of what it was made from.
 */
export type Report = Readonly<{
  html: string
  json: string
  csv: string
  markdown: string
  hash: string
  data: string
  model: ReportModel
  signOff: SignOffSheet
}>

/** Renders a run. Pure: the same input gives the same bytes, on any machine, at any time. */
export function renderReport(input: ReportInput): Report {
  const { sha256, events, run, signOffs } = input
  const model = buildModel(input)
  const identity = canonicalJson(model)
  const hash = sha256(identity)
  const data = sha256(dataText(model))
  const sheet = signOffSheet(signOffs, { report: hash, data })
  const json = signOffs.length === 0 ? identity : canonicalJson({ ...model, signOff: signOffs })
  const copies = { json, csv: csv(model), markdown: markdown(model) }
  const html = sealPage(
    page(model, { json, hash, journal: canonicalJson(events), signOff: sheet }),
    {
      run: run.id,
      report: hash,
      journal: { events: model.journal.events, head: model.journal.head },
      copies: { json: sha256(json), csv: sha256(copies.csv), markdown: sha256(copies.markdown) },
    },
    input,
  )
  return { html, ...copies, hash, data, model, signOff: sheet }
}

import { canonicalJson } from '@firedrill/core'
import { csv } from './csv.ts'
import { page } from './html/page.ts'
import type { ReportInput } from './input.ts'
import { markdown } from './markdown.ts'
import { buildModel } from './model/build-model.ts'
import type { ReportModel } from './model/model.ts'

/** A finished report in every form. `hash` is the SHA-256 of `json`, which is canonical (RFC 8785). */
export type Report = Readonly<{
  html: string
  json: string
  csv: string
  markdown: string
  hash: string
  model: ReportModel
}>

/** Renders a run. Pure: the same input gives the same bytes, on any machine, at any time. */
export function renderReport(input: ReportInput): Report {
  const model = buildModel(input)
  const json = canonicalJson(model)
  const hash = input.sha256(json)
  return { html: page(model, json, hash), json, csv: csv(model), markdown: markdown(model), hash, model }
}

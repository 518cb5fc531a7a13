import { formatDurationMs, MARKER_PLACEHOLDERS } from '@firedrill/core'
import { suggest } from '../problem/did-you-mean.ts'
import type { View } from '../yaml/view.ts'
import { DEFAULTS } from './defaults.ts'

/** Marker writers that can work: numbers get in, come back and are taken out, and every objective has its own. */
export function checkMarkers(spec: View): void {
  const markers = spec.at('markers').items()
  for (const marker of markers) checkMarker(marker)
  const names = markers.flatMap((marker) => marker.at('name').text() ?? [])
  for (const objective of spec.at('objectives').items()) {
    if (objective.at('kind').text() !== 'data-loss') continue
    const view = objective.at('marker')
    const name = view.text()
    if (name === undefined || names.includes(name)) continue
    view.problem(
      `there is no marker named ${name}, so lost data would not be measured`,
      suggest(name, names) ??
        'Describe it under spec.markers: how a number is written, read back and taken out.',
    )
  }
}

function checkMarker(marker: View): void {
  const period = marker.at('period').ms()
  const timeout = marker.at('timeout').ms()
  if (period !== undefined && period < 100)
    marker.at('period').problem('a marker is written every 100ms at most')
  if (timeout !== undefined && timeout < 50) marker.at('timeout').problem('a timeout is at least 50ms')
  if (marker.at('kind').text() === 'http') checkHttp(marker)
  if (marker.at('kind').text() === 'postgresql') checkPostgresql(marker)
}

const EVERY = ['run', 'marker'] as const

function checkHttp(marker: View): void {
  for (const part of ['write', 'read', 'cleanUp'] as const) {
    const request = marker.at(part)
    const url = request.at('url')
    const text = url.text()
    if (text !== undefined && !(/^https?:\/\/[^\s/{]+/.test(text) && URL.canParse(text)))
      url.problem('not an http or https URL', 'Its host is fixed; placeholders may stand in what follows.')
    const extra = part === 'write' ? 'sequence' : part === 'read' ? 'upTo' : undefined
    const texts = [
      url,
      request.at('body'),
      ...request
        .at('headers')
        .keys()
        .map((key) => request.at('headers', key)),
    ]
    checkPlaceholders(texts, extra)
  }
  needs(marker.at('write', 'url'), [marker.at('write', 'url'), marker.at('write', 'body')], 'sequence')
  if (marker.at('read', 'holds').text() === 'highest') {
    needs(marker.at('read', 'url'), [marker.at('read', 'url'), marker.at('read', 'body')], 'upTo')
    if (marker.at('order').text() === 'unordered')
      marker
        .at('read', 'holds')
        .problem(
          'without order the highest number says nothing about those before it',
          'Read all of them: holds: numbers, or holds: ranges.',
        )
  }
  checkCleanUp(marker, marker.at('cleanUp'), 'cleanUp')
}

function checkPostgresql(marker: View): void {
  const name = marker.at('name').text()
  const statements = marker.at('statements')
  if (!statements.exists()) {
    if (name !== undefined && name.length > TABLE_NAME_MAX)
      marker
        .at('name')
        .problem(`a marker that becomes a table has a name of at most ${TABLE_NAME_MAX} characters`)
    if (marker.at('leave').exists())
      marker
        .at('leave')
        .problem('the table of a run is always dropped', 'Leave it out, or write statements of your own.')
    return
  }
  checkPlaceholders([statements.at('write')], 'sequence')
  checkPlaceholders([statements.at('read')], 'upTo')
  checkPlaceholders([statements.at('cleanUp')], undefined)
  needs(statements.at('write'), [statements.at('write')], 'sequence')
  checkCleanUp(marker, statements.at('cleanUp'), 'statements.cleanUp')
}

const TABLE_NAME_MAX = 22

/** What is written for a drill is taken out after it, unless the file says that it stays. */
function checkCleanUp(marker: View, cleanUp: View, where: string): void {
  const isLeft = marker.at('leave').exists()
  if (cleanUp.exists() === isLeft)
    (isLeft ? marker.at('leave') : marker).problem(
      isLeft
        ? 'the writes are either taken out or left, not both'
        : 'nothing says how the writes are taken out again',
      isLeft ? undefined : `Describe ${where}, or write leave: true.`,
    )
}

function needs(at: View, places: readonly View[], placeholder: string): void {
  if (places.every((view) => view.text() === undefined)) return
  if (places.some((view) => view.text()?.includes(`{{${placeholder}}}`) === true)) return
  at.problem(`{{${placeholder}}} is missing`, `For example: …/{{${placeholder}}}`)
}

function checkPlaceholders(texts: readonly View[], extra: string | undefined): void {
  const allowed = extra === undefined ? [...EVERY] : [...EVERY, extra]
  for (const view of texts) {
    for (const [, name = ''] of view.text()?.matchAll(/\{\{([^{}]*)\}\}/g) ?? []) {
      if (allowed.includes(name)) continue
      const isKnown = (MARKER_PLACEHOLDERS as readonly string[]).includes(name)
      view.problem(
        isKnown ? `{{${name}}} has no value here` : `there is no placeholder {{${name}}}`,
        isKnown ? `Here are: ${allowed.map((one) => `{{${one}}}`).join(', ')}.` : suggest(name, allowed),
      )
    }
  }
}

/** Told beside the problems: a writer that stops before the drill is over measures half of it. */
export function warnMarkers(spec: View): void {
  const timing = spec.at('timing')
  const stepsMs = spec
    .at('steps')
    .items()
    .reduce((sum, step) => sum + (step.at('wait').ms() ?? 0), 0)
  const lengthMs =
    (spec.at('steadyState', 'for').ms() ?? DEFAULTS.steadyForMs) +
    stepsMs +
    (timing.at('observeMax').ms() ?? DEFAULTS.observeMaxMs) +
    (timing.at('recoverWithin').ms() ?? DEFAULTS.recoverWithinMs)
  for (const marker of spec.at('markers').items()) {
    const max = marker.at('writesMax').number() ?? DEFAULTS.writesMax
    const periodMs = marker.at('period').ms() ?? DEFAULTS.periodMs
    if (max * periodMs >= lengthMs) continue
    const place = marker.at('writesMax').exists() ? marker.at('writesMax') : marker
    place.problem(
      `the writes end after ${formatDurationMs(max * periodMs)}; the drill may last ${formatDurationMs(lengthMs)}`,
      `Allow ${Math.ceil(lengthMs / periodMs)} writes, or make the period longer.`,
    )
  }
}

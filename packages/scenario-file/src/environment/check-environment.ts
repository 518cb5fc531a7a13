import { suggest } from '../problem/did-you-mean.ts'
import type { View } from '../yaml/view.ts'
import { freezeInstant, INSTANT } from './freeze-instant.ts'

/** Cross-checks of an environment: names exist, addresses are addresses, a sandbox stays on loopback. */
export function checkEnvironment(spec: View): void {
  const regions = spec.at('regions').keys()
  if (spec.at('regions').exists() && regions.length === 0)
    spec.at('regions').problem('at least one Region is needed')
  const home = spec.at('homeRegion')
  const homeName = home.text()
  if (homeName !== undefined && regions.length > 0 && !regions.includes(homeName)) {
    home.problem(`there is no Region named ${homeName} under regions`, suggest(homeName, regions))
  }
  checkAddresses(spec)
  checkVantages(spec)
  for (const name of spec.at('databases').keys()) checkDatabase(spec, spec.at('databases', name, 'url'))
  for (const window of spec.at('windows').items()) checkWindow(window)
  for (const freeze of spec.at('freezes').items()) checkFreeze(freeze)
  checkProtectedZones(spec)
  checkDeadMan(spec)
  for (const domain of spec.at('hostedZones').keys()) noDot(spec.at('hostedZones', domain, 'domain'))
  for (const record of spec.at('touch', 'protectedRecords').items()) noDot(record)
}

const LOOPBACK = /^https?:\/\/(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?(\/|$)/

function checkAddresses(spec: View): void {
  const endpoint = spec.at('aws', 'endpoint')
  const where = endpoint.text()
  if (where !== undefined && where !== 'aws') httpUrl(endpoint)
  httpUrl(spec.at('clock', 'url'))
  httpUrl(spec.at('probes', 'proxy'))
  checkAuthorities(spec.at('probes', 'ca'))
  if (spec.at('kind').text() === 'sandbox' && !LOOPBACK.test(where ?? 'aws')) {
    const place = endpoint.exists() ? endpoint : spec.at('aws')
    place.problem(
      'a sandbox is reached on a literal loopback address only',
      'For example: endpoint: http://127.0.0.1:4601, or make it kind: cloud.',
    )
  }
  if (
    spec.at('kind').text() === 'sandbox' &&
    spec.at('aws', 'credentials', 'source').text() === 'environment-variables'
  ) {
    spec
      .at('aws', 'credentials', 'source')
      .problem('a sandbox never uses AWS_* variables', 'Write source: static with keys of the simulator.')
  }
  // A compiled environment is stored and pinned by runs, so a key in it would be stored too.
  if (spec.at('kind').text() === 'cloud' && spec.at('aws', 'credentials', 'source').text() === 'static') {
    spec
      .at('aws', 'credentials', 'source')
      .problem(
        'keys of a real account are never stored with an environment',
        'Write source: profile, or source: environment-variables.',
      )
  }
  if (spec.at('clock', 'source').text() === 'simulator' && spec.at('kind').text() === 'cloud')
    spec.at('clock', 'source').problem('a cloud environment lives in real time')
}

function checkAuthorities(view: View): void {
  const text = view.text()
  if (text === undefined || view.isTold()) return
  if (text.includes('PRIVATE KEY'))
    view.problem('a private key is never stored with an environment', 'Only its certificate is needed.')
  else if (!/-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(text))
    view.problem('not a certificate in PEM', 'Paste it as a block: ca: |, or write ca: ${env:DRILL_CA}.')
}

/** A scheduler without a role cannot act, and a role that nobody uses is a mistake of whoever wrote it. */
function checkDeadMan(spec: View): void {
  const isScheduled = spec.at('deadMan').text() === 'aws-scheduler'
  const role = spec.at('aws', 'schedulerRoleArn')
  if (isScheduled && !role.exists())
    spec
      .at('deadMan')
      .problem(
        'aws-scheduler needs the role by which EventBridge Scheduler acts',
        'Add aws.schedulerRoleArn, a role that scheduler.amazonaws.com may assume.',
      )
  if (!isScheduled && role.exists())
    role.problem('no dead man uses this role', 'Add deadMan: aws-scheduler, or take the role away.')
}

function httpUrl(view: View): void {
  const text = view.text()
  // A reference that could not be filled has been told already.
  if (text === undefined || view.isTold()) return
  if (!/^https?:\/\/[^\s/]+/.test(text) || !URL.canParse(text))
    view.problem('not an http or https URL', 'For example: http://127.0.0.1:4601')
}

function checkDatabase(spec: View, view: View): void {
  const text = view.text()
  if (text === undefined || view.isTold()) return
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['postgresql:', 'postgres:'].includes(url.protocol) || url.hostname === '') {
    view.problem('not a postgresql URL', 'For example: postgresql://drill@orders.example:5432/orders')
    return
  }
  // A compiled environment is stored and pinned by runs, so a password in it would be stored too.
  if (url.password !== '')
    view.problem(
      'a password is never stored with an environment',
      'Name the variable that holds it: passwordVariable: FIREDRILL_DATABASE_ORDERS.',
    )
  if (
    spec.at('kind').text() === 'sandbox' &&
    !/^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/.test(url.hostname)
  )
    view.problem('a sandbox is reached on a literal loopback address only', 'Or make it kind: cloud.')
}

function checkVantages(spec: View): void {
  const seen = new Set<string>()
  for (const vantage of spec.at('probes', 'vantages').items()) {
    const name = vantage.at('name').text()
    if (name !== undefined && seen.has(name))
      vantage.at('name').problem(`another vantage is already named ${name}`)
    if (name !== undefined) seen.add(name)
    const resolver = vantage.at('resolver')
    const text = resolver.text()
    const port = Number(/^(?:\[[\da-fA-F:]+\]|[^\s:[\]]+):(\d{1,5})$/.exec(text ?? '')?.[1] ?? Number.NaN)
    if (text !== undefined && !resolver.isTold() && !(port >= 1 && port <= 65_535))
      resolver.problem('a resolver is written host:port', 'For example: 127.0.0.1:4602')
  }
}

function checkWindow(window: View): void {
  const from = minuteOfDay(window.at('from').text())
  const to = minuteOfDay(window.at('to').text())
  if (from === 1440) window.at('from').problem('a window cannot begin at 24:00', 'Write 00:00.')
  if (from !== undefined && to !== undefined && to <= from)
    window.at('to').problem('a window ends after it begins; split one that crosses midnight in two')
  const zone = window.at('timeZone').text()
  if (zone !== undefined && !isTimeZone(zone))
    window.at('timeZone').problem(`there is no time zone named ${zone}`, 'For example: Europe/Berlin')
}

/** A date that the calendar does not have, or a freeze that ends before it begins, would protect nobody. */
function checkFreeze(freeze: View): void {
  const from = freezeInstant(freeze.at('from').text(), 'start')
  const to = freezeInstant(freeze.at('to').text(), 'end')
  for (const [key, instant] of [
    ['from', from],
    ['to', to],
  ] as const) {
    const text = freeze.at(key).text()
    if (text !== undefined && INSTANT.test(text) && instant === undefined)
      freeze.at(key).problem('there is no such date')
  }
  if (from !== undefined && to !== undefined && to <= from)
    freeze.at('to').problem('a freeze ends after it begins')
}

/** A zone that nobody knows would be protected by a word alone. */
function checkProtectedZones(spec: View): void {
  const hosted = spec.at('hostedZones').keys()
  for (const zone of spec.at('touch', 'protectedZones').items()) {
    const name = zone.text()
    if (name === undefined || zone.isTold() || hosted.includes(name)) continue
    if (!/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/.test(name))
      zone.problem(
        `neither a hosted zone of this environment nor an Availability Zone: ${name}`,
        suggest(name, hosted),
      )
  }
}

/** Minutes since midnight of `HH:MM`, or undefined when it is no time of day. */
export function minuteOfDay(text: string | undefined): number | undefined {
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(text ?? '') ?? []
  return hours === undefined || minutes === undefined ? undefined : Number(hours) * 60 + Number(minutes)
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function noDot(view: View): void {
  const text = view.text()
  if (text?.endsWith('.') === true)
    view.problem('a name is written without trailing dot', `Write ${text.slice(0, -1)}`)
}

import type { ReportModel } from './model/model.ts'

type Value = Readonly<{ stringValue: string }> | Readonly<{ intValue: string }>
type Attribute = Readonly<{ key: string; value: Value }>
type Span = Readonly<{
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: readonly Attribute[]
  events?: readonly Readonly<{ timeUnixNano: string; name: string; attributes: readonly Attribute[] }>[]
  links?: readonly Readonly<{ traceId: string; spanId: string }>[]
  status?: Readonly<{ code: number; message?: string }>
}>

const INTERNAL = 1
const [UNSET, OK, ERROR] = [0, 1, 2]
const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * A run as one trace in OpenTelemetry's JSON form (OTLP), as a collector takes it at `/v1/traces`: the drill, in it its phases and
 * each fault at each target, and the journal as events of the drill. World time, which is that of whatever else was traced. A run
 * is always the same trace, so that sending it twice shows it once. `parent`: the `traceparent` of who asked for the
 * drill, such as a CI run; the drill is linked to it, not part of it.
 */
export function otlpTrace(model: ReportModel, parent?: string): string {
  const { run, scenario, environment, phases, targets, timeline } = model
  const traceId = traceIdOf(run.id)
  const root = spanId(1)
  const span = (
    index: number,
    name: string,
    from: number,
    to: number,
    attributes: readonly Attribute[],
  ): Span => ({
    traceId,
    spanId: spanId(index),
    parentSpanId: root,
    name,
    kind: INTERNAL,
    startTimeUnixNano: nanos(from),
    endTimeUnixNano: nanos(Math.max(from, to)),
    attributes,
  })
  const link = linkOf(parent)
  const drill: Span = {
    traceId,
    spanId: root,
    name: `drill ${scenario.name}`,
    kind: INTERNAL,
    startTimeUnixNano: nanos(run.from),
    endTimeUnixNano: nanos(run.to),
    attributes: [
      text('firedrill.run.id', run.id),
      { key: 'firedrill.run.number', value: { intValue: String(run.number) } },
      text('firedrill.scenario', scenario.name),
      text('firedrill.environment', environment.name),
      text('firedrill.verdict', run.verdict),
      text('cloud.account.id', environment.account),
    ],
    events: timeline.map((entry) => ({
      timeUnixNano: nanos(entry.worldAt),
      name: entry.text,
      attributes: [text('firedrill.actor', entry.actor)],
    })),
    ...(link === undefined ? {} : { links: [link] }),
    status: statusOf(model),
  }
  const faults = targets.flatMap(({ id, label, fault, region, injected, restored }, index) =>
    injected === undefined
      ? []
      : [
          span(1000 + index, `${fault} ${label}`, injected.lo, restored?.hi ?? run.to, [
            text('firedrill.fault', fault),
            text('firedrill.target', id),
            text('cloud.region', region),
          ]),
        ],
  )
  const spans = [
    drill,
    ...phases.map(({ status, from, to }, i) => span(2 + i, status, from, to, [])),
    ...faults,
  ]
  const resource = {
    attributes: [text('service.name', 'firedrill'), text('service.version', model.generator)],
  }
  return `${JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'firedrill' }, spans }] }] })}\n`
}

function statusOf({ run }: ReportModel): NonNullable<Span['status']> {
  switch (run.verdict) {
    case 'held':
      return { code: OK }
    case 'deviated':
      return { code: ERROR, message: run.reason }
    case 'inconclusive':
    case 'not-run':
      return { code: UNSET }
  }
}

/** The 128 bits behind an id, which say what is unique about it. */
function traceIdOf(id: string): string {
  let bits = 0n
  for (const letter of id.slice(id.indexOf('_') + 1))
    bits = (bits << 5n) | BigInt(Math.max(0, BASE32.indexOf(letter)))
  return BigInt.asUintN(128, bits).toString(16).padStart(32, '0')
}

function spanId(index: number): string {
  return index.toString(16).padStart(16, '0')
}

/** W3C trace context; undefined for what is none. */
function linkOf(parent: string | undefined): NonNullable<Span['links']>[number] | undefined {
  const [, traceId, id] = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/.exec(parent ?? '') ?? []
  return traceId === undefined || id === undefined ? undefined : { traceId, spanId: id }
}

function nanos(micros: number): string {
  return String(BigInt(Math.round(micros)) * 1000n)
}

function text(key: string, value: string): Attribute {
  return { key, value: { stringValue: value } }
}

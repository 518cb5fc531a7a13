import { expect, it } from 'vitest'
import { SAMPLES, sampleRun } from './fixtures/sample-runs.ts'
import { otlpTrace } from './otlp-trace.ts'
import { renderReport } from './render-report.ts'

type Span = Readonly<{
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  links?: readonly Readonly<{ traceId: string }>[]
  status?: Readonly<{ code: number }>
}>
const PARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
const traceOf = (name: (typeof SAMPLES)[number], parent?: string) => {
  const { model } = renderReport(sampleRun(name))
  const { resourceSpans } = JSON.parse(otlpTrace(model, parent)) as {
    resourceSpans: { scopeSpans: { spans: Span[] }[] }[]
  }
  return { model, spans: resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)) }
}

it.each(SAMPLES)(
  'a run that is %s is one trace: a drill, and in it spans of their own that end after they begin',
  (name) => {
    const { model, spans } = traceOf(name)
    const [drill, ...parts] = spans
    if (drill === undefined) throw new Error('there is no drill')
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
    expect(drill.traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/)
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length)
    expect(parts.every(({ parentSpanId }) => parentSpanId === drill.spanId)).toBe(true)
    expect(spans.every((span) => BigInt(span.startTimeUnixNano) <= BigInt(span.endTimeUnixNano))).toBe(true)
    expect(drill.startTimeUnixNano).toBe(`${model.run.from}000`)
    expect(parts.filter(({ name }) => model.phases.some(({ status }) => status === name))).toHaveLength(
      model.phases.length,
    )
  },
)

it('shows each fault at its target, says whether it held, and is linked to who asked for it', () => {
  const { model, spans } = traceOf('held', PARENT)
  const broken = model.targets.filter(({ injected }) => injected !== undefined)
  expect(spans.filter(({ name }) => name.startsWith('ec2-stop-instances '))).toHaveLength(broken.length)
  expect([spans[0]?.status?.code, spans[0]?.links]).toEqual([
    1,
    [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }],
  ])
  expect(traceOf('held', 'nonsense').spans[0]?.links).toBeUndefined()
})

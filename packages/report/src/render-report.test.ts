import { canonicalJson } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { sha256 } from './fixtures/journal-of.ts'
import { SAMPLES, sampleRun } from './fixtures/sample-runs.ts'
import { renderReport } from './render-report.ts'

const visible = (page: string) =>
  page
    .replace(/<(script|style)[^>]*>.*?<\/\1>/gs, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')

describe.each(SAMPLES)('the report of a run that is %s', (name) => {
  const report = renderReport(sampleRun(name))

  it('has the same bytes every time', () => {
    expect(renderReport(sampleRun(name))).toEqual(report)
    expect(report.json).toBe(canonicalJson(JSON.parse(report.json)))
    expect(report.hash).toBe(sha256(report.json))
  })

  it('is one file that asks nobody for anything and runs nothing', () => {
    expect(report.html).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`,
    )
    expect(report.html).not.toMatch(
      /\b(src|href|action|srcset)\s*=|@import|url\((?!#)|\son\w+\s*=|<(iframe|object|embed|link|img)\b/i,
    )
    expect(report.html.match(/<script\b[^>]*>/g)).toEqual([
      '<script type="application/json" id="firedrill-report">',
      '<script type="application/json" id="firedrill-journal">',
    ])
    expect(Buffer.byteLength(report.html)).toBeLessThan(600_000)
  })

  it('carries its data, byte for byte what the JSON report is', () => {
    const data = /<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(report.html)?.[1] ?? ''
    expect(canonicalJson(JSON.parse(data))).toBe(report.json)
    expect(visible(report.html)).toContain(report.hash)
  })

  it('shows no credential in any form', () => {
    for (const form of [report.html, report.json, report.csv, report.markdown])
      expect(form).not.toMatch(/never-shown|NEVERSHOWN/)
  })

  it('pins its definitions, its journal’s head and its evidence', () => {
    const input = sampleRun(name)
    const text = visible(report.html)
    for (const hash of [
      input.scenario.hash,
      input.environment.hash,
      input.events.at(-1)?.hash ?? '?',
      ...input.evidence.map((one) => one.hash),
    ])
      expect(text).toContain(hash)
    expect(report.model.journal.chain).toBe('unbroken')
  })

  it('says of every number how it was found, and what the clocks behind it were off', () => {
    const { objectives, clocks } = report.model
    for (const { method } of objectives) {
      expect(visible(report.html)).toContain(method)
      expect(report.markdown).toContain(method.slice(0, 12))
    }
    if (clocks === undefined) return
    const known = 'clocks known to ± 13 ms: prober 3.4 s ahead of the platform, ± 13 ms in 31 comparisons'
    expect(visible(report.html)).toContain(known)
    expect(report.markdown).toContain(known)
  })

  it('has balanced tags and no empty table', () => {
    for (const tag of ['section', 'table', 'tr', 'td', 'dl', 'svg', 'span', 'div'])
      expect(report.html.split(`<${tag}`).length, tag).toBe(report.html.split(`</${tag}`).length)
    expect(report.html).not.toMatch(/<tbody[^>]*>\s*<\/tbody>|undefined|NaN|\[object/)
  })
})

describe('the verdict line', () => {
  it.each([
    ['held', 'Held. Recovery took at most 1 min 19.9 s; the objective is 5 min.'],
    ['deviated', 'Deviated, provisional. Recovery took more than 5 min 00.00004 s; the objective is 5 min.'],
    ['aborted', 'Inconclusive. The drill was aborted by M. Okafor: orders are failing in the standby too'],
    [
      'refused',
      'Not run. The drill was refused before anything was touched: caller-identity: the credentials belong to account 999988887777',
    ],
  ] as const)('of a run that is %s comes first and says why', (name, expected) => {
    const text = visible(renderReport(sampleRun(name)).html)
    expect(text).toContain(expected)
    expect(text.indexOf(expected)).toBeLessThan(400)
  })

  it('warns above all else when a target is not confirmed as put back, and only then', () => {
    const warning = 'Treat the fault as live'
    expect(renderReport(sampleRun('deviated')).html).toContain(warning)
    for (const name of ['held', 'held-removal', 'aborted', 'refused'] as const)
      expect(renderReport(sampleRun(name)).html).not.toContain(warning)
  })
})

describe('the proof of restoration', () => {
  it('shows for each record what was captured beside what was described afterwards', () => {
    const { model, html } = renderReport(sampleRun('held-removal'))
    expect(
      model.targets.map(({ captured, described, injection }) => [captured, described, injection]),
    ).toEqual([
      [
        'Failover PRIMARY · TTL 30 · ResourceRecords 198.51.100.10',
        'in the zone and on every name server, equal field by field',
        'restored',
      ],
      [
        'Failover SECONDARY · TTL 30 · ResourceRecords 203.0.113.10',
        'in the zone and on every name server, equal field by field',
        'restored',
      ],
    ])
    expect(visible(html)).toContain('Failover PRIMARY · TTL 30 · ResourceRecords 198.51.100.10')
  })

  it.each([
    ['removed', true],
    ['kept', true],
    ['failed', false],
    ['pending', false],
  ] as const)('says that everything is put back only when numbered writes are too: %s', (state, isAll) => {
    const input = sampleRun('held')
    const { measurement } = input.run.state
    if (measurement === undefined) throw new Error('the sample is measured')
    const counts = { acknowledged: 260, failed: 0, unusable: 0, readings: 4 }
    const marker = { marker: 'orders', ...counts, cleanUp: { state, note: 'read back' } }
    const runState = { ...input.run.state, measurement: { ...measurement, markers: [marker] } }
    const report = renderReport({ ...input, run: { ...input.run, state: runState } })
    for (const form of [visible(report.html), report.markdown, report.model.run.summary]) {
      expect(form.includes('Everything is put back')).toBe(isAll)
      expect(form.includes('Not everything is put back')).toBe(!isAll)
    }
  })

  it('never calls a target put back that a later look found broken again', () => {
    const input = sampleRun('held')
    const events = input.events.map((event) =>
      event.type === 'restoration-observed'
        ? {
            ...event,
            data: {
              ...event.data,
              observations: (event.data as { observations: { target: string }[] }).observations.map(
                (one) => ({ ...one, injection: 'injected' as const }),
              ),
            },
          }
        : event,
    ) as typeof input.events
    expect(
      renderReport({ ...input, events }).model.targets.every(({ restored }) => restored === undefined),
    ).toBe(true)
  })

  it('measures the latency of undo in every run, on both clocks, and of an abort from the moment it was asked for', () => {
    expect(renderReport(sampleRun('held')).model.undo).toMatchObject({
      trigger: 'planned',
      toLastVerified: { world: 61_600_000, platform: 2_053_333 },
    })
    expect(renderReport(sampleRun('aborted')).model.undo).toMatchObject({
      trigger: 'abort',
      by: 'M. Okafor',
      toLastIssued: { world: 1_000_000 },
      toLastVerified: { world: 59_000_000 },
    })
    expect(renderReport(sampleRun('deviated')).model.undo?.toLastVerified).toBeUndefined()
    expect(renderReport(sampleRun('refused')).model.undo).toBeUndefined()
  })
})

describe('hostile text in a run', () => {
  const ATTACK = `</script><script>alert(1)</script><img src=x onerror=alert(2)>"'|[x](javascript:1)`

  it('stays text in HTML, data and Markdown', () => {
    const input = sampleRun('held')
    const scenario = {
      ...input.scenario,
      compiled: { ...input.scenario.compiled, title: ATTACK, hypothesis: ATTACK },
    }
    const report = renderReport({ ...input, scenario })
    expect(report.html).not.toMatch(/<img|<script>/)
    expect(report.html.match(/<\/script>/g)).toHaveLength(2)
    expect(report.markdown).not.toMatch(/(?<!\\)[<[]/)
    expect(report.model.scenario.title).toBe(ATTACK)
  })

  it('is no formula in a spreadsheet', () => {
    const input = sampleRun('held')
    const [first, ...rest] = input.run.state.measurement?.objectives ?? []
    if (first === undefined || input.run.state.measurement === undefined)
      throw new Error('the sample has objectives')
    const measurement = {
      ...input.run.state.measurement,
      objectives: [{ ...first, reason: '=HYPERLINK("http://x")', method: 'a,"b"' }, ...rest],
    }
    const { csv } = renderReport({
      ...input,
      run: { ...input.run, state: { ...input.run.state, measurement } },
    })
    expect(csv).toContain(`"a,""b""","'=HYPERLINK(""http://x"")"`)
  })
})

describe('a journal that was tampered with', () => {
  it('is called broken, with the event', () => {
    const input = sampleRun('held')
    const events = input.events.map((event) => (event.seq === 5 ? { ...event, epoch: 9 } : event))
    const { model, html } = renderReport({ ...input, events })
    expect(model.journal).toMatchObject({
      chain: 'broken',
      problem: 'event 5 was changed after it was written',
    })
    expect(visible(html)).toMatch(/broken ?: ?event 5 was changed/)
  })
})

describe('the report of a run whose people followed a runbook', () => {
  const input = sampleRun('held')
  const { state } = input.run
  const { measurement } = state
  if (measurement === undefined) throw new Error('the sample was not measured')
  const { detected, onset } = measurement.points
  const from = detected ?? onset ?? { lo: 0, hi: 0 }
  const at = (seconds: number) => from.hi + seconds * 1_000_000
  const said = (seconds: number, note = '') => ({ by: 'M. Okafor', note, at: at(seconds) })
  const acted = { lo: at(10), hi: at(25), source: 'journal', clock: 'platform' }
  const followed = renderReport({
    ...input,
    run: {
      ...input.run,
      state: {
        ...state,
        runbook: { name: 'bring-up-standby', hash: 'c'.repeat(64) },
        runbookSteps: {
          'see-served': { skipped: said(30, 'the page says so') },
          'scale-out': { started: said(10, 'six'), done: { ...said(25), checked: '3 good in a row' } },
        },
        measurement: { ...measurement, points: { ...measurement.points, acted } },
      },
    },
  })

  it('says who did what, in the order of what they did, and how long people held the clock', () => {
    const text = visible(followed.html)
    expect(text).toMatch(
      /What people did runbook bring-up-standby cccccccccccc .*scale-out .*15 s six; check passed: 3 good in a row see-served .*left out the page says so/,
    )
    expect(followed.model.runbook?.people).toEqual({
      lo: 10_000_000,
      hi: at(25) - from.lo,
      from: detected === undefined ? 'onset' : 'detected',
    })
    expect(followed.markdown).toMatch(
      /to the first step people took \d+.*; from there to sustained recovery \d+/,
    )
    expect(text).toMatch(/people held the clock for .* from there to sustained recovery it took/)
  })

  it('control: without a runbook nothing of that is said', () => {
    expect(visible(renderReport(input).html)).not.toContain('What people did')
    expect(renderReport(input).markdown).not.toContain('people took')
  })
})

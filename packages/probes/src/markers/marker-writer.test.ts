import { dataLoss, type CompiledMarker, type MarkerPath, type MarkerRanges } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createResources, hostClock, realWorld, type Resources } from '../testing/loopback.ts'
import { FROM_THE_START, MARKED_RUN, markerLab } from '../testing/marker-lab.ts'
import { httpMarkerPath } from './http-marker-path.ts'
import { readNumbers } from './read-numbers.ts'

let resources: Resources
beforeEach(() => {
  resources = createResources()
})
afterEach(() => resources.close())

/** An application whose data is copied item by item: a switch leaves it with those that had arrived. */
async function application() {
  let held = new Set<number>()
  let isDown = false
  const port = await resources.http((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      if (isDown) return void response.writeHead(503).end()
      if (request.method === 'DELETE') held = new Set()
      if (request.method === 'POST') held.add((JSON.parse(body) as { number: number }).number)
      response.writeHead(request.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ data: { found: [...held] } }))
    })
  })
  return {
    url: `http://127.0.0.1:${port}/notes/{{run}}`,
    held: () => held,
    lose: (numbers: readonly number[]) => {
      for (const number of numbers) held.delete(number)
    },
    add: (numbers: readonly number[]) => {
      for (const number of numbers) held.add(number)
    },
    setDown: (down: boolean) => {
      isDown = down
    },
  }
}

function markerOf(
  url: string,
  more: Partial<CompiledMarker> = {},
): Extract<CompiledMarker, { kind: 'http' }> {
  const request = { url, headers: {}, status: [200, 201] }
  return {
    kind: 'http',
    name: 'orders',
    order: 'unordered',
    periodMs: 100,
    timeoutMs: 400,
    writesMax: 1000,
    write: { ...request, method: 'POST', body: '{"number":{{sequence}}}' },
    read: { ...request, method: 'GET', path: 'data.found', holds: 'numbers' },
    cleanUp: { ...request, method: 'DELETE' },
    ...more,
  } as Extract<CompiledMarker, { kind: 'http' }>
}

const pathOf = (marker: Extract<CompiledMarker, { kind: 'http' }>) =>
  httpMarkerPath(marker, { runId: MARKED_RUN, vantage: { name: 'here' }, timeoutMs: 400 })

describe('a marker writer', () => {
  it('reads back as soon as writes go through again, tells late from lost, and takes everything out', async () => {
    const app = await application()
    const marker = markerOf(app.url)
    const lab = await markerLab(marker, realWorld)
    const writer = lab.start(pathOf(marker))
    await lab.until(({ writes }) => writes.length >= 8)
    app.setDown(true)
    await lab.until(({ writes }) => writes.some(({ outcome }) => outcome === 'failed'))
    app.lose([2, 5])
    app.setDown(false)
    await lab.until(({ readings }) => readings.length > 0)
    app.add([5])
    // The wait for what is missing is 45 s of world time; a world that ends it at once need not wait.
    await writer.stop()
    const last = lab.start(pathOf(marker), {
      isEnding: true,
      world: () => ({ ...realWorld, realMs: (ms) => ms / 100 }),
    })
    await last.finish()
    const loss = dataLoss(await lab.observations(), FROM_THE_START)
    expect(loss).toMatchObject({ missing: [2, 5], late: 1, lost: 1 })
    expect((await lab.record()).cleanUp?.state).toBe('removed')
    expect(app.held().size).toBe(0)
    expect(lab.troubles).toEqual([])
  })

  it('asks about a write that went through between failures, too, when nothing could be read after it', async () => {
    const app = await application()
    const marker = markerOf(app.url)
    const lab = await markerLab(marker, realWorld)
    const http = pathOf(marker)
    // 3 fails, 4 goes through to the side that is being lost, and then all is away until 7.
    const path: MarkerPath = {
      ...http,
      write: (seq, signal) => {
        app.setDown(seq === 3 || seq === 5 || seq === 6)
        if (seq === 7) app.lose([2, 4])
        return http.write(seq, signal)
      },
      read: (upTo, signal) => {
        if (app.held().has(4) && !app.held().has(7)) app.setDown(true)
        return http.read(upTo, signal)
      },
    }
    const writer = lab.start(path)
    await lab.until(({ readings }) => readings.length > 0)
    await writer.stop()
    const { readings } = await lab.record()
    expect(readings[0]).toMatchObject({ why: 'switch', upTo: 4 })
    expect(dataLoss(await lab.observations(), FROM_THE_START)).toMatchObject({ missing: [2, 4] })
  })

  it('has every acknowledgement on record before it sends the next write', async () => {
    const app = await application()
    const marker = markerOf(app.url)
    const lab = await markerLab(marker, realWorld)
    const http = pathOf(marker)
    const onRecord: boolean[] = []
    const path: MarkerPath = {
      ...http,
      write: async (seq, signal) => {
        const before = await lab.record()
        onRecord.push(before.writes.length === seq)
        return http.write(seq, signal)
      },
    }
    const writer = lab.start(path)
    await lab.until(({ writes }) => writes.length >= 5)
    await writer.stop()
    expect(onRecord).not.toContain(false)
  })

  it('never uses a number twice when it starts again, stops at its limit, and reads nothing back that it takes out', async () => {
    const app = await application()
    const marker = markerOf(app.url, { writesMax: 3 })
    const lab = await markerLab(marker, realWorld)
    const first = lab.start(pathOf(marker))
    await lab.until(({ writes }) => writes.length >= 3)
    await hostClock.sleep(250)
    await first.stop()
    const second = lab.start(pathOf(marker))
    await lab.until(({ writes }) => writes.length >= 6)
    await hostClock.sleep(250)
    await second.finish()
    const numbers = (await lab.record()).writes.map(({ seq }) => seq)
    expect(numbers).toHaveLength(6)
    expect(new Set(numbers).size).toBe(6)
    expect(numbers[3]).toBeGreaterThan(10_000)
    const before = await lab.record()
    await lab.start(pathOf(marker), { isEnding: true }).finish()
    expect(await lab.record()).toEqual(before)
  })

  it('says that its writes are still there when they cannot be taken out', async () => {
    const app = await application()
    const marker = markerOf(app.url, { cleanUp: { method: 'GET', url: app.url, headers: {}, status: [200] } })
    const lab = await markerLab(marker, realWorld)
    const writer = lab.start(pathOf(marker), { world: () => ({ ...realWorld, realMs: (ms) => ms / 20 }) })
    await lab.until(({ writes }) => writes.length >= 2)
    await writer.finish()
    expect((await lab.record()).cleanUp).toEqual({
      state: 'failed',
      note: 'some are still there, from number 0 on',
    })
    expect(await lab.markers.leftBehind()).toHaveLength(1)
  })
})

describe('an answer with numbers', () => {
  const read = (body: unknown, holds: 'numbers' | 'ranges' | 'highest', path = 'a.b') =>
    readNumbers(typeof body === 'string' ? body : JSON.stringify(body), { path, holds })
  const value = (ranges: MarkerRanges) => ({ ok: true, value: ranges })

  it('is read as what it says it holds', () => {
    expect(read({ a: { b: [3, 1, '2', 7] } }, 'numbers')).toEqual(
      value([
        [1, 3],
        [7, 7],
      ]),
    )
    expect(
      read(
        {
          a: {
            b: [
              [5, 9],
              [1, 4],
            ],
          },
        },
        'ranges',
      ),
    ).toEqual(value([[1, 9]]))
    expect(read({ a: { b: 4 } }, 'highest')).toEqual(value([[0, 4]]))
    expect(read({ a: { b: null } }, 'highest')).toEqual(value([]))
    expect(read([], 'numbers', '')).toEqual(value([]))
  })

  it('is never taken for an empty list when it is none, since that would be lost data', () => {
    for (const body of [
      '<html>',
      { a: {} },
      { a: { b: 'none' } },
      { a: { b: [1, null] } },
      { a: { b: [1.5] } },
    ])
      expect(read(body, 'numbers')).toMatchObject({ ok: false })
    expect(read({ a: { b: [[4, 1]] } }, 'ranges')).toMatchObject({ ok: false })
    expect(read({ a: { b: [1] } }, 'highest')).toMatchObject({ ok: false })
  })
})

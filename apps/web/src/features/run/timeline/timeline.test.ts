import { describe, expect, test } from 'vitest'
import { world } from '../../../../test/story/clock.ts'
import { lanesUntil } from '../../../../test/story/lanes.ts'
import { OUTAGE } from '../../../../test/story/script.ts'
import { detailOf, eventsOf, type Told } from '../../../../test/story/tell.ts'
import { closedRun, liveRun } from '../../../../test/story/told-runs.ts'
import { brushed, nudged } from './brush.ts'
import { laneSegments } from './lane-segments.ts'
import { axisPoints, placePoints } from './points.ts'
import type { Mark } from './row.ts'
import { timelineRows } from './rows.ts'
import { clip, pan, percent, ticks, zoom } from './scale.ts'
import { thinOut } from './thin-out.ts'

function rowsOf(told: Told) {
  const run = detailOf(told)
  return timelineRows({ run, events: eventsOf(told), worldNow: run.now.worldAt, zone: 'UTC' })
}

function bars(told: Told, key: string, look: string) {
  const row = rowsOf(told).find((candidate) => candidate.key === key)
  return (row?.marks ?? []).filter(
    (mark): mark is Extract<Mark, { kind: 'bar' }> => mark.kind === 'bar' && mark.look === look,
  )
}

describe('the rows', () => {
  test('a fault is drawn to now while it is in, with its expiry ahead', () => {
    const [fault] = bars(liveRun(), 'step stop-web', 'fault')
    expect(fault).toMatchObject({ from: world(73.4), to: world(141.3), isOpen: true })
    expect(bars(liveRun(), 'step stop-web', 'expiry')[0]).toMatchObject({
      from: world(141.3),
      to: world(664.6),
    })
  })

  test('a fault ends where a describe call saw its last target back, not where that was asked for', () => {
    expect(bars(closedRun(), 'step stop-web', 'fault')[0]).toMatchObject({ to: world(352.1), isOpen: false })
    expect(bars(closedRun(), 'step stop-web', 'expiry')).toEqual([])
  })

  test('targets of one place end when their own last was seen back', () => {
    expect(bars(closedRun(), 'step stop-web eu-west-1a', 'fault')[0]).toMatchObject({
      from: world(70.2),
      to: world(331),
    })
    expect(bars(closedRun(), 'step stop-web eu-west-1c', 'fault')[0]).toMatchObject({
      from: world(73.4),
      to: world(352.1),
    })
  })

  test('what people did and what went wrong can be inspected', () => {
    const glyphs = rowsOf(liveRun()).flatMap(({ marks }) => marks.filter((mark) => mark.kind === 'glyph'))
    expect(glyphs.map(({ seq }) => seq)).toEqual([17, 16])
  })
})

describe('points in time', () => {
  test('labels never cover one another and never leave the axis, at any width and zoom', () => {
    const points = axisPoints(detailOf(closedRun()))
    for (let width = 200; width <= 1600; width += 37) {
      for (const seconds of [12, 60, 300, 900]) {
        const view = { from: world(60), to: world(60 + seconds) }
        const boxes = placePoints(points, view, width).flatMap(({ word, name, level, side, lo, hi }) => {
          if (level === null) return []
          const length = (word.length + (name === undefined ? 0 : 8)) * 6.6
          const at = (percent(view, side === 'after' ? hi : lo) / 100) * width
          return [
            { level, from: side === 'after' ? at : at - length, to: side === 'after' ? at + length : at },
          ]
        })
        for (const [index, box] of boxes.entries()) {
          expect(box.from).toBeGreaterThanOrEqual(0)
          expect(box.to).toBeLessThanOrEqual(width)
          const covers = boxes.some(
            (other, at) =>
              at !== index && other.level === box.level && other.from < box.to && box.from < other.to,
          )
          expect(covers).toBe(false)
        }
      }
    }
  })

  test('no label is crossed by the bounds of another point, however narrow the screen', () => {
    const points = axisPoints(detailOf(closedRun()))
    for (let width = 200; width <= 1600; width += 37) {
      for (const seconds of [60, 300, 900]) {
        const view = { from: world(60), to: world(60 + seconds) }
        const px = (at: number) => (percent(view, at) / 100) * width
        const placed = placePoints(points, view, width).filter(({ level }) => level !== null)
        for (const { key, word, name, level, side, lo, hi } of placed) {
          const length = (word.length + (name === undefined ? 0 : 8)) * 6.6
          const from = side === 'after' ? px(hi) : px(lo) - length
          const crossed = placed.filter(
            (other) =>
              other.key !== key &&
              other.level === level &&
              px(other.lo) < from + length &&
              px(other.hi) > from,
          )
          expect(crossed.map((other) => `${other.key} crosses ${key}`)).toEqual([])
        }
      }
    }
  })

  test('a point without room for its label keeps its bounds', () => {
    const points = axisPoints(detailOf(closedRun()))
    const placed = placePoints(points, { from: world(0), to: world(1000) }, 120)
    expect(placed).toHaveLength(points.length)
    expect(placed.some(({ level }) => level === null)).toBe(true)
  })
})

describe('a row of ten thousand events', () => {
  const marks = Array.from({ length: 10_000 }, (_, seq): Mark => ({
    kind: 'glyph',
    at: world(seq / 10),
    icon: 'note',
    role: 'people',
    says: `note ${seq}`,
    seq,
  }))

  test('draws a few hundred icons, which say how many they stand for, and every one of them zoomed in', () => {
    const drawn = thinOut(marks, { from: world(0), to: world(1000) })
    expect(drawn.length).toBeLessThan(400)
    const stoodFor = drawn.map((mark) =>
      mark.kind === 'glyph' ? /and (\d+) more/.exec(mark.says)?.[1] : '0',
    )
    expect(drawn.length + stoodFor.reduce((sum, more) => sum + Number(more ?? 0), 0)).toBe(10_000)
    expect(thinOut(marks, { from: world(500), to: world(510) })).toHaveLength(101)
  })
})

describe('the minimap', () => {
  const whole = { from: world(0), to: world(1000) }
  const view = { from: world(100), to: world(200) }

  test('shows what was dragged over in either direction, and a click moves the same length there', () => {
    expect(brushed(whole, view, 0.5, 0.25)).toEqual({ from: world(250), to: world(500) })
    expect(brushed(whole, view, 0.7, 0.701)).toEqual({ from: world(651), to: world(751) })
    expect(brushed(whole, view, 0.9, 4)).toEqual({ from: world(900), to: world(1000) })
  })

  test('an edge that is moved by keys never passes the other, nor the end of the run', () => {
    expect(nudged(whole, view, 'to', 1)).toEqual({ from: world(100), to: world(210) })
    expect(nudged(whole, view, 'from', -50)).toEqual({ from: world(0), to: world(200) })
    expect(nudged(whole, view, 'from', 10)).toEqual(view)
  })
})

describe('a lane', () => {
  const [first, , third] = lanesUntil(300)

  test('shows the outage where the probes saw it', () => {
    const bad =
      first === undefined ? [] : laneSegments(first, world(300)).filter(({ state }) => state === 'bad')
    expect(bad).toHaveLength(1)
    expect(Math.abs((bad[0]?.from ?? 0) - world(OUTAGE.from))).toBeLessThanOrEqual(1_000_000)
  })

  test('time in which nobody looked is absent, never good', () => {
    const segments = third === undefined ? [] : laneSegments(third, world(300))
    const at = segments.find(({ from, to }) => from <= world(213) && to >= world(213))
    expect(at?.state).toBe('absent')
  })

  test('a probe that stopped is absent from then on', () => {
    const last = first === undefined ? undefined : laneSegments(first, world(330)).at(-1)
    expect(last).toMatchObject({ state: 'absent', to: world(330) })
  })

  test('a stretch with good and bad answers is never shown as good', () => {
    const point = { start: world(1), end: world(2), good: 9, bad: 1, unusable: 0, slowestMicros: 5000 }
    const lane = { probe: 'p', vantage: 'v', good: 9, bad: 1, unusable: 0, points: [point] }
    expect(laneSegments(lane, world(2))[0]?.state).toBe('mixed')
  })
})

describe('the scale', () => {
  const view = { from: world(0), to: world(100) }

  test('zooming keeps the instant under the cursor where it is', () => {
    const at = world(30)
    expect(percent(zoom(view, 0.5, at), at)).toBeCloseTo(percent(view, at), 3)
  })

  test('panning there and back changes nothing', () => {
    expect(pan(pan(view, 0.3), -0.3)).toEqual(view)
  })

  test('no tick label sticks out of an end', () => {
    for (const at of ticks(view, 500))
      expect(Math.min(percent(view, at), 100 - percent(view, at)) * 5).toBeGreaterThanOrEqual(29)
  })

  test('what is out of view is not drawn', () => {
    expect(clip(view, world(101), world(120))).toBeUndefined()
    expect(clip(view, world(90), world(120))).toEqual({ left: 90, width: 10 })
  })
})

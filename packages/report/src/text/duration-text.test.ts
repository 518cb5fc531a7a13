import { describe, expect, it } from 'vitest'
import {
  boundText,
  distanceText,
  durationText,
  exactText,
  intervalText,
  marginText,
} from './duration-text.ts'

const us = (seconds: number) => Math.round(seconds * 1_000_000)

describe('a length of time', () => {
  it.each([
    [0, '0.0 s'],
    [us(47.94), '47.9 s'],
    [us(60), '1 min 00.0 s'],
    [us(446.6), '7 min 26.6 s'],
    [us(3599.99), '59 min 59.9 s'],
    [us(7325.5), '2 h 02 min 05.5 s'],
  ])('of %i µs reads %s', (micros, text) => {
    expect(durationText(micros, 'down')).toBe(text)
  })

  it('carries a rounded-up second into minute and hour', () => {
    expect(durationText(us(59.96), 'up')).toBe('1 min 00.0 s')
    expect(durationText(us(3599.99), 'up')).toBe('1 h 00 min 00.0 s')
  })

  it('as an objective has no needless zeros', () => {
    expect([us(300), us(90), us(0.5), us(3600)].map(exactText)).toEqual([
      '5 min',
      '1 min 30 s',
      '0.5 s',
      '1 h 00 min',
    ])
  })
})

describe('a bound', () => {
  it('is rounded outwards, so that an interval is never shown narrower than it is', () => {
    expect(intervalText({ lo: us(77.66), hi: us(79.91) })).toBe('1 min 17.6 s to 1 min 20.0 s')
    expect(intervalText({ lo: us(77.66), hi: null })).toBe('more than 1 min 17.6 s')
  })

  it('shows as many digits as it takes to stay on its side of the objective', () => {
    expect(boundText(us(299.96), 'hi', us(300))).toBe('4 min 59.96 s')
    expect(boundText(us(300.04), 'lo', us(300))).toBe('5 min 00.04 s')
    expect(boundText(300_000_001, 'lo', us(300))).toBe('5 min 00.000001 s')
    expect(boundText(us(300), 'hi', us(300))).toBe('5 min 00.0 s')
  })

  it('is never shown over an objective it keeps, or under one it misses, anywhere near it', () => {
    const objective = us(300)
    const shown = (text: string) => {
      const [, minutes = '0', seconds = '0'] = /(?:(\d+) min )?([\d.]+) s/.exec(text) ?? []
      return Number(minutes) * 60_000_000 + Math.round(Number(seconds) * 1_000_000)
    }
    for (let offset = -200_000; offset <= 200_000; offset += 77) {
      for (const side of ['lo', 'hi'] as const) {
        const value = objective + offset
        const text = shown(boundText(value, side, objective))
        expect(Math.sign(text - objective)).toBe(Math.sign(offset))
        expect(side === 'lo' ? text <= value : text >= value).toBe(true)
      }
    }
  })
})

describe('a margin', () => {
  it.each([
    [{ lo: us(77), hi: us(80) }, '3 min 40.0 s to spare'],
    [{ lo: us(310), hi: us(312) }, '10.0 s over'],
    [{ lo: us(310), hi: null }, 'at least 10.0 s over'],
    [{ lo: us(298), hi: us(301) }, '2.0 s below to 1.0 s above'],
    [{ lo: us(100), hi: null }, '3 min 20.0 s below, no upper bound'],
    [{ lo: us(299), hi: us(300) }, 'exactly used up'],
  ])('of %o against 5 min is %s', (observed, text) => {
    expect(marginText(observed, us(300))).toBe(text)
  })

  it('is never overstated and never shown as nothing', () => {
    expect(distanceText(us(0.04))).toBe('0.04 s')
    expect(distanceText(us(10.09))).toBe('10.0 s')
    expect(distanceText(1)).toBe('0.000001 s')
  })
})

import { describe, expect, it } from 'vitest'
import { createSseParser } from './sse-parser.ts'

const TEXT = [
  ': a comment',
  'id: 1',
  'event: journal',
  'data: {"kind":"journal",',
  'data: "seq":1}',
  '',
  'retry: 1000',
  '',
  'event: heartbeat\r',
  'data:no space\r',
  '\r',
  'data: unfinished',
].join('\n')

describe('event-stream parser', () => {
  it('finds the same messages however the text is cut', () => {
    for (let size = 1; size <= TEXT.length; size++) {
      const parser = createSseParser()
      const found = []
      for (let at = 0; at < TEXT.length; at += size) found.push(...parser.push(TEXT.slice(at, at + size)))
      expect(found).toEqual([
        { event: 'journal', data: '{"kind":"journal",\n"seq":1}', id: '1' },
        { event: 'heartbeat', data: 'no space', id: undefined },
      ])
    }
  })
})

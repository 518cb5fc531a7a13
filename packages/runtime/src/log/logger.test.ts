import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createLogger, type Logger } from './logger.ts'

const SECRETS = [
  'hunter2secret',
  'firedrill-simulator-secret',
  'tick3t-tick3t',
  'FDtokenFDtokenFDtokenFDtoken',
  'ASIAABCDEFGHIJKLMNOP',
]

function sink() {
  const lines: string[] = []
  return { lines, write: (line: string) => void lines.push(line) }
}

function leak(log: Logger) {
  log.info({
    config: { db: { password: 'hunter2secret' } },
    list: [{ secretAccessKey: 'firedrill-simulator-secret' }],
  })
  log.warn({ headers: { authorization: 'Bearer FDtokenFDtokenFDtokenFDtoken', cookie: 'a=tick3t-tick3t' } })
  const cause = new Error('postgresql://me:hunter2secret@127.0.0.1/db refused')
  log.error(
    { err: new Error('GET /session?ticket=tick3t-tick3t failed', { cause }) },
    'with ASIAABCDEFGHIJKLMNOP',
  )
  log.error(Object.assign(new Error('no'), { token: 'FDtokenFDtokenFDtokenFDtoken' }), 'plain error')
}

describe('logger', () => {
  it('writes no secret, whether named, nested, in a message or in the cause of an error', () => {
    const to = sink()
    leak(createLogger('test', { level: 'info' }, to))
    expect(to.lines).toHaveLength(4)
    for (const secret of SECRETS) expect(to.lines.join('')).not.toContain(secret)
  })

  it('keeps what helps: error type, message, stack, cause, code', () => {
    const to = sink()
    const cause = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' })
    createLogger('test', { level: 'info' }, to).error(
      { err: new TypeError('broken', { cause }), run: 'run_1' },
      'it broke',
    )
    const line: unknown = JSON.parse(to.lines[0] ?? '')
    expect(line).toMatchObject({
      level: 'error',
      msg: 'it broke',
      run: 'run_1',
      err: {
        type: 'TypeError',
        message: 'broken',
        cause: { message: 'connect failed', code: 'ECONNREFUSED' },
      },
    })
    expect(to.lines[0]).toContain('logger.test.ts')
  })

  it('control: without the masks the same calls leak every secret', () => {
    const to = sink()
    leak(pino({ serializers: { err: pino.stdSerializers.errWithCause } }, to))
    for (const secret of SECRETS) expect(to.lines.join('')).toContain(secret)
  })
})

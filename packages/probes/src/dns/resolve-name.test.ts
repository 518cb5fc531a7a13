import { describe, expect, it } from 'vitest'
import { resolveName, type ResolveOptions } from './resolve-name.ts'

const end = async (host: string, reach?: ResolveOptions['reach']) => {
  const resolved = await resolveName(host, { reach, timeoutMs: 1000, signal: AbortSignal.timeout(1000) })
  return resolved.ok ? resolved.value[0] : resolved.attempt
}

describe('what a probe may reach', () => {
  it('is what its environment allows; where a cloud hands out credentials it is nothing, and never a failure of the service', async () => {
    for (const reach of ['public', 'private', 'loopback', undefined] as const)
      expect(await end('169.254.169.254', reach)).toMatchObject({ end: 'unusable' })
    expect(await end('[::ffff:169.254.169.254]', 'loopback')).toMatchObject({ end: 'unusable' })
    expect(await end('10.1.2.3', 'public')).toEqual({
      end: 'unusable',
      detail: 'not probed: a private address',
    })
    expect(await end('localhost', 'private')).toMatchObject({ end: 'unusable' })
    // The control: what is allowed goes on as it was.
    expect([
      await end('10.1.2.3', 'private'),
      await end('127.0.0.1', 'loopback'),
      await end('8.8.8.8', 'public'),
    ]).toEqual(['10.1.2.3', '127.0.0.1', '8.8.8.8'])
    expect(await end('169.254.169.253', 'anywhere')).toBe('169.254.169.253')
  })
})

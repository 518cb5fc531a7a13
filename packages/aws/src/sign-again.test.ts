import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ChangeTagsForResourceCommand } from '@aws-sdk/client-route-53'
import { buildEnvironment } from '@firedrill/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAws } from './client.ts'

const HOUR_MS = 3_600_000
const SIGNED_WITHIN_MS = 15 * 60_000

/** A service whose clock is ahead of ours. It counts what it is asked and answers `status` where the signature's date is good. */
async function serviceAheadBy(aheadMs: number, status: number) {
  let asked = 0
  const now = () => Date.now() + aheadMs
  const server = createServer((request, response) => {
    asked++
    request.resume()
    const isGood = Math.abs(signedAt(request) - now()) < SIGNED_WITHIN_MS
    const code = isGood ? `Answer${status}` : 'SignatureDoesNotMatch'
    response.writeHead(isGood ? status : 403, { date: new Date(now()).toUTCString() })
    response.end(
      isGood && status === 200
        ? '<ChangeTagsForResourceResponse/>'
        : `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
    )
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const base = buildEnvironment()
  const credentials = { source: 'static', accessKeyId: 'FIREDRILLSIM', secretAccessKey: 'secret' } as const
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const environment = { ...base, aws: { ...base.aws, endpoint, credentials } }
  const aws = createAws({ environment, region: 'primary', purpose: 'restore' })
  onTestFinished(() => {
    aws.close()
    server.close()
  })
  const tag = { ResourceType: 'hostedzone' as const, ResourceId: 'Z1', AddTags: [{ Key: 'a', Value: 'b' }] }
  return { send: () => aws.route53.send(new ChangeTagsForResourceCommand(tag)), asked: () => asked }
}

function signedAt({ headers }: IncomingMessage): number {
  const stamp = String(headers['x-amz-date'])
  return Date.parse(stamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

describe('a client on a machine whose clock is an hour behind', () => {
  it('gets through with its first call, a mutation too, and from then on at once', async () => {
    const service = await serviceAheadBy(HOUR_MS, 200)
    await service.send()
    expect(service.asked()).toBe(2)
    await service.send()
    expect(service.asked()).toBe(3)
  })

  it('sends nothing twice that may have been done, and nothing a third time', async () => {
    const broken = await serviceAheadBy(HOUR_MS, 500)
    await expect(broken.send()).rejects.toMatchObject({ name: 'Answer500' })
    expect(broken.asked()).toBe(2)
    await expect(broken.send()).rejects.toMatchObject({ name: 'Answer500' })
    expect(broken.asked()).toBe(3)
    const denying = await serviceAheadBy(HOUR_MS, 403)
    await expect(denying.send()).rejects.toMatchObject({ name: 'Answer403' })
    expect(denying.asked()).toBe(2)
  })

  it('control: where clocks agree a denial is the answer', async () => {
    const service = await serviceAheadBy(0, 403)
    await expect(service.send()).rejects.toMatchObject({ name: 'Answer403' })
    expect(service.asked()).toBe(1)
  })
})

import { DescribeInstancesCommand } from '@aws-sdk/client-ec2'
import { ChangeTagsForResourceCommand } from '@aws-sdk/client-route-53'
import { seededRandom } from '@firedrill/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAws } from './client.ts'
import { simulatedAccount, type SimulatedAccount } from './testing/simulated-account.ts'

let account: SimulatedAccount
beforeEach(async () => {
  account = await simulatedAccount()
})
afterEach(async () => account.close())

/** Clients whose waits take no time, and how much time they would have taken. */
function patient() {
  let passedMs = 0
  const clock = {
    monotonicMs: () => passedMs,
    sleep: async (ms: number) => void (passedMs += ms),
  }
  const target = { environment: account.environment, region: 'primary', purpose: 'restore' } as const
  return { aws: createAws(target, { clock, random: seededRandom(1) }), passedMs: () => passedMs }
}

const adverse = (kind: 'throttle' | 'drop' | 'fail', count: number | null) =>
  account.sim.world.adversity.add({ operation: '*', kind, probability: 1, count, delay: 0 })

describe('a request that is throttled', () => {
  it('is sent again until it goes through, a mutation too', async () => {
    const { aws } = patient()
    adverse('throttle', 9)
    const { Reservations } = await aws.ec2.send(new DescribeInstancesCommand({}))
    expect(Reservations?.length).toBeGreaterThan(0)
    aws.close()
  })

  it('is given up after seconds, with the service’s own word', async () => {
    const { aws, passedMs } = patient()
    adverse('throttle', null)
    await expect(aws.ec2.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
      name: 'RequestLimitExceeded',
    })
    expect(passedMs()).toBeGreaterThan(4000)
    expect(passedMs()).toBeLessThan(6000)
    aws.close()
  })

  it('control: without waits the first such answer is the answer', async () => {
    adverse('throttle', 1)
    const target = { environment: account.environment, region: 'primary', purpose: 'restore' } as const
    const aws = createAws(target)
    await expect(aws.ec2.send(new DescribeInstancesCommand({}))).rejects.toThrow(/limit/i)
    aws.close()
  })

  it.each(['drop', 'fail'] as const)(
    'is another matter than one that ends in %s: that is never sent twice',
    async (kind) => {
      const { aws, passedMs } = patient()
      adverse(kind, 1)
      await expect(
        aws.route53.send(
          new ChangeTagsForResourceCommand({
            ResourceType: 'hostedzone',
            ResourceId: account.environment.hostedZones['public']?.id ?? '',
            AddTags: [{ Key: 'a', Value: 'b' }],
          }),
        ),
      ).rejects.toThrow()
      expect(passedMs()).toBe(0)
      aws.close()
    },
  )
})
